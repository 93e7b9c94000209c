using AuthServer.Agents;
using AuthServer.Consents;
using AuthServer.Data;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Delegations;

/// <summary>Says of hops who gives what to whom, and whether they are alive: by their own rows, their agents, the consent they began with, and the hops above.</summary>
public sealed class DelegationViews(PersonalConsents consents, TimeProvider clock)
{
    private const int MostIds = 500;

    /// <param name="rows">Whoever stands above another comes before it.</param>
    /// <param name="party">Who reads: a developer sees the names of their own organization's agents only. Null: whoever holds a token of the chain.</param>
    /// <param name="opens">Whether hops are to lead to where each is shown by itself, as far as this party may look there.</param>
    internal async Task<IReadOnlyList<DelegationView>> OfAsync(
        AuthDbContext context, IReadOnlyList<Delegation> rows, DelegationParty? party, bool opens, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var agents = await AgentsAsync(context, rows, ct);
        var allowed = await consents.ActorsAsync([.. rows.Select(row => row.PrincipalId).Where(IsPerson).Distinct(StringComparer.Ordinal)], ct);
        var known = new Dictionary<string, DelegationView>(StringComparer.Ordinal);
        var views = new List<DelegationView>(rows.Count);
        foreach (var row in rows)
        {
            var (delegator, receiver) = (Seen(agents, row.DelegatorId, party), Seen(agents, row.DelegateId, party));
            var above = row.ParentId is null ? null : known.GetValueOrDefault(row.ParentId);
            var state = row.RevokedAt is not null ? HopState.Revoked
                : row.ExpiresAt <= now ? HopState.Expired
                : above is { IsLive: false } ? HopState.CutAbove
                : !delegator.IsActive || !receiver.IsActive ? HopState.AgentInactive
                : row.ParentId is null && IsPerson(row.PrincipalId) && !allowed.Contains((row.PrincipalId, row.DelegatorId)) ? HopState.ConsentEnded
                : HopState.Live;

            // As the API: who is part of a chain sees all of it to there. What is another organization's has lost its organization here.
            var isOpen = opens && (party?.PersonId is not null || (delegator.OrganizationId ?? receiver.OrganizationId) is not null || above is { IsOpen: true });
            views.Add(known[row.Id] = new DelegationView(row, delegator, receiver, state, isOpen));
        }

        return views;
    }

    internal static async Task<Dictionary<string, SeenAgent>> AgentsAsync(AuthDbContext context, IEnumerable<Delegation> rows, CancellationToken ct)
    {
        var found = new Dictionary<string, SeenAgent>(StringComparer.Ordinal);
        foreach (var part in rows.SelectMany(row => new[] { row.DelegatorId, row.DelegateId }).Distinct(StringComparer.Ordinal).Chunk(MostIds))
        {
            var agents = context.Agents.AsNoTracking().Where(agent => part.Contains(agent.Id))
                .Join(context.Organizations, agent => agent.OrganizationId, organization => organization.Id, (agent, organization) =>
                    new SeenAgent(agent.Id, agent.Name, agent.OrganizationId, organization.Name, agent.Status == AgentStatus.Active && organization.SuspendedAt == null));
            foreach (var agent in await agents.ToListAsync(ct))
            {
                found[agent.Id] = agent;
            }
        }

        return found;
    }

    private static SeenAgent Seen(Dictionary<string, SeenAgent> agents, string id, DelegationParty? party) =>
        !agents.TryGetValue(id, out var agent) ? new SeenAgent(id, null, null, null, IsActive: false)
        : party?.OrganizationId is { } own && agent.OrganizationId != own ? agent with { Name = null, OrganizationId = null, Organization = null }
        : agent;

    private static bool IsPerson(string principalId) => principalId.StartsWith("usr_", StringComparison.Ordinal);
}
