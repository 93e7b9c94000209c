namespace AuthServer.Applications;

/// <summary>How clients may introduce themselves.</summary>
/// <param name="IsOpen">Whether anybody may register one.</param>
/// <param name="InitialAccessTokenHash">Base64 of the SHA-256 of the token by which they are registered otherwise; null: there is none.</param>
/// <param name="MetadataDocuments">Whether an address may be a client id.</param>
/// <param name="Unused">How long a registration is kept that nobody has consented to.</param>
public sealed record RegistrationPolicy(bool IsOpen, string? InitialAccessTokenHash, bool MetadataDocuments, TimeSpan Unused)
{
    /// <summary>Whether there is a registration endpoint at all.</summary>
    public bool IsOffered => IsOpen || InitialAccessTokenHash is not null;
}
