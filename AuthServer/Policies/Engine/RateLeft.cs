namespace AuthServer.Policies.Engine;

/// <summary>What is left of a rate limit.</summary>
/// <param name="ResetsAt">When there is more room than now; where nothing is taken, now.</param>
public sealed record RateLeft(long Limit, long Remaining, DateTimeOffset ResetsAt);
