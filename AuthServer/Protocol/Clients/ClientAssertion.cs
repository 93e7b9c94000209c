namespace AuthServer.Protocol.Clients;

/// <summary>The claims of a client assertion whose signature has been verified, and the rules they must keep (RFC 7523 §3).</summary>
public sealed record ClientAssertion
{
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestLife = TimeSpan.FromMinutes(10);

    public string? Issuer { get; init; }

    public string? Subject { get; init; }

    /// <summary>The audience when it is one string; null when it is absent or an array.</summary>
    public string? Audience { get; init; }

    public string? Id { get; init; }

    public DateTimeOffset? IssuedAt { get; init; }

    public DateTimeOffset? NotBefore { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>What is wrong with it, in one word; null when nothing is. Whether its id was used before is for the replay guard to say.</summary>
    public string? Check(string clientId, string issuer, DateTimeOffset now)
    {
        if (Issuer != clientId || Subject != clientId)
        {
            return "assertion_subject";
        }

        // The audience is the issuer and nothing else: an endpoint's address or a list would let another server reuse it.
        if (Audience != issuer)
        {
            return "assertion_audience";
        }

        if (Id is null or { Length: > 256 })
        {
            return "assertion_jti";
        }

        // The skew is taken from the clock: added to a time near the end of all dates it would overflow.
        if (ExpiresAt is null || ExpiresAt <= now - Skew)
        {
            return "assertion_expired";
        }

        if (ExpiresAt > now + LongestLife)
        {
            return "assertion_too_long";
        }

        return IssuedAt > now + Skew || NotBefore > now + Skew ? "assertion_from_the_future" : null;
    }

    /// <summary>How long its id must be remembered.</summary>
    public DateTimeOffset RememberUntil => ExpiresAt.GetValueOrDefault() + Skew;
}
