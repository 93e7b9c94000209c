using System.Text.Json;
using AuthServer.Consents;
using AuthServer.Data;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Delegations;

/// <summary>Who can act for a person now: each agent that they allowed, and each at the end of a chain that began with one of those.</summary>
public sealed class PersonalActors(IDbContextFactory<AuthDbContext> contexts, PersonalConsents consents, DelegationViews views, TimeProvider clock)
{
    private const int Most = 1000;

    /// <summary>Those whom the person allowed come first, newest first; then those at the ends of chains.</summary>
    public async Task<IReadOnlyList<PersonalActor>> ListAsync(string userId, CancellationToken ct)
    {
        var allowed = ActingConsents.Of([.. (await consents.ListAsync(userId, ct)).Where(consent => consent is { Agent: not null, ActsNow: true })]);
        return [.. allowed.Select(Direct), .. await ThroughAsync(userId, allowed, ct)];
    }

    private static PersonalActor Direct(ActingConsents acting)
    {
        var agent = acting.Newest.Agent!;
        return new PersonalActor(agent.Id, agent.Name, agent.Owner, [], [.. acting.Scopes.Select(scope => scope.Name)], acting.Newest.Id, Latest(acting.Consents));
    }

    private async Task<IEnumerable<PersonalActor>> ThroughAsync(string userId, IReadOnlyList<ActingConsents> allowed, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var leaves = await context.Delegations.AsNoTracking().Where(row => row.PrincipalId == userId).Live(clock.GetUtcNow())
            .OrderByDescending(row => row.RootId).ThenBy(row => row.Path).Take(Most).ToListAsync(ct);
        var seen = (await views.OfAsync(context, leaves, DelegationParty.Person(userId), opens: false, ct)).Where(view => view.IsLive).ToDictionary(view => view.Row.Id, StringComparer.Ordinal);
        var consented = allowed.SelectMany(acting => acting.Consents).ToLookup(consent => consent.Agent!.Id, StringComparer.Ordinal);
        return leaves.Where(row => row.HopIds.All(seen.ContainsKey)).Select(row => Through([.. row.HopIds.Select(id => seen[id])], consented)).OfType<PersonalActor>();
    }

    /// <summary>Null: the consent and the hops have nothing in common.</summary>
    private static PersonalActor? Through(IReadOnlyList<DelegationView> hops, ILookup<string, PersonalConsent> consented)
    {
        var chain = new DelegationChain([.. hops.Select(hop => hop.Row.Hop)]);
        PersonalConsent[] basis = [.. consented[chain.Root.DelegatorId]];
        var scopes = ScopeWildcards.Intersect(chain.Scopes, [.. basis.SelectMany(consent => consent.Scopes).Select(scope => scope.Name).Distinct(StringComparer.Ordinal)]);
        if (basis.Length == 0 || scopes.Count == 0)
        {
            return null;
        }

        var (last, until) = (hops[^1].Delegate, Latest(basis));
        return new PersonalActor(
            last.Id, last.Name!, last.Organization!, [.. hops.Select(Describe)], scopes, basis[0].Id, until is null || chain.ExpiresAt < until ? chain.ExpiresAt ?? until : until);
    }

    private static PersonalActorHop Describe(DelegationView hop) => new(
        hop.Row.Id, hop.Delegator.Id, hop.Delegator.Name!, hop.Delegate.Id, hop.Delegate.Name!, hop.Row.ScopeList, JsonElement.Parse(hop.Row.Constraints), hop.Row.ExpiresAt);

    /// <summary>When the last of them ends; null: one has no end of its own but that of its tokens.</summary>
    private static DateTimeOffset? Latest(IReadOnlyList<PersonalConsent> consents) =>
        consents.Any(consent => consent.ExpiresAt is null) ? null : consents.Max(consent => consent.ExpiresAt);
}
