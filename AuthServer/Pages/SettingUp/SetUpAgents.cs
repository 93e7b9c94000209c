using AuthServer.Agents;
using AuthServer.Endpoints.Rest;
using AuthServer.Http.Api;
using AuthServer.Policies.Engine;
using AuthServer.Scopes;
using Microsoft.AspNetCore.Http;
using Caller = AuthServer.Http.Api.Developer;

namespace AuthServer.Pages.SettingUp;

/// <summary>The first agent of an installation, and its token.</summary>
public sealed class SetUpAgents(NewAgents all, RegisteredAgents registered, ScopeCatalog scopes, FirstToken tokens)
{
    private const int Most = 20;

    /// <summary>What it may be bound to at first: nothing that does harm. The rest can be added later.</summary>
    public async Task<IReadOnlyList<ScopeLine>> ChoicesAsync(Caller member, CancellationToken ct) =>
        [.. (await scopes.KnownAsync(member.OrganizationId, ct)).All.Where(line => line.Risk <= RiskLevel.Standard && line.Category is not ("identity" or "delegations") && !line.Name.Contains('.'))];

    public async Task<IReadOnlyList<AgentAnswer>> ListAsync(Caller member, CancellationToken ct) =>
        (await registered.ListAsync(new ActingParty(member), new AgentFilter(AgentStatus.Active, null, null, null), new Paging(Most, 0, null, null), ct)).Value?.Data ?? [];

    public async Task<Answer<ShownToken>> RegisterAsync(HttpContext http, Caller member, NewAgent wanted, CancellationToken ct)
    {
        // Made without a right it would get no token, and its secret would be shown to nobody.
        var faults = new Faults();
        AgentRules.Check(wanted, faults);
        faults.Add("allowedScopes", wanted.AllowedScopes is { Count: > 0 } ? null : "Tick at least one: without any it gets no token.");
        return faults.Problem is { } refused ? refused
            : (await all.RegisterAsync(http, new ActingParty(member), wanted, ct)).Failed(out var problem, out var made) ? problem
            : await tokens.AskAsync(http, made, made.ClientSecret, ct);
    }

    /// <summary>The token of one that is there already, whose secret is not known here.</summary>
    public async Task<Answer<ShownToken>> AskAsync(HttpContext http, Caller member, string id, CancellationToken ct) =>
        (await registered.FindAsync(new ActingParty(member), id, ct)).Failed(out var problem, out var agent)
            ? problem
            : agent.AllowedScopes is { Count: > 0 } ? await tokens.AskAsync(http, agent, null, ct)
            : Problem.Invalid("allowedScopes", "It has no scopes, and gets no token without one. Give it some on its page, or make another agent.");
}
