using AuthServer.Applications;
using AuthServer.Data;
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
        // Agents of others do not exist here.
        if (await applications.FindByAgentAsync(agentId, ct) is not { Agent: { } agent } client || agent.OrganizationId != organizationId)
        {
            return null;
        }

        var known = await scopes.KnownAsync(organizationId, ct);
        IReadOnlyList<Grant> grants = userId is null
            ? [new([.. ScopeWildcards.Resolve([.. client.Scopes], known.Names)], null)]
            : await ConsentsAsync(client, agent, userId, ct);
        return new(agent, client.ClientId, userId, grants, known);
    }

    /// <summary>Newest first.</summary>
    private async Task<IReadOnlyList<Grant>> ConsentsAsync(Client client, AgentIdentity agent, string userId, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var context = await contexts.CreateDbContextAsync(ct);
        var rows = await (
            from authorization in context.Authorizations.AsNoTracking()
            join consent in context.Consents on authorization.Id equals consent.AuthorizationId
            where authorization.Subject == userId && authorization.Status == Valid
                && ((authorization.ApplicationId == client.Id && consent.ActorId == null) || consent.ActorId == agent.Id)
                && (consent.ExpiresAt == null || consent.ExpiresAt > now)
            orderby authorization.Id descending
            select new { authorization.Id, authorization.Scopes }).ToListAsync(ct);
        return [.. rows.Select(row => new Grant(ApplicationMapping.Strings(row.Scopes), Identifiers.TimeOf("con_", row.Id)))];
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
