using AuthServer.Agents;
using AuthServer.Data;
using AuthServer.Http.Api;
using AuthServer.Protocol.Clients;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;
using AuthServer.Scopes;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Delegations;

/// <summary>What an agent was let do by other agents, out of their own rights: the delegation that it passes on, and how much of it its credential allows.
/// Anybody can delegate to anybody, so what strangers give is never chosen before what its own organization gives, nor among several of them.</summary>
public sealed class ReceivedDelegations(IDbContextFactory<AuthDbContext> contexts, ScopeCatalog catalog)
{
    private static Problem Ambiguous { get; } =
        Problem.Invalid("delegation_id", "Several agents have given you these scopes: name the delegation that you pass on.") with { Reason = "delegation_ambiguous" };

    /// <summary>The one that is named, dead or alive.</summary>
    public async Task<Answer<DelegationChain>> FindAsync(string agentId, string named, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await OneAsync(context, Received(context, agentId).Where(row => row.Id == named), ct);
    }

    /// <summary>The newest live one that gives all of these scopes; those of the agent's own organization come first. Those that are left must be of one principal.</summary>
    public async Task<Answer<DelegationChain>> FindAsync(AgentIdentity agent, IReadOnlyList<string> scopes, DateTimeOffset now, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var giving = scopes.Aggregate(Received(context, agent.Id).Live(now), (rows, scope) => rows.Giving([scope]))
            .Where(row => context.Agents.Any(giver => giver.Id == row.DelegatorId && giver.Status == AgentStatus.Active));
        foreach (var part in new[] { giving.Where(row => row.OrganizationId == agent.OrganizationId), giving.Where(row => row.OrganizationId != agent.OrganizationId) })
        {
            switch (await part.Select(row => row.PrincipalId).Distinct().Take(2).CountAsync(ct))
            {
                case 1: return await OneAsync(context, part, ct);
                case 2: return Ambiguous;
            }
        }

        return DelegationRefusal.Of("beyond_own_rights");
    }

    /// <summary>What of a received delegation may be passed on with this credential: all, though it need not be among the agent's own scopes, unless the
    /// credential may do less than the agent. Null: all.</summary>
    public async Task<IReadOnlyList<string>?> BoundAsync(ActingParty caller, CancellationToken ct)
    {
        if (caller.Agent is not { } agent)
        {
            return caller.Scopes;
        }

        await using var context = await contexts.CreateDbContextAsync(ct);
        var keys = await context.ApiKeys.AsNoTracking().Where(key => agent.KeyIds.Contains(key.Id) && key.Scopes != null).ToListAsync(ct);
        var certificates = await context.Certificates.AsNoTracking().Where(row => agent.KeyIds.Contains(row.Id) && row.Scopes != null).ToListAsync(ct);
        IReadOnlyList<string>? bound = null;
        foreach (var scopes in keys.Select(key => key.BoundScopes!).Concat(certificates.Select(row => row.BoundScopes!)))
        {
            bound = bound is null ? scopes : ScopeWildcards.Intersect(bound, scopes);
        }

        // A token may have been asked for with less than the agent may.
        var all = ScopeWildcards.Resolve([.. agent.Client.Scopes], (await catalog.KnownAsync(agent.Identity.OrganizationId, ct)).Names).Where(scope => !ScopeNames.OfPeople.Contains(scope));
        return ScopeWildcards.CoversAll(agent.Scopes, all) ? bound : bound is null ? agent.Scopes : ScopeWildcards.Intersect(bound, agent.Scopes);
    }

    private static IQueryable<Delegation> Received(AuthDbContext context, string agentId) =>
        context.Delegations.AsNoTracking().Where(row => row.DelegateId == agentId && row.PrincipalId.StartsWith("agt_"));

    private static async Task<Answer<DelegationChain>> OneAsync(AuthDbContext context, IQueryable<Delegation> rows, CancellationToken ct) =>
        await rows.OrderByDescending(row => row.Id).FirstOrDefaultAsync(ct) is { } row ? (await context.Delegations.ChainsAsync([row], ct))[0]
        : DelegationRefusal.Of("delegation_unknown");
}
