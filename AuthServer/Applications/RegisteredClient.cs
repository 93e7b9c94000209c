namespace AuthServer.Applications;

/// <summary>A registration as it is answered (RFC 7591 §3.2.1). While it is new it holds secrets.</summary>
public sealed record RegisteredClient
{
    public required string ClientId { get; init; }

    public required DateTimeOffset RegisteredAt { get; init; }

    public string? Name { get; init; }

    public required IReadOnlyList<string> RedirectUris { get; init; }

    public required IReadOnlyList<string> GrantTypes { get; init; }

    public required string AuthenticationMethod { get; init; }

    public required string ApplicationType { get; init; }

    public bool RequiresDPoP { get; init; }

    /// <summary>JSON.</summary>
    public string? JsonWebKeySet { get; init; }

    public string? JsonWebKeySetUri { get; init; }

    /// <summary>Shown once; null later, and for clients without one.</summary>
    public string? Secret { get; init; }

    /// <summary>By which it manages the registration; shown once. Null later, and where several share one.</summary>
    public string? Token { get; init; }

    /// <summary>A record prints its members; secrets are not for printing.</summary>
    public override string ToString() => ClientId;
}
