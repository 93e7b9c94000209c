namespace AuthServer.Protocol.Authorize;

/// <summary>Authentication context classes (OIDC Core §2 <c>acr</c>) that a sign-in can reach here.</summary>
public static class Acr
{
    public const string Password = "urn:authserver:acr:password";

    /// <summary>Another OpenID provider vouched for the person: how they showed there that it is them is not known here.</summary>
    public const string External = "urn:authserver:acr:external";

    public static IReadOnlyList<string> All { get; } = [Password, External];
}
