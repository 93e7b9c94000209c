namespace AuthServer.ExternalSignIn;

/// <summary>Why a sign-in by another provider was refused.</summary>
/// <param name="Code">One stable word, for the trail.</param>
/// <param name="Words">For the person: what happened and what to do, of no more than they can know.</param>
public sealed record ExternalFault(string Code, string Words)
{
    private const string Again = "Nothing was done. Go back and begin again.";
    private const string NotBelieved = "The provider's answer could not be believed. " + Again;

    /// <summary>Missing, made up, somebody else's, or of another browser: nothing tells them apart.</summary>
    public static ExternalFault StateUnknown { get; } = new("state_unknown", "This sign-in was not begun in this browser, or it took too long. " + Again);

    public static ExternalFault StateReplayed { get; } = new("state_replayed", "This sign-in was answered already. " + Again);

    /// <summary>It was begun with another provider: its code was meant to be brought to the wrong one.</summary>
    public static ExternalFault OtherCallback { get; } = new("other_callback", NotBelieved);

    /// <summary>RFC 9207 §2.4.</summary>
    public static ExternalFault IssuerMissing { get; } = new("iss_missing", NotBelieved);

    /// <summary>RFC 9207 §2.4.</summary>
    public static ExternalFault IssuerMismatch { get; } = new("iss_mismatch", NotBelieved);

    public static ExternalFault Unreachable { get; } = new("provider_unreachable", "The provider cannot be reached at the moment. Try again later, or sign in another way.");

    public static ExternalFault AccessDenied { get; } = new("access_denied", "The provider says that you did not agree. If that was a mistake, begin again.");

    public static ExternalFault ProviderError { get; } = new("provider_error", "The provider could not sign you in. Begin again, or sign in another way.");

    public static ExternalFault CodeMissing { get; } = new("code_missing", NotBelieved);

    public static ExternalFault CodeRefused { get; } = new("code_refused", "The provider did not accept what it had given: it was used, or it took too long. " + Again);

    public static ExternalFault IdTokenMissing { get; } = new("id_token_missing", NotBelieved);

    /// <summary>The account is linked to somebody else here.</summary>
    public static ExternalFault LinkedElsewhere { get; } = new(
        "linked_elsewhere", "This account of the provider is linked to another account here. Sign in to that one to unlink it, or choose another.");

    /// <summary>Somebody else is signed in than the one who began.</summary>
    public static ExternalFault OtherPerson { get; } = new("other_person", "You are not signed in any more as the person who began this. " + Again);

    /// <summary>The account here is disabled; nobody is told.</summary>
    public static ExternalFault Disabled { get; } = new("disabled", "This account cannot sign in. Ask whoever runs this server.");

    public static ExternalFault TooMany { get; } = new("too_many", "There were too many failed attempts from your network. Wait a minute, then begin again.");

    /// <summary>Something is wrong with the ID token.</summary>
    public static ExternalFault IdToken(string what) => new("id_token_" + what, NotBelieved);
}
