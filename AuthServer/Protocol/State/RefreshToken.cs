namespace AuthServer.Protocol.State;

/// <summary>A refresh token as it is stored: never the token, only its hash.</summary>
public sealed record RefreshToken
{
    /// <summary>The family's id, a dot and an ULID, so that a family's tokens are found by their ids.</summary>
    public required string Id { get; init; }

    /// <summary>Base64 of the SHA-256 of the token (OpenIddict's reference id).</summary>
    public required string ReferenceId { get; init; }

    public required GrantedRights Rights { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The end of its idle lifetime, never past the family's.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The end of the family's absolute lifetime.</summary>
    public required DateTimeOffset FamilyExpiresAt { get; init; }

    public TokenStatus Status { get; init; } = TokenStatus.Valid;

    /// <summary>When it was exchanged for its successor.</summary>
    public DateTimeOffset? RedeemedAt { get; init; }
}
