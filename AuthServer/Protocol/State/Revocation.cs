namespace AuthServer.Protocol.State;

/// <summary>One entry of the <see cref="RevocationIndex"/>.</summary>
/// <param name="Target">What ended.</param>
/// <param name="Moment">When; for people, clients, agents and organizations, what began at or before it is dead.</param>
/// <param name="ExpiresAt">From when on nothing that it could touch is alive.</param>
public sealed record Revocation(Revocation.Key Target, DateTimeOffset Moment, DateTimeOffset ExpiresAt)
{
    public readonly record struct Key(RevocationKind Kind, string Id);
}

/// <summary>The numbers are stored.</summary>
public enum RevocationKind
{
    Token = 1,
    Family = 2,
    Session = 3,
    Subject = 4,
    Client = 5,
    Agent = 6,
    Organization = 7,

    /// <summary>A key or secret, by its id.</summary>
    Credential = 8,

    /// <summary>A delegation, and with it all that hangs below: a token names every hop it came by.</summary>
    Delegation = 9,
}
