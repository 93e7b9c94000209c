using System.Collections.Concurrent;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Connections;

namespace AuthServer.Vault.Usage;

/// <summary>Counts what goes through connections, in memory: <see cref="UsageWork"/> writes it down every few seconds. A process that is killed loses those.</summary>
public sealed class UsageBook(TimeProvider clock)
{
    // Whoever has more agents than this in a few seconds is counted together.
    private const int MostKnown = 10_000;

    private static readonly TimeSpan UseRecorded = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private Dictionary<(string ConnectionId, string AgentId, DateTimeOffset Minute), UsageCounts> _counts = [];
    private ConcurrentDictionary<string, DateTimeOffset> _uses = new(StringComparer.Ordinal);

    /// <param name="agentId">Null: no agent called.</param>
    /// <param name="status">Null: there was no answer.</param>
    public void CountCall(Connection connection, string? agentId, int? status, TimeSpan took, bool isRateLimited) =>
        Count(connection.Id, agentId, counts => counts.AddCall(status, took, isRateLimited));

    public void CountRefresh(Connection connection, bool succeeded) => Count(connection.Id, null, counts => counts.AddRefresh(succeeded));

    /// <summary>Somebody uses an account: to ten minutes.</summary>
    public void CountUse(ConnectedAccount account, DateTimeOffset now)
    {
        if (account.LastUsedAt is null || now - account.LastUsedAt >= UseRecorded)
        {
            _uses[account.Id] = now;
        }
    }

    /// <summary>What was counted since the last time.</summary>
    public (IReadOnlyList<CountedUsage> Counted, IReadOnlyCollection<KeyValuePair<string, DateTimeOffset>> Uses) Take()
    {
        var uses = Interlocked.Exchange(ref _uses, new(StringComparer.Ordinal));
        lock (_lock)
        {
            var counted = _counts;
            _counts = [];
            return ([.. counted.Select(pair => new CountedUsage(pair.Key.ConnectionId, pair.Key.AgentId, pair.Key.Minute, pair.Value))], uses);
        }
    }

    private void Count(string connectionId, string? agentId, Action<UsageCounts> add)
    {
        var now = clock.GetUtcNow();
        var minute = now.AddTicks(-(now.UtcTicks % TimeSpan.TicksPerMinute));
        lock (_lock)
        {
            var key = (connectionId, _counts.Count < MostKnown ? agentId ?? "" : "", minute);
            if (!_counts.TryGetValue(key, out var counts))
            {
                _counts[key] = counts = new UsageCounts();
            }

            add(counts);
        }
    }
}

/// <param name="Minute">In which it was.</param>
public sealed record CountedUsage(string ConnectionId, string AgentId, DateTimeOffset Minute, UsageCounts Counts);

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

    public long[] Latency { get; } = new long[Latencies.Bounds.Count + 1];

    public void AddCall(int? status, TimeSpan took, bool isRateLimited)
    {
        Calls++;
        RateLimited += isRateLimited ? 1 : 0;
        Latency[Latencies.PlaceOf(took.TotalMilliseconds)]++;
        switch (status)
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

    public void AddRefresh(bool succeeded)
    {
        Refreshed += succeeded ? 1 : 0;
        RefreshesFailed += succeeded ? 0 : 1;
    }
}
