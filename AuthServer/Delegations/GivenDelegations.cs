using System.Text.Json;
using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Delegations;

/// <summary>Delegations that were given: seen, and cut, by whoever gave them or something above them, by who received them, and by the person in whose name
/// they act.</summary>
public sealed class GivenDelegations(IDbContextFactory<AuthDbContext> contexts, IDelegations delegations, DelegationChanges changes, TokenLimits limits, TimeProvider clock)
{
    private const int MostNamed = 100;

    /// <summary>Those that an agent gave or received, newest first.</summary>
    public async Task<Answer<Page<DelegationItem>>> ListAsync(DelegationParty caller, DelegationFilter filter, Paging paging, CancellationToken ct)
    {
        var cursor = paging.Cursor is null ? null : Identifiers.Read("dlg_", paging.Cursor);
        if ((filter.RefuseTo(caller) ?? (cursor is null != paging.Cursor is null ? Paging.BadCursor : null)) is { } refused)
        {
            return refused;
        }

        var now = clock.GetUtcNow();
        await using var context = await contexts.CreateDbContextAsync(ct);
        var rows = filter.Narrow(Seen(context, caller), caller, now);
#pragma warning disable CA1309 // the database compares
        var rest = cursor is null ? rows.OrderByDescending(row => row.Id).Skip(paging.Offset)
            : rows.Where(row => string.Compare(row.Id, cursor) < 0).OrderByDescending(row => row.Id);
#pragma warning restore CA1309
        var part = await rest.Take(paging.Limit + 1).ToListAsync(ct);
        return new Page<DelegationItem>(
            [.. part.Take(paging.Limit).Select(row => DelegationItem.Of(row, now))],
            new PageMeta(await rows.LongCountAsync(ct), paging.Limit, cursor is null ? paging.Offset : null, part.Count > paging.Limit ? part[^2].Id : null));
    }

    public async Task<Answer<DelegationItem>> FindAsync(DelegationParty caller, string id, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        if (await ReadAsync(context, caller, id, ct) is not { } found)
        {
            return Problem.NotFound;
        }

        var left = await limits.LeftAsync(found.Chain, ct);
        return DelegationItem.Of(found.Row, clock.GetUtcNow()) with
        {
            Limits = left.Count == 0 ? null : [.. left.Select(limit => new DelegationLimitItem(limit.DelegationId, limit.Key, limit.Type, limit.Limit, limit.Remaining))],
        };
    }

    public async Task<Answer<DelegationChainItem>> ChainAsync(DelegationParty caller, string id, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var context = await contexts.CreateDbContextAsync(ct);
        if (await ReadAsync(context, caller, id, ct) is not { } found)
        {
            return Problem.NotFound;
        }

        string[] ids = [.. found.Chain.Hops.Select(hop => hop.Id)];
        var rows = await context.Delegations.AsNoTracking().Where(row => ids.Contains(row.Id)).OrderBy(row => row.ChainDepth).ToListAsync(ct);
        return new DelegationChainItem(found.Row.Id, [.. rows.Select(row => DelegationItem.Of(row, now))], found.Chain.Fault(now) is null ? found.Chain.Scopes : []);
    }

    /// <summary>What revoking it would end, before anybody does.</summary>
    public async Task<Answer<BlastRadius>> BlastRadiusAsync(DelegationParty caller, string id, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var context = await contexts.CreateDbContextAsync(ct);
        if (await ReadAsync(context, caller, id, ct) is not { Row: var row })
        {
            return Problem.NotFound;
        }

        var live = context.Delegations.Live(now).Where(other => other.RootId == row.RootId);
#pragma warning disable CA1310 // the database compares
        live = live.Where(other => other.Path.StartsWith(row.Path));
#pragma warning restore CA1310
        return new BlastRadius(
            row.Id, await live.LongCountAsync(ct), await live.Select(other => other.DelegateId).Distinct().OrderBy(agent => agent).Take(MostNamed).ToListAsync(ct));
    }

    /// <summary>Cuts it and all below it. Revoking it again changes nothing.</summary>
    public async Task<Answer<DelegationItem>> RevokeAsync(HttpContext http, DelegationParty caller, string id, CancellationToken ct)
    {
        var now = clock.GetStoredNow();
        await using var context = await contexts.CreateDbContextAsync(ct);
        if (await ReadAsync(context, caller, id, ct) is not { } found)
        {
            return Problem.NotFound;
        }

        var row = found.Row;
        var revoked = http.Event(DelegationEvents.Revoked, AuditOutcomes.Success, now) with
        {
            Subject = row.PrincipalId,
            ClientId = caller.ClientId,
            AgentId = row.DelegatorId,
            OrganizationId = row.OrganizationId,
            Target = row.Id,
            Detail = JsonSerializer.Serialize(new Details(row.DelegateId, caller.AgentId, caller.UserId, caller.KeyId), ApiJson.Options),
        };
        if (await changes.TryRevokeAsync(row, revoked, ct))
        {
            row.RevokedAt = now;
        }

        return DelegationItem.Of(row, now);
    }

    internal static IQueryable<Delegation> Seen(AuthDbContext context, DelegationParty caller)
    {
        var all = context.Delegations.AsNoTracking();
        if (caller.AgentId is { } me)
        {
            return all.Where(row => row.DelegatorId == me || row.DelegateId == me);
        }

        if (caller.PersonId is { } person)
        {
            return all.Where(row => row.PrincipalId == person);
        }

        var organization = caller.OrganizationId;
        var own = context.Agents.Where(agent => agent.OrganizationId == organization).Select(agent => agent.Id);
        return all.Where(row => row.OrganizationId == organization || own.Contains(row.DelegateId));
    }

    /// <summary>The row and its chain, for whoever gave something in it or received this, and the person in whose name it is; null for all others.</summary>
    private async Task<(Delegation Row, DelegationChain Chain)?> ReadAsync(AuthDbContext context, DelegationParty caller, string id, CancellationToken ct)
    {
        if (Identifiers.Read("dlg_", id) is not { } known
            || await context.Delegations.AsNoTracking().FirstOrDefaultAsync(row => row.Id == known, ct) is not { } row
            || await delegations.FindAsync(known, ct) is not { } chain)
        {
            return null;
        }

        return await HasAnyAsync(context, caller, row.PrincipalId, chain.Agents, ct) ? (row, chain) : null;
    }

    private static async Task<bool> HasAnyAsync(AuthDbContext context, DelegationParty caller, string principalId, IEnumerable<string> agents, CancellationToken ct)
    {
        string[] ids = [.. agents];
        return caller.AgentId is { } me ? ids.Contains(me)
            : caller.PersonId is { } person ? principalId == person
            : await context.Agents.AnyAsync(agent => agent.OrganizationId == caller.OrganizationId && ids.Contains(agent.Id), ct);
    }

    private sealed record Details(string DelegateId, string? ByAgent, string? UserId, string? Key);
}
