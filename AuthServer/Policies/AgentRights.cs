using AuthServer.Applications;
using AuthServer.Data;
using AuthServer.Data.OpenIddict;
using AuthServer.Policies.Engine;
using AuthServer.Protocol;
using AuthServer.Protocol.Clients;
using AuthServer.Protocol.Tokens;
using AuthServer.Scopes;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Policies;

/// <summary>What an agent may do as far as it was granted, before policies: for itself what its registration allows, for a person what
/// that person's consents give.</summary>
public sealed class AgentRights(
    ApplicationDirectory applications, ScopeCatalog scopes, IDbContextFactory<AuthDbContext> contexts, TimeProvider clock)
{
    private const string Valid = "valid";

    /// <summary>Null: no active agent of this organization.</summary>
    /// <param name="userId">Null: it acts for itself.</param>
    public async Task<RightsOfAgent?> FindAsync(string organizationId, string agentId, string? userId, CancellationToken ct)
    {
        // Agents of others do not exist here. A person who is none must not be taken for nobody: then the agent would act for itself.
        if ((userId is not null && Identifiers.Read("usr_", userId) != userId) || await applications.FindByAgentAsync(agentId, ct) is not { Agent: { } agent } client || agent.OrganizationId != organizationId)
        {
            return null;
        }

        var known = await scopes.KnownAsync(organizationId, ct);
        IReadOnlyList<Grant> grants = userId is null
            ? [new([.. ScopeWildcards.Resolve([.. client.Scopes], known.Names)], null)]
            : await ConsentsAsync(client, userId, ct);
        return new(agent, client.ClientId, userId, grants, known);
    }

    /// <summary>People whose consents let this agent of the organization act for them, by id.</summary>
    public async Task<IReadOnlyList<string>> PeopleAsync(string organizationId, string agentId, string after, int most, CancellationToken ct)
    {
        if (await applications.FindByAgentAsync(agentId, ct) is not { Agent: { } agent } client || agent.OrganizationId != organizationId)
        {
            return [];
        }

        await using var context = await contexts.CreateDbContextAsync(ct);
#pragma warning disable CA1309 // the database compares
        return await Live(context, client, agent).Select(row => row.Subject!).Where(subject => string.Compare(subject, after) > 0)
            .Distinct().OrderBy(subject => subject).Take(most).ToListAsync(ct);
#pragma warning restore CA1309
    }

    /// <summary>What a person's consents give an agent, newest first.</summary>
    /// <param name="client">The agent's.</param>
    internal async Task<IReadOnlyList<Grant>> ConsentsAsync(Client client, string userId, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var rows = await Live(context, client, client.Agent!).Where(row => row.Subject == userId)
            .OrderByDescending(row => row.Id).Select(row => new { row.Id, row.Scopes }).ToListAsync(ct);
        return [.. rows.Select(row => new Grant(ApplicationMapping.Strings(row.Scopes), Identifiers.TimeOf("con_", row.Id)))];
    }

    /// <summary>The authorizations that let the agent act for a person now.</summary>
    private IQueryable<OpenIddictAuthorization> Live(AuthDbContext context, Client client, AgentIdentity agent)
    {
        var now = clock.GetUtcNow();
        return from authorization in context.Authorizations.AsNoTracking()
               join consent in context.Consents on authorization.Id equals consent.AuthorizationId
               where authorization.Status == Valid && authorization.Subject != null
                   && ((authorization.ApplicationId == client.Id && consent.ActorId == null) || consent.ActorId == agent.Id)
                   && (consent.ExpiresAt == null || consent.ExpiresAt > now)
               select authorization;
    }
}

/// <param name="BeganAt">When the person's consent began; null: nobody was asked.</param>
public sealed record Grant(IReadOnlyList<string> Scopes, DateTimeOffset? BeganAt);

/// <summary>An agent's rights, from which questions to the engine are made.</summary>
/// <param name="Grants">Newest first.</param>
public sealed record RightsOfAgent(AgentIdentity Agent, string ClientId, string? UserId, IReadOnlyList<Grant> Grants, KnownScopes Known)
{
    /// <summary>Every action that some grant gives, in order.</summary>
    public IEnumerable<string> Actions => Grants.SelectMany(grant => grant.Scopes).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    /// <summary>May it do these? What the place says — resource, address, amount — is added with <c>with</c>.</summary>
    public PolicyInput Ask(IReadOnlyList<string> actions, DateTimeOffset now)
    {
        // The newest consent that gives all of them; else what all give together, as old as the oldest.
        var grant = Grants.FirstOrDefault(grant => actions.All(action => grant.Scopes.Contains(action, StringComparer.Ordinal)))
            ?? new Grant([.. Actions], Grants.Min(grant => grant.BeganAt));
        return new PolicyInput
        {
            Now = now,
            OrganizationId = Agent.OrganizationId,
            AgentId = Agent.Id,
            AgentType = Agent.Type,
            TrustLevel = Agent.TrustLevel,
            UserId = UserId,
            ClientId = ClientId,
            Granted = grant.Scopes,
            Required = actions,
            Risk = action => Known.Describe(action).Risk,
            GrantedAt = grant.BeganAt,
        };
    }
}
