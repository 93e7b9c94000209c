namespace AuthServer.Vault.Usage;

/// <summary>What went through one connection in a minute, or in an hour, for one agent or for nobody in particular.</summary>
public sealed class ConnectionUsage
{
    public string ConnectionId { get; set; } = "";

    /// <summary><c>agt_…</c>; empty: members of the organization, or this server itself.</summary>
    public string AgentId { get; set; } = "";

    /// <summary>60 or 3600.</summary>
    public int Seconds { get; set; }

    /// <summary>When the minute or the hour began.</summary>
    public DateTimeOffset At { get; set; }

    public long Calls { get; set; }

    /// <summary>Calls that were not answered.</summary>
    public long Unanswered { get; set; }

    public long Succeeded { get; set; }

    public long Redirected { get; set; }

    public long ClientErrors { get; set; }

    public long ServerErrors { get; set; }

    /// <summary>By the provider; what this server refuses is a denied event of the trail.</summary>
    public long RateLimited { get; set; }

    public long Refreshed { get; set; }

    public long RefreshesFailed { get; set; }

    /// <summary>How many calls took how long, see <see cref="Latencies"/>: numbers with spaces between them.</summary>
    public string Latency { get; set; } = "";

    /// <summary>What went wrong how often, see <see cref="ErrorCounts"/>.</summary>
    public string Errors { get; set; } = "";
}
