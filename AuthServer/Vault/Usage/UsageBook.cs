using System.Collections.Concurrent;
using AuthServer.Data;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Dialect;

namespace AuthServer.Vault.Usage;

/// <summary>Counts what goes through connections, in memory: <see cref="UsageWork"/> writes it down every few seconds. A process that is killed loses those.</summary>
public sealed class UsageBook(TimeProvider clock)
{
    // Whoever has more agents than this in a few seconds is counted together.
    private const int MostKnown = 10_000;
    private const int MostPulses = 50_000;

    private static readonly string[] Outages = [ProviderFaults.Unreachable.Code, ProviderFaults.Unavailable.Code, ProviderFaults.Uncertain.Code];

    private static readonly TimeSpan UseRecorded = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private Dictionary<(string ConnectionId, string AgentId, DateTimeOffset Minute), UsageCounts> _counts = [];
    private Dictionary<(string ConnectionId, string AccountId), CredentialPulse> _pulses = [];
    private ConcurrentDictionary<string, DateTimeOffset> _uses = new(StringComparer.Ordinal);

    /// <param name="account">Null: the connection has an API key.</param>
    /// <param name="agentId">Null: no agent called.</param>
    public void CountCall(Connection connection, ConnectedAccount? account, string? agentId, CallOutcome outcome)
    {
        var now = clock.GetStoredNow();
        var pulse = PulseOf(connection, account, now, outcome.Error is null, outcome.WasAsked, outcome.Trouble);
        if (outcome.Quota is { } quota)
        {
            (pulse.QuotaLimit, pulse.QuotaLeft, pulse.QuotaResetsAt, pulse.QuotaSeenAt) = (quota.Limit, quota.Left, quota.ResetsAt, now);
        }

        Count(connection.Id, agentId, now, pulse, counts => counts.AddCall(outcome));
    }

    /// <param name="fault">Null: it went well.</param>
    public void CountRefresh(Connection connection, ConnectedAccount account, ProviderFault? fault)
    {
        var now = clock.GetStoredNow();
        var trouble = fault is not null && Outages.Contains(fault.Code) ? ProviderTrouble.NoTokens : (ProviderTrouble?)null;

        // Who says no to a grant or to an app is there and does its work.
        var wasSeen = trouble is not null || fault is null || fault.Kind is FaultKind.Owner or FaultKind.Revoked || fault.Code == ProviderFaults.AppRefused.Code;
        Count(connection.Id, null, now, PulseOf(connection, account, now, fault is null, wasSeen, trouble), counts => counts.AddRefresh(fault));
    }

    /// <summary>Somebody uses an account: to ten minutes.</summary>
    public void CountUse(ConnectedAccount account, DateTimeOffset now)
    {
        if (account.LastUsedAt is null || now - account.LastUsedAt >= UseRecorded)
        {
            _uses[account.Id] = now;
        }
    }

    /// <summary>What was counted since the last time.</summary>
    public TakenUsage Take()
    {
        var uses = Interlocked.Exchange(ref _uses, new(StringComparer.Ordinal));
        lock (_lock)
        {
            var (counted, pulses) = (_counts, _pulses);
            (_counts, _pulses) = ([], []);
            return new TakenUsage([.. counted.Select(pair => new CountedUsage(pair.Key.ConnectionId, pair.Key.AgentId, pair.Key.Minute, pair.Value))], [.. pulses.Values], uses);
        }
    }

    private static CredentialPulse PulseOf(Connection connection, ConnectedAccount? account, DateTimeOffset now, bool isGood, bool wasSeen, ProviderTrouble? trouble) => new()
    {
        ConnectionId = connection.Id,
        AccountId = account?.Id ?? "",
        ToldAt = now,
        SucceededAt = isGood ? now : null,
        FailedAt = isGood ? null : now,
        SeenAt = wasSeen ? now : null,
        Trouble = trouble,
        TroubledSince = trouble is null ? null : now,
        WasSeenWell = wasSeen && trouble is null,
    };

    private void Count(string connectionId, string? agentId, DateTimeOffset now, CredentialPulse pulse, Action<UsageCounts> add)
    {
        var minute = now.AddTicks(-(now.UtcTicks % TimeSpan.TicksPerMinute));
        lock (_lock)
        {
            var key = (connectionId, _counts.Count < MostKnown ? agentId ?? "" : "", minute);
            if (!_counts.TryGetValue(key, out var counts))
            {
                _counts[key] = counts = new UsageCounts();
            }

            add(counts);
            if (_pulses.TryGetValue((pulse.ConnectionId, pulse.AccountId), out var known))
            {
                known.Follow(pulse);
            }
            else if (_pulses.Count < MostPulses)
            {
                _pulses[(pulse.ConnectionId, pulse.AccountId)] = pulse;
            }
        }
    }
}

/// <param name="Uses">Accounts, and when they were used.</param>
public sealed record TakenUsage(IReadOnlyList<CountedUsage> Counted, IReadOnlyList<CredentialPulse> Pulses, IReadOnlyCollection<KeyValuePair<string, DateTimeOffset>> Uses);

/// <param name="Minute">In which it was.</param>
public sealed record CountedUsage(string ConnectionId, string AgentId, DateTimeOffset Minute, UsageCounts Counts);
