namespace AuthServer.Accounts;

/// <summary>What somebody typed to make an account.</summary>
/// <param name="Invitation">The invitation of the link, as it came.</param>
public sealed record RegistrationRequest(string? Email, string? Name, string? Password, string? Invitation);
