using AuthServer.Http.Api;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Providers;

namespace AuthServer.Vault.Monitoring;

/// <summary>How one connection fares.</summary>
[SnakeCase]
public sealed record ConnectionMonitoringAnswer
{
    public required string ConnectionId { get; init; }

    public required string Name { get; init; }

    /// <summary>The provider's id.</summary>
    public required string Provider { get; init; }

    public required MonitoredRange Range { get; init; }

    public required AuthenticationState Authentication { get; init; }

    public required ProviderStatus ProviderStatus { get; init; }

    public required UsageNumbers Totals { get; init; }

    /// <summary>What went wrong, most frequent first.</summary>
    public required IReadOnlyList<CountedError> Errors { get; init; }

    /// <summary>What providers said of how many calls are left: those accounts that have the least.</summary>
    public required IReadOnlyList<QuotaItem> Quota { get; init; }

    /// <summary>One for each step, also where nothing happened.</summary>
    public required IReadOnlyList<UsagePoint> Series { get; init; }

    /// <summary>Who called most.</summary>
    public required IReadOnlyList<AgentUsage> Agents { get; init; }
}

/// <summary>How all connections of an organization fare that the caller may see.</summary>
[SnakeCase]
public sealed record OrganizationMonitoringAnswer
{
    public required MonitoredRange Range { get; init; }

    public required AuthenticationState Authentication { get; init; }

    public required UsageNumbers Totals { get; init; }

    public required IReadOnlyList<CountedError> Errors { get; init; }

    /// <summary>What is left at the providers that count the calls of an app: of all apps together.</summary>
    public required IReadOnlyList<AppQuota> Quota { get; init; }

    public required IReadOnlyList<UsagePoint> Series { get; init; }

    public required IReadOnlyList<AgentUsage> Agents { get; init; }

    /// <summary>Those that were called most, and then by name.</summary>
    public required IReadOnlyList<ConnectionNumbers> Connections { get; init; }
}

/// <summary>The time that the answer is about.</summary>
/// <param name="From">Where its first step begins.</param>
/// <param name="To">Where its last one ends, itself not included.</param>
/// <param name="Step">In seconds.</param>
[SnakeCase]
public sealed record MonitoredRange(DateTimeOffset From, DateTimeOffset To, int Step)
{
    /// <summary>How long minutes are kept, in seconds.</summary>
    public required long MinutesKept { get; init; }

    /// <summary>How long hours are kept, in seconds.</summary>
    public required long HoursKept { get; init; }
}

/// <summary>How it stands with what calls are made with.</summary>
[SnakeCase]
public sealed record AuthenticationState
{
    /// <summary>How many connections there are in each state; of one connection, its own.</summary>
    public required IReadOnlyDictionary<string, long> Connections { get; init; }

    /// <summary>Why a connection is in error, as a code of the vault's one list of faults.</summary>
    public string? Fault { get; init; }

    public required long Accounts { get; init; }

    /// <summary>How many accounts have each status.</summary>
    public required IReadOnlyDictionary<string, long> AccountsByStatus { get; init; }

    /// <summary>The same by health.</summary>
    public required IReadOnlyDictionary<string, long> AccountsByHealth { get; init; }

    /// <summary>The last call or refresh that went well.</summary>
    public DateTimeOffset? LastSuccessAt { get; init; }

    public DateTimeOffset? LastFailureAt { get; init; }

    public DateTimeOffset? LastRefreshAt { get; init; }
}

/// <summary>Numbers of some time.</summary>
[SnakeCase]
public record UsageNumbers
{
    public long Calls { get; init; }

    public double CallsPerMinute { get; init; }

    public double CallsPerSecond { get; init; }

    /// <summary>2xx.</summary>
    public long Succeeded { get; init; }

    /// <summary>3xx.</summary>
    public long Redirected { get; init; }

    /// <summary>4xx.</summary>
    public long ClientErrors { get; init; }

    /// <summary>5xx.</summary>
    public long ServerErrors { get; init; }

    public long Unanswered { get; init; }

    /// <summary>The three before, as a share of all calls; null: there were none.</summary>
    public double? ErrorRate { get; init; }

    /// <summary>How often the provider said that there were too many calls.</summary>
    public long RateLimited { get; init; }

    public long Refreshed { get; init; }

    public long RefreshesFailed { get; init; }

    /// <summary>Half of the calls took no longer, in milliseconds; null: there were none.</summary>
    public double? P50Ms { get; init; }

    public double? P95Ms { get; init; }

    internal long Errors => ClientErrors + ServerErrors + Unanswered;
}

/// <param name="At">When the step began.</param>
[SnakeCase]
public sealed record UsagePoint(DateTimeOffset At) : UsageNumbers;

/// <param name="AgentId">Null: members of the organization, and this server itself.</param>
/// <param name="Name">Null: there is no agent, or it is gone.</param>
[SnakeCase]
public sealed record AgentUsage(string? AgentId, string? Name) : UsageNumbers;

[SnakeCase]
public sealed record ConnectionNumbers(string ConnectionId, string Name, string Provider, ConnectionStatus Status) : UsageNumbers;

/// <summary>What went wrong, and how often.</summary>
/// <param name="During">A call or a refresh.</param>
/// <param name="Status">Of the provider's answer; null: there was none.</param>
/// <param name="Code">Of this server, where there was no answer, and of refreshes; <c>other</c> where there were too many kinds to tell them apart.</param>
/// <param name="Words">What it means.</param>
[SnakeCase]
public sealed record CountedError(ErrorDuring During, int? Status, string? Code, string Words, long Count);

public enum ErrorDuring
{
    Call,
    Refresh,
}

/// <param name="AccountId">Null: the connection's API key; or its app, where the provider counts the calls of all accounts together.</param>
/// <param name="Limit">How many there are in all; null: the provider does not say.</param>
/// <param name="SeenAt">When the provider said so.</param>
[SnakeCase]
public sealed record QuotaItem(string? AccountId, long? Limit, long Left, DateTimeOffset? ResetsAt, DateTimeOffset SeenAt);

/// <param name="Apps">How many OAuth apps there are of which the provider has said something.</param>
/// <param name="Limit">Of all of them; null: the provider does not say.</param>
/// <param name="ResetsAt">The first of them.</param>
/// <param name="SeenAt">The one that was heard of longest ago.</param>
[SnakeCase]
public sealed record AppQuota(string Provider, int Apps, long? Limit, long Left, DateTimeOffset? ResetsAt, DateTimeOffset SeenAt);
