using AuthServer.Data;
using AuthServer.Http.Api;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Usage;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Vault.Monitoring;

/// <summary>What was counted in some time: in all, step by step, by agent and by connection.</summary>
internal sealed class MonitoringSums(MonitoredTime time, MonitoringLimit limit, DateTimeOffset now)
{
    private static readonly Problem TooMuch = Problem.Invalid("from", "This is more than can be added up at once. Ask for less time, for a larger step, or for one connection.");

    private readonly UsageSum[] _steps = [.. Enumerable.Range(0, time.Steps).Select(_ => new UsageSum())];
    private readonly Dictionary<string, UsageSum> _agents = new(StringComparer.Ordinal);
    private readonly Dictionary<string, UsageSum> _connections = new(StringComparer.Ordinal);

    public UsageSum All { get; } = new();

    public MonitoredRange Range { get; } = new(time.From, time.To, (int)time.Step.Span.TotalSeconds)
    {
        MinutesKept = (long)ConnectionUsages.MinutesKept.TotalSeconds,
        HoursKept = (long)ConnectionUsages.HoursKept.TotalSeconds,
    };

    public UsageNumbers Totals => All.Write(new UsageNumbers(), Passed(time.From, time.To));

    /// <param name="usage">Rows of any time.</param>
    /// <param name="isAsked">Whether a connection is among those that are asked for.</param>
    /// <returns>Why they cannot be added up; null: they were.</returns>
    public async Task<Problem?> AddAsync(IQueryable<ConnectionUsage> usage, Func<string, bool> isAsked, CancellationToken ct)
    {
        var left = limit.Rows;
        var rows = usage.Where(row => row.Seconds == time.Seconds && row.At >= time.From && row.At < time.To);
        await foreach (var row in rows.AsAsyncEnumerable().WithCancellation(ct))
        {
            if (left-- == 0)
            {
                return TooMuch;
            }

            if (isAsked(row.ConnectionId))
            {
                Add(new ReadUsage(row));
            }
        }

        return null;
    }

    public IReadOnlyList<UsagePoint> Series() => [.. _steps.Select((sum, i) =>
    {
        var at = time.From + (i * time.Step.Span);
        return sum.Write(new UsagePoint(at), Passed(at, at + time.Step.Span));
    })];

    /// <summary>The ids of those who called most; an empty one is of members.</summary>
    public IReadOnlyList<string> TopAgents(int most) =>
        [.. _agents.Where(one => one.Value.Calls > 0).OrderByDescending(one => one.Value.Calls).ThenBy(one => one.Key, StringComparer.Ordinal).Take(most).Select(one => one.Key)];

    public AgentUsage OfAgent(string id, string? name) => _agents[id].Write(new AgentUsage(id.Length == 0 ? null : id, name), Passed(time.From, time.To));

    public ConnectionNumbers OfConnection(Connection row) =>
        (_connections.GetValueOrDefault(row.Id) ?? new UsageSum()).Write(new ConnectionNumbers(row.Id, row.Name, row.ProviderId, row.Status), Passed(time.From, time.To));

    private void Add(ReadUsage read)
    {
        All.Add(read);
        _steps[(int)((read.Row.At - time.From) / time.Step.Span)].Add(read);
        Of(_agents, read.Row.AgentId).Add(read);
        Of(_connections, read.Row.ConnectionId).Add(read);
    }

    /// <summary>How much of it is over.</summary>
    private TimeSpan Passed(DateTimeOffset from, DateTimeOffset to)
    {
        var passed = (to < now ? to : now) - from;
        return passed > TimeSpan.FromSeconds(1) ? passed : TimeSpan.FromSeconds(1);
    }

    private static UsageSum Of(Dictionary<string, UsageSum> sums, string key)
    {
        if (!sums.TryGetValue(key, out var sum))
        {
            sums[key] = sum = new UsageSum();
        }

        return sum;
    }
}

/// <summary>How many rows are added up for one answer.</summary>
public sealed record MonitoringLimit(int Rows)
{
    // Seconds of one processor.
    public static MonitoringLimit Usual { get; } = new(500_000);
}
