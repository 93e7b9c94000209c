namespace AuthServer.Protocol.State;

/// <summary>All tokens that come from one redemption of an authorization; they end together.</summary>
public sealed record TokenFamily
{
    public required string Id { get; init; }

    public required GrantedRights Rights { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Absolute: nothing of the family outlives it.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}
