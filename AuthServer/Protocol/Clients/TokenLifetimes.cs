namespace AuthServer.Protocol.Clients;

/// <summary>How long a client's tokens live.</summary>
/// <param name="RefreshIdle">From one refresh to the next; null: no idle limit.</param>
/// <param name="RefreshAbsolute">From the first token of a family to its last.</param>
/// <param name="RefreshGrace">How long a used refresh token is answered with the same successor.</param>
public sealed record TokenLifetimes(
    TimeSpan Code,
    TimeSpan AccessToken,
    TimeSpan IdToken,
    TimeSpan? RefreshIdle,
    TimeSpan RefreshAbsolute,
    TimeSpan RefreshGrace);
