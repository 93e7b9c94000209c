namespace AuthServer.Policies;

/// <summary>Other words for rules, each for one: it is stored, and shown, as that.</summary>
public sealed class ConditionsBody
{
    /// <summary>The same as a rule <c>ip_allowlist</c> with these <c>cidrs</c>.</summary>
    public IReadOnlyList<string?>? IpAllowlist { get; set; }

    /// <summary>Another name for <c>ipAllowlist</c>.</summary>
    public IReadOnlyList<string?>? IpRanges { get; set; }

    /// <summary>The same as a rule <c>period</c>.</summary>
    public PeriodCondition? TimeWindow { get; set; }

    /// <summary>The same as a rule <c>rate_limit</c> that counts each agent by itself.</summary>
    public RateCondition? RateLimit { get; set; }
}

/// <summary>From one moment on, up to another, or both.</summary>
public sealed class PeriodCondition
{
    public string? NotBefore { get; set; }

    public string? NotAfter { get; set; }
}

/// <summary>At most so many requests in any span of the window.</summary>
public sealed class RateCondition
{
    public int? Requests { get; set; }

    public int? WindowSeconds { get; set; }
}
