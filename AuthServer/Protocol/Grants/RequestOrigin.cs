namespace AuthServer.Protocol.Grants;

/// <summary>Where a request came from, for the trail.</summary>
/// <param name="Address">The caller's address as the server believes it.</param>
/// <param name="CorrelationId">The request's trace id.</param>
/// <param name="UserAgent">What the caller's program says that it is.</param>
public sealed record RequestOrigin(string? Address, string? CorrelationId, string? UserAgent = null);
