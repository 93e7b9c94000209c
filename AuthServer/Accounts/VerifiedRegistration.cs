namespace AuthServer.Accounts;

/// <summary>Somebody without a password, for whose address another provider vouches.</summary>
/// <param name="Invitation">The invitation of the link, as it came.</param>
public sealed record VerifiedRegistration(string Email, string? Name, string? Invitation);
