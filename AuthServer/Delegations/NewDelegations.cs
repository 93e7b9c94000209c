using System.Text.Json;
using AuthServer.Agents;
using AuthServer.Agents.Credentials;
using AuthServer.Applications;
using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Protocol;
using AuthServer.Protocol.Clients;
using AuthServer.Protocol.Delegation;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Delegations;

/// <summary>Begins delegations: one may delegate to any active agent, but only what one may do oneself.</summary>
public sealed class NewDelegations(
    IDbContextFactory<AuthDbContext> contexts, IDelegations delegations, ReceivedDelegations received, DelegationChanges changes, ApplicationDirectory applications,
    TimeProvider clock)
{
    /// <summary>Live delegations from one agent to another.</summary>
    private const int Most = 100;

    private const int MostScopes = 100;
    private const int LongestHours = 24 * 366;

    public async Task<Answer<DelegationItem>> CreateAsync(HttpContext http, ActingParty caller, NewDelegation said, CancellationToken ct)
    {
        var now = clock.GetStoredNow();
        if (Check(said, now).Problem is { } problem)
        {
            return problem;
        }

        if (await DelegatorAsync(caller, said, ct) is not { Agent: { } delegator } client)
        {
            return Problem.Invalid("delegator_agent_id", "Name an active agent of yours, whose rights are passed on.") with { Reason = "agent_not_active" };
        }

        if (Identifiers.Read("agt_", said.DelegateAgentId!) is not { } delegateId || await applications.FindByAgentAsync(delegateId, ct) is null)
        {
            return Problem.Invalid("delegate_agent_id", "There is no such agent, or it is not active.") with { Reason = "agent_not_active" };
        }

        string[] scopes = [.. said.Scopes!.OfType<string>().Distinct(StringComparer.Ordinal)];
        return (await BasisAsync(caller, client, said, scopes, now, ct)).Failed(out problem, out var basis) ? problem
            : Refuse(basis, delegateId, scopes, now) is { } refused ? refused
            : DelegationBounds.Of(said.Constraints, basis.Parent?.Leaf.Constraints).Failed(out problem, out var bounds) ? problem
            : DelegationBounds.IsWider(bounds, basis.Parent?.Leaf.Constraints) ? DelegationRefusal.Of("beyond_own_rights")
            : await AddAsync(http, caller, Describe(said, basis, delegator, delegateId, scopes, bounds, now, await EndAsync(caller, client, ct)), ct);
    }

    private async Task<DateTimeOffset?> EndAsync(ActingParty caller, Client delegator, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return new[] { delegator.ExpiresAt, await CredentialEnd.FindAsync(context, caller, ct) }.Min();
    }

    private static Faults Check(NewDelegation said, DateTimeOffset now)
    {
        var faults = new Faults();
        faults.Add("delegate_agent_id", said.DelegateAgentId is null ? "Name the agent that is to act." : null);
        faults.Add("scopes", said.Scopes is { Count: > 0 and <= MostScopes } && said.Scopes.All(ScopeNames.IsOne) ? null : $"Name 1 to {MostScopes} scopes.");
        faults.Add("max_chain_depth", said.MaxChainDepth is null or (>= 0 and < DelegationChain.MostHops) ? null : $"Give 0 to {DelegationChain.MostHops - 1}.");
        faults.Add("expires_at", said.ExpiresAt <= now ? "Give a time in the future." : null);
        faults.Add("expires_in_hours", said.ExpiresInHours is null or (> 0 and <= LongestHours) ? null : $"Give 1 to {LongestHours} hours.");
        faults.Add("expires_in_hours", said.ExpiresInHours is not null && said.ExpiresAt is not null ? "Give expires_at or expires_in_hours, not both." : null);
        faults.Add("constraints", said.Constraints is not { } bounds ? null : Constraints.TryRead(bounds, out var read, out var fault) ? DelegationBounds.Uncountable(read) : fault);
        faults.Add("delegation_id", said.DelegationId is { } id && Identifiers.Read("dlg_", id) is null ? "This is no delegation's id." : null);
        return faults;
    }

    private async Task<Client?> DelegatorAsync(ActingParty caller, NewDelegation said, CancellationToken ct)
    {
        var named = said.DelegatorAgentId is { } text ? Identifiers.Read("agt_", text) ?? "" : null;
        if (caller.Agent is { } me)
        {
            return named is null || named == me.Id ? me.Client : null;
        }

        return named is not null && await applications.FindByAgentAsync(named, ct) is { Agent: { } agent } client && agent.OrganizationId == caller.OrganizationId ? client : null;
    }

    /// <summary>What the delegator passes on.</summary>
    private async Task<Answer<Basis>> BasisAsync(
        ActingParty caller, Client delegator, NewDelegation said, string[] scopes, DateTimeOffset now, CancellationToken ct)
    {
        var me = delegator.Agent!.Id;
        var named = said.DelegationId is { } text ? Identifiers.Read("dlg_", text) : null;
        if (caller.Agent is { ActsForItself: false } acting)
        {
            // With a token that acts for somebody, only what that token may do.
            if (named is not null && named != acting.DelegationId)
            {
                return DelegationRefusal.Of("not_this_tokens_delegation");
            }

            return acting.DelegationId is not { } own ? new Basis(acting.Subject, null, acting.Scopes)
                : await delegations.FindAsync(own, ct) is { } held ? new Basis(acting.Subject, held, ScopeWildcards.Intersect(acting.Scopes, held.Scopes))
                : DelegationRefusal.Of("delegation_unknown");
        }

        var rights = caller.Within([.. delegator.Scopes]);
        if (named is null && ScopeWildcards.CoversAll(rights, scopes))
        {
            return new Basis(me, null, rights);
        }

        var found = named is null ? await received.FindAsync(delegator.Agent, scopes, now, ct) : await received.FindAsync(me, named, ct);
        if (found.Failed(out var problem, out var chain))
        {
            return problem;
        }

        var most = await received.BoundAsync(caller, ct);
        return new Basis(chain.Root.PrincipalId, chain, most is null ? chain.Scopes : ScopeWildcards.Intersect(chain.Scopes, most));
    }

    private static Problem? Refuse(Basis basis, string delegateId, string[] scopes, DateTimeOffset now) =>
        basis.Parent?.Fault(now) is { } fault ? DelegationRefusal.Of(fault)
        : delegateId == basis.PrincipalId || basis.Parent?.Agents.Contains(delegateId) == true ? DelegationRefusal.Of("delegation_cycle")
        : !ScopeWildcards.CoversAll(basis.Scopes, scopes) ? DelegationRefusal.Of("beyond_own_rights")
        : basis.Depth > basis.DeepestDepth ? DelegationRefusal.Of("too_deep")
        : null;

    /// <param name="end">Of the delegator, and of the credential that it is made with.</param>
    private static Delegation Describe(
        NewDelegation said, Basis basis, AgentIdentity delegator, string delegateId, string[] scopes, Constraints bounds, DateTimeOffset now, DateTimeOffset? end)
    {
        var id = Identifiers.New("dlg_", now);
        var wanted = said.ExpiresInHours is { } hours ? now.AddHours(hours) : said.ExpiresAt?.ToUniversalTime();
        return new Delegation
        {
            Id = id,
            ParentId = basis.Parent?.Leaf.Id,
            RootId = basis.Parent?.Root.Id ?? id,
            Path = string.Concat((basis.Parent?.Hops ?? []).Select(hop => hop.Id + "/")) + id + "/",
            DelegatorId = delegator.Id,
            DelegateId = delegateId,
            PrincipalId = basis.PrincipalId,
            OrganizationId = delegator.OrganizationId,
            Scopes = ApplicationMapping.Json(scopes) ?? "[]",
            Constraints = bounds.ToString(),
            ChainDepth = basis.Depth,
            MaxAbsoluteChainDepth = Math.Min(basis.DeepestDepth, basis.Depth + (said.MaxChainDepth ?? DelegationChain.DefaultHops)),
            CreatedAt = now,
            ExpiresAt = new[] { wanted, basis.Parent?.ExpiresAt, end }.Min(),
        };
    }

    private async Task<Answer<DelegationItem>> AddAsync(HttpContext http, ActingParty caller, Delegation row, CancellationToken ct)
    {
        var created = http.Event(DelegationEvents.Created, AuditOutcomes.Success, row.CreatedAt) with
        {
            Subject = row.PrincipalId,
            ClientId = caller.Agent?.Client.ClientId,
            AgentId = row.DelegatorId,
            OrganizationId = row.OrganizationId,
            Target = row.Id,
            Scope = ScopeNames.Join(row.ScopeList),
            Detail = JsonSerializer.Serialize(new Details(row.DelegateId, row.ParentId, caller.Developer?.UserId, caller.Known?.KeyId), ApiJson.Options),
        };
        return await changes.TryAddAsync(row, [.. (caller.Agent?.KeyIds ?? []).Where(id => id.StartsWith(ApiKey.IdPrefix, StringComparison.Ordinal))], Most, created, ct)
            ? Answer.Created(DelegationItem.Of(row, row.CreatedAt), $"/api/v1/delegations/{row.Id}")
            : DelegationRefusal.Of(await changes.IsFullAsync(row, Most, ct) ? "too_many_delegations" : "ended_meanwhile");
    }

    /// <param name="Scopes">What may be passed on.</param>
    private sealed record Basis(string PrincipalId, DelegationChain? Parent, IReadOnlyList<string> Scopes)
    {
        public int Depth => Parent is null ? 0 : Parent.Leaf.ChainDepth + 1;

        public int DeepestDepth => Parent?.Leaf.MaxAbsoluteChainDepth ?? DelegationChain.MostHops - 1;
    }

    private sealed record Details(string DelegateId, string? ParentId, string? UserId, string? Key);
}
