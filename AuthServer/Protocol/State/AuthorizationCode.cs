namespace AuthServer.Protocol.State;

/// <summary>An authorization code as it is stored: never the code, only its hash.</summary>
public sealed record AuthorizationCode
{
    public required string Id { get; init; }

    /// <summary>Base64 of the SHA-256 of the code (OpenIddict's reference id).</summary>
    public required string ReferenceId { get; init; }

    public required GrantedRights Rights { get; init; }

    /// <summary>The redirect URI exactly as the authorization request named it; null where the request named none.</summary>
    public required string? RedirectUri { get; init; }

    /// <summary>PKCE S256 challenge; null only for confidential clients freed from PKCE.</summary>
    public required string? CodeChallenge { get; init; }

    public string? Nonce { get; init; }

    /// <summary>It came from a consent that an agent filed, and is redeemed only where agents exchange such codes.</summary>
    public bool ForExchange { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public TokenStatus Status { get; init; } = TokenStatus.Valid;
}
