namespace AuthServer.Accounts;

/// <summary>What somebody typed to make an account.</summary>
/// <param name="Invitation">The invitation of the link, as it came.</param>
public sealed record RegistrationRequest(string? Email, string? Name, string? Password, string? Invitation)
{
    /// <summary>What they sign in with in place of a password.</summary>
    public NewPasskey? Passkey { get; init; }
}

/// <summary>A passkey that was made for an account before there was one.</summary>
/// <param name="UserId">The id that the account is to have: the passkey knows it.</param>
public sealed record NewPasskey(string UserId, Microsoft.AspNetCore.Identity.UserPasskeyInfo Made);
