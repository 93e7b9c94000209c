using AuthServer.Agents;
using AuthServer.Applications;
using AuthServer.Audit;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Data;

/// <summary>Saves a change of what an agent may ask for, with the end of the access tokens that say more: its own, and those of what it made and bounds.
/// Their refresh tokens go on, and give less.</summary>
public sealed class NarrowedAgents(RevocationIndex index, DatabaseSettings settings, TimeProvider clock)
{
    /// <param name="before">What the agent could ask for.</param>
    /// <param name="after">What it may ask for from now on.</param>
    internal async Task SaveAsync(AuthDbContext context, AgentRow row, IReadOnlyList<string> before, IReadOnlyList<string> after, AuditEvent why, CancellationToken ct)
    {
        await using var transaction = await context.Database.BeginTransactionAsync(ct);
        await context.SaveChangesAsync(ct);

        // Read after the row is held: whoever had the old one in hand began before this.
        var moment = clock.GetStoredNow();
        List<Revocation> ended = [];
        foreach (var (agentId, clientId) in await FindAsync(context, row, before, after, ct))
        {
            var revocation = new Revocation(new Revocation.Key(RevocationKind.Agent, agentId), moment, moment + settings.LongestAccessToken);
            await StoredRevocations.AddAsync(context, revocation, ct);
            ended.Add(revocation);
            context.AuditEvents.Add(AuditEventRow.From(AgentEvents.Below(why with { Type = AgentEvents.TokensEnded }, agentId, clientId)));
        }

        await context.SaveChangesAsync(ct);
        await transaction.CommitAsync(CancellationToken.None);
        ended.ForEach(index.Add);
    }

    /// <summary>Those who may do less than before.</summary>
    private static async Task<List<(string AgentId, string ClientId)>> FindAsync(
        AuthDbContext context, AgentRow row, IReadOnlyList<string> before, IReadOnlyList<string> after, CancellationToken ct)
    {
        List<(string, string)> found = [];
        Dictionary<string, (IReadOnlyList<string> Before, IReadOnlyList<string> After)> generation = new(StringComparer.Ordinal);
        void Look(string agentId, string clientId, IReadOnlyList<string> before, IReadOnlyList<string> after)
        {
            if (!ScopeWildcards.CoversAll(after, before))
            {
                found.Add((agentId, clientId));
                generation[agentId] = (before, after);
            }
        }

        Look(row.Agent.Id, row.ClientId, before, after);
        while (generation.Count > 0)
        {
            var makers = generation;
            string[] ids = [.. makers.Keys];
            generation = new(StringComparer.Ordinal);
            var made = context.Agents.AsNoTracking().Where(agent => agent.ParentAgentId != null && ids.Contains(agent.ParentAgentId) && agent.Status != AgentStatus.Revoked);
            foreach (var child in await AgentRow.Of(context, made).AsNoTracking().ToListAsync(ct))
            {
                var (own, maker) = (ApplicationMapping.Scopes(child.Application), makers[child.Agent.ParentAgentId!]);
                Look(child.Agent.Id, child.ClientId, ScopeWildcards.Intersect(own, maker.Before), ScopeWildcards.Intersect(own, maker.After));
            }
        }

        return found;
    }
}
