namespace AuthServer.ExternalSignIn;

/// <summary>Who an ID token is about, once it was checked.</summary>
/// <param name="Subject">What tells two accounts of the issuer apart.</param>
/// <param name="Email">Only an address that could be one.</param>
/// <param name="EmailVerified">Whether the provider says that the address is this person's.</param>
/// <param name="ShownAt">When the person signed in there; null: it does not say.</param>
public sealed record ExternalIdentity(string Issuer, string Subject, string? Email, bool EmailVerified, string? Name, DateTimeOffset? ShownAt)
{
    /// <summary>As people know the account.</summary>
    public string? Shown => Email ?? Name;
}
