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
    // Older ones come first, so that nobody hides them behind many of their own.
    private const int Most = 1000;

    /// <summary>Its live chains that may give one of these scopes: the least deep first, then the oldest.</summary>
    /// <param name="own">Whose they are; what it acts for and may do by itself does not matter here.</param>
    /// <param name="userId">Only those in this person's name; null: all.</param>
    /// <param name="member">Only those that this agent takes part in; null: all.</param>
    public async Task<IReadOnlyList<ChainRight>> FindAsync(
        RightsOfAgent own, string? userId, string? member, IReadOnlyList<string> scopes, DateTimeOffset now, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var received = context.Delegations.AsNoTracking().Live(now).Where(row => row.DelegateId == own.Agent.Id);
        if (userId is not null)
        {
            received = received.Where(row => row.PrincipalId == userId);
        }

        var leaves = await received.OrderBy(row => row.ChainDepth).ThenBy(row => row.Id).Take(Most).ToListAsync(ct);
        leaves.RemoveAll(row => !scopes.Any(scope => ScopeWildcards.CoversAll(row.ScopeList, [scope])));
        var found = new List<ChainRight>();
        foreach (var chain in await context.Delegations.ChainsAsync(leaves, ct))
        {
            if (chain.Fault(now) is null && (member is null || chain.Agents.Contains(member)) && await RootAsync(chain, ct) is { } root)
            {
                found.AddRange(await GiveAsync(own, chain, root, ct));
            }
        }

        return found;
    }

    /// <summary>The agent with which it began; null: somebody in it may not act now, and stops it.</summary>
    private async ValueTask<Client?> RootAsync(DelegationChain chain, CancellationToken ct)
    {
        Client? root = null;
        foreach (var id in chain.Agents)
        {
            if (await applications.FindByAgentAsync(id, ct) is not { } agent)
            {
                return null;
            }

            root ??= agent;
        }

        return root;
    }

    // What began with an agent's own rights gives what that agent may do today. What began with a person's consents gives what each of those does.
    private async Task<IEnumerable<ChainRight>> GiveAsync(RightsOfAgent own, DelegationChain chain, Client root, CancellationToken ct)
    {
        var person = chain.Root.PrincipalId == chain.Root.DelegatorId ? null : chain.Root.PrincipalId;
        IReadOnlyList<Grant> began = person is null ? [new([.. root.Scopes], null)] : await rights.ConsentsAsync(root, person, ct);
        var bounds = DelegationBounds.Read(chain.Leaf.Constraints);
        return began.Select(grant => new ChainRight(
            chain, bounds, own with { UserId = person, Grants = [grant with { Scopes = DelegatedRights.Named(ScopeWildcards.Intersect(chain.Scopes, grant.Scopes), own.Known.Names) }] }));
    }
}

/// <summary>What one chain gives the agent at its end.</summary>
/// <param name="Rights">One grant: the chain's scopes by name.</param>
public sealed record ChainRight(DelegationChain Chain, Constraints Bounds, RightsOfAgent Rights);
