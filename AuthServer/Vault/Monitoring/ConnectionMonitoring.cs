using AuthServer.Data;
using AuthServer.Http.Api;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Providers;
using AuthServer.Vault.Usage;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Vault.Monitoring;

/// <summary>How connections fare: what was counted by all nodes, until a few seconds ago.</summary>
public sealed class ConnectionMonitoring(IDbContextFactory<AuthDbContext> contexts, ProviderCatalog catalog, ProviderStatuses statuses, MonitoringLimit limit, TimeProvider clock)
{
    private const int MostErrors = 10;
    private const int MostAgents = 20;
    private const int MostConnections = 100;

    private static readonly ProviderStatus Gone = new(ProviderState.Unknown, null, "The provider is not described any more.", null);

    /// <summary>One connection that a member may see.</summary>
    public async Task<Answer<ConnectionMonitoringAnswer>> FindAsync(Developer member, string id, MonitoredTime time, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        if (await ConnectionReach.FindAsync(context, new ActingParty(member), id, ct) is not { } row)
        {
            return Problem.NotFound;
        }

        var (now, sums) = (clock.GetUtcNow(), new MonitoringSums(time, limit, clock.GetUtcNow()));
        var usage = context.ConnectionUsages.AsNoTracking().Where(one => one.ConnectionId == row.Id);
        if (await sums.AddAsync(usage, _ => true, ct) is { } tooMuch)
        {
            return tooMuch;
        }

        return new ConnectionMonitoringAnswer
        {
            ConnectionId = row.Id,
            Name = row.Name,
            Provider = row.ProviderId,
            Range = sums.Range,
            Authentication = await AuthenticationAsync(
                [row], context.ConnectedAccounts.Where(account => account.ConnectionId == row.Id), context.CredentialPulses.Where(pulse => pulse.ConnectionId == row.Id), ct),
            ProviderStatus = await catalog.FindAsync(row.OrganizationId, row.ProviderId, ct) is { } provider ? await statuses.FindAsync(row.OrganizationId, provider, ct) : Gone,
            Totals = sums.Totals,
            Errors = sums.All.TopErrors(MostErrors),
            Quota = await new Quotas(context, catalog, now).OfAsync(
                row, await context.Connections.AsNoTracking().Where(other => other.OrganizationId == row.OrganizationId && other.ProviderId == row.ProviderId).ToListAsync(ct), ct),
            Series = sums.Series(),
            Agents = await AgentsAsync(context, sums, ct),
        };
    }

    /// <summary>All connections that a member may see.</summary>
    public async Task<Answer<OrganizationMonitoringAnswer>> AllAsync(Developer member, MonitoredTime time, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var caller = new ActingParty(member);
        var rows = await context.Connections.AsNoTracking().Where(row => row.OrganizationId == member.OrganizationId).ToListAsync(ct);
        var seen = rows.Where(row => ConnectionReach.Sees(row, caller)).ToDictionary(row => row.Id, StringComparer.Ordinal);
        var sums = new MonitoringSums(time, limit, clock.GetUtcNow());
        var usage = context.ConnectionUsages.AsNoTracking()
            .Join(context.Connections.Where(row => row.OrganizationId == member.OrganizationId), one => one.ConnectionId, row => row.Id, (one, _) => one);
        if (await sums.AddAsync(usage, seen.ContainsKey, ct) is { } tooMuch)
        {
            return tooMuch;
        }

        var accounts = context.ConnectedAccounts.Where(account => account.OrganizationId == member.OrganizationId);
        var pulses = context.CredentialPulses
            .Join(context.Connections.Where(row => row.OrganizationId == member.OrganizationId), pulse => pulse.ConnectionId, row => row.Id, (pulse, _) => pulse);
        return new OrganizationMonitoringAnswer
        {
            Range = sums.Range,
            Authentication = await AuthenticationAsync([.. seen.Values], accounts, pulses, ct),
            Totals = sums.Totals,
            Errors = sums.All.TopErrors(MostErrors),
            Quota = await new Quotas(context, catalog, clock.GetUtcNow()).OfAppsAsync([.. seen.Values], ct),
            Series = sums.Series(),
            Agents = await AgentsAsync(context, sums, ct),
            Connections = [.. seen.Values.Select(row => sums.OfConnection(row)).OrderByDescending(one => one.Calls).ThenBy(one => one.Name, StringComparer.OrdinalIgnoreCase).Take(MostConnections)],
        };
    }

    /// <param name="accounts">Of these connections, and perhaps of others.</param>
    /// <param name="pulses">Likewise.</param>
    private static async Task<AuthenticationState> AuthenticationAsync(
        IReadOnlyList<Connection> rows, IQueryable<ConnectedAccount> accounts, IQueryable<CredentialPulse> pulses, CancellationToken ct)
    {
        var ids = rows.Select(row => row.Id).ToHashSet(StringComparer.Ordinal);
        var counted = await accounts.GroupBy(account => new { account.ConnectionId, account.Status, account.Health })
            .Select(same => new { same.Key.ConnectionId, same.Key.Status, same.Key.Health, Count = same.LongCount(), RefreshedAt = same.Max(account => account.LastRefreshedAt) })
            .ToListAsync(ct);
        counted.RemoveAll(same => !ids.Contains(same.ConnectionId));
        var told = await pulses.GroupBy(pulse => pulse.ConnectionId)
            .Select(same => new { same.Key, SucceededAt = same.Max(pulse => pulse.SucceededAt), FailedAt = same.Max(pulse => pulse.FailedAt) }).ToListAsync(ct);
        told.RemoveAll(same => !ids.Contains(same.Key));
        return new AuthenticationState
        {
            Connections = Words<ConnectionStatus>(status => rows.Count(row => row.Status == status)),
            Fault = rows is [var only] ? only.Fault : null,
            Accounts = counted.Sum(same => same.Count),
            AccountsByStatus = Words<AccountStatus>(status => counted.Where(same => same.Status == status).Sum(same => same.Count)),
            AccountsByHealth = Words<AccountHealth>(health => counted.Where(same => same.Health == health).Sum(same => same.Count)),
            LastSuccessAt = told.Max(same => same.SucceededAt),
            LastFailureAt = told.Max(same => same.FailedAt),
            LastRefreshAt = counted.Max(same => same.RefreshedAt),
        };
    }

    private static SortedDictionary<string, long> Words<T>(Func<T, long> count)
        where T : struct, Enum =>
        new(Enum.GetValues<T>().ToDictionary(value => value.ToString().ToLowerInvariant(), count, StringComparer.Ordinal), StringComparer.Ordinal);

    private static async Task<IReadOnlyList<AgentUsage>> AgentsAsync(AuthDbContext context, MonitoringSums sums, CancellationToken ct)
    {
        var ids = sums.TopAgents(MostAgents);
        var names = await context.Agents.AsNoTracking().Where(agent => ids.Contains(agent.Id)).ToDictionaryAsync(agent => agent.Id, agent => agent.Name, ct);
        return [.. ids.Select(id => sums.OfAgent(id, names.GetValueOrDefault(id)))];
    }
}
