namespace AuthServer.ExternalSignIn;

/// <summary>What signing in by other providers leaves in the trail, beside sign-ins themselves. Who is not known here is only counted.</summary>
public static class ExternalSignInEvents
{
    public const string Linked = "user.external_linked";
    public const string Unlinked = "user.external_unlinked";

    /// <summary>Of somebody who is signed in, or whose account it is.</summary>
    public const string Refused = "user.external_refused";
}
