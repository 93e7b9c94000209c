using System.Runtime.CompilerServices;
using AuthServer.Agents;
using AuthServer.Applications;
using AuthServer.Data;
using AuthServer.Delegations;
using AuthServer.Protocol.Clients;
using AuthServer.Protocol.Delegation;
using AuthServer.Protocol.Grants;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Policies;

/// <summary>What other agents let an agent do, chain by chain: each gives by itself what a token that comes by it could carry.</summary>
public sealed class ChainRights(IDbContextFactory<AuthDbContext> contexts, ApplicationDirectory applications, AgentRights rights)
{
    // Its own organization's come first, then older ones, so that nobody hides them behind many of their own.
    private const int Most = 100;
    private const int MostIds = 500;

    /// <summary>Its live chains that may give one of these scopes, 100 of them at most: its own organization's first, then the least deep, then the oldest. What
    /// is not asked for costs little: each is completed when its turn comes.</summary>
    /// <param name="own">Whose they are; what it acts for and may do by itself does not matter here.</param>
    /// <param name="userId">Only those in this person's name; null: all.</param>
    /// <param name="member">Only those that this agent takes part in; null: all.</param>
    public async IAsyncEnumerable<ChainRight> FindAsync(
        RightsOfAgent own, string? userId, string? member, IReadOnlyList<string> scopes, DateTimeOffset now, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var leaves = await Received(context, own, userId, member).Live(now).Giving(scopes)
            .OrderBy(row => row.OrganizationId == own.Agent.OrganizationId ? 0 : 1).ThenBy(row => row.ChainDepth).ThenBy(row => row.Id).Take(Most).ToListAsync(ct);
        var chains = await context.Delegations.ChainsAsync(leaves, ct);
        var active = await ActiveAsync(context, [.. chains.SelectMany(chain => chain.Agents).Distinct(StringComparer.Ordinal)], now, ct);
        Dictionary<(string, string), IReadOnlyList<Grant>> consents = [];
        foreach (var chain in chains.Where(chain => chain.Fault(now) is null && chain.Agents.All(active.Contains)))
        {
            if (await applications.FindByAgentAsync(chain.Root.DelegatorId, ct) is { } root)
            {
                foreach (var right in await GiveAsync(own, chain, root, consents, ct))
                {
                    yield return right;
                }
            }
        }
    }

    private static IQueryable<Delegation> Received(AuthDbContext context, RightsOfAgent own, string? userId, string? member)
    {
        var received = context.Delegations.AsNoTracking().Where(row => row.DelegateId == own.Agent.Id);
        received = userId is null ? received : received.Where(row => row.PrincipalId == userId);
#pragma warning disable CA1310 // the database compares
        return member is null ? received : received.Where(row => context.Delegations.Any(
            hop => hop.RootId == row.RootId && (hop.DelegatorId == member || hop.DelegateId == member) && row.Path.StartsWith(hop.Path)));
#pragma warning restore CA1310
    }

    private static async Task<HashSet<string>> ActiveAsync(AuthDbContext context, string[] ids, DateTimeOffset now, CancellationToken ct)
    {
        HashSet<string> active = new(StringComparer.Ordinal);
        foreach (var part in ids.Chunk(MostIds))
        {
            active.UnionWith(await context.Agents
                .Where(agent => part.Contains(agent.Id) && agent.Status == AgentStatus.Active && (agent.ExpiresAt == null || agent.ExpiresAt > now))
                .Select(agent => agent.Id).ToListAsync(ct));
        }

        return active;
    }

    // What began with an agent's own rights gives what that agent may do today. What began with a person's consents gives what each of those does.
    private async Task<IEnumerable<ChainRight>> GiveAsync(
        RightsOfAgent own, DelegationChain chain, Client root, Dictionary<(string, string), IReadOnlyList<Grant>> consents, CancellationToken ct)
    {
        var person = chain.Root.PrincipalId == chain.Root.DelegatorId ? null : chain.Root.PrincipalId;
        IReadOnlyList<Grant>? began = [new([.. root.Scopes], null)];
        if (person is not null && !consents.TryGetValue((root.Id, person), out began))
        {
            consents[(root.Id, person)] = began = await rights.ConsentsAsync(root, person, ct);
        }

        var bounds = DelegationBounds.Read(chain.Leaf.Constraints);
        return began.Select(grant => new ChainRight(
            chain, bounds, own with { UserId = person, Grants = [grant with { Scopes = DelegatedRights.Named(ScopeWildcards.Intersect(chain.Scopes, grant.Scopes), own.Known.Names) }] }));
    }
}

/// <summary>What one chain gives the agent at its end.</summary>
/// <param name="Rights">One grant: the chain's scopes by name.</param>
public sealed record ChainRight(DelegationChain Chain, Constraints Bounds, RightsOfAgent Rights);
