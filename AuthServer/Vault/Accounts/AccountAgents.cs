using AuthServer.Data;
using AuthServer.Protocol.State;
using AuthServer.Vault.Proxy;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Vault.Accounts;

/// <summary>Which agents use accounts, as their owners are told. A person's own are called in their name alone, so their part of the trail says it;
/// an organization's are told by what was counted of the connection.</summary>
public sealed class AccountAgents(IDbContextFactory<AuthDbContext> contexts, TimeProvider clock)
{
    // Of the newest calls: who called before these is no news.
    private const int MostCalls = 2000;

    private static readonly TimeSpan Lately = TimeSpan.FromDays(30);

    /// <summary>By the account's id, the last one first.</summary>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<AccountAgent>>> OfAsync(
        string userId, IReadOnlyList<(ConnectedAccount Account, bool IsShared)> accounts, CancellationToken ct)
    {
        var since = clock.GetStoredNow() - Lately;
        await using var context = await contexts.CreateDbContextAsync(ct);
        List<(string AccountId, string AgentId, DateTimeOffset At)> uses = [];
        if (accounts.Any(one => !one.IsShared))
        {
            // The second condition is the index's own: it would not serve without.
            var calls = await context.AuditEvents.AsNoTracking()
                .Where(row => row.Subject == userId && EF.Functions.Like(row.Subject!, "usr_%") && row.At >= since && row.Type == ProxyEvents.Called && row.Outcome == AuditOutcomes.Success)
                .OrderByDescending(row => row.Id).Take(MostCalls).Select(row => new { row.Target, row.AgentId, row.At }).ToListAsync(ct);
            uses.AddRange(calls.Where(call => call is { Target: not null, AgentId: not null }).Select(call => (call.Target!, call.AgentId!, call.At)));
        }

        var shared = accounts.Where(one => one.IsShared).Select(one => one.Account).ToLookup(account => account.ConnectionId);
        var connections = shared.Select(group => group.Key).ToList();
        if (connections.Count > 0)
        {
            var counted = await context.ConnectionUsages.AsNoTracking()
                .Where(row => connections.Contains(row.ConnectionId) && row.AgentId != "" && row.Seconds == 3600 && row.At >= since && row.Calls > 0)
                .GroupBy(row => new { row.ConnectionId, row.AgentId }).Select(group => new { group.Key.ConnectionId, group.Key.AgentId, At = group.Max(row => row.At) }).ToListAsync(ct);
            uses.AddRange(counted.SelectMany(row => shared[row.ConnectionId].Select(account => (account.Id, row.AgentId, row.At))));
        }

        var ids = uses.Select(use => use.AgentId).Distinct().ToList();
        var names = await context.Agents.AsNoTracking().Where(row => ids.Contains(row.Id)).ToDictionaryAsync(row => row.Id, row => row.Name, ct);
        return uses.GroupBy(use => use.AccountId).ToDictionary(
            group => group.Key,
            IReadOnlyList<AccountAgent> (group) =>
            [
                .. group.GroupBy(use => use.AgentId).Select(of => new AccountAgent(of.Key, names.GetValueOrDefault(of.Key), of.Max(use => use.At))).OrderByDescending(agent => agent.LastUsedAt),
            ]);
    }
}
