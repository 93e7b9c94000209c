using AuthServer.Vault.Dialect;

namespace AuthServer.Vault.Usage;

/// <summary>Not thread-safe.</summary>
public sealed class UsageCounts
{
    public long Calls { get; private set; }

    public long Unanswered { get; private set; }

    public long Succeeded { get; private set; }

    public long Redirected { get; private set; }

    public long ClientErrors { get; private set; }

    public long ServerErrors { get; private set; }

    public long RateLimited { get; private set; }

    public long Refreshed { get; private set; }

    public long RefreshesFailed { get; private set; }

    /// <summary>Of calls that were on their way: what is stopped here takes no time.</summary>
    public long[] Latency { get; } = new long[Latencies.Bounds.Count + 1];

    public Dictionary<string, long> Errors { get; } = new(StringComparer.Ordinal);

    public void AddCall(CallOutcome outcome)
    {
        Calls++;
        RateLimited += outcome.IsRateLimited ? 1 : 0;
        if (outcome.WasAsked)
        {
            Latency[Latencies.PlaceOf(outcome.Took.TotalMilliseconds)]++;
        }

        if (outcome.Error is { } error)
        {
            ErrorCounts.Add(Errors, error);
        }

        switch (outcome.Status)
        {
            case null:
                Unanswered++;
                break;
            case < 300:
                Succeeded++;
                break;
            case < 400:
                Redirected++;
                break;
            case < 500:
                ClientErrors++;
                break;
            default:
                ServerErrors++;
                break;
        }
    }

    public void AddRefresh(ProviderFault? fault)
    {
        Refreshed += fault is null ? 1 : 0;
        RefreshesFailed += fault is null ? 0 : 1;
        if (fault is not null)
        {
            ErrorCounts.Add(Errors, ErrorCounts.OfRefreshes + fault.Code);
        }
    }
}
