using System.Text.Json;
using AuthServer.Applications;
using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.Http.Api;
using AuthServer.Organizations;
using AuthServer.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Agents;

/// <summary>Registers agents.</summary>
public sealed class NewAgents(IDbContextFactory<AuthDbContext> contexts, AgentScopes scopes, TimeProvider clock)
{
    public async Task<Answer<RegisteredAgent>> RegisterAsync(HttpContext http, Developer developer, NewAgent said, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var faults = new Faults();
        faults.Add("name", said.Name is null ? "Give it a name." : null);
        AgentRules.Check(said, faults);
        await scopes.CheckAsync(developer.OrganizationId, said.AllowedScopes, faults, ct);
        var keys = AgentKeys.Read(said.Jwks, said.PublicKey, "jwks", faults);
        var owner = await AgentOwner.ReadAsync(context, developer, said.OwnerId, faults, ct);
        var parent = await ParentAsync(context, developer, said, faults, ct);
        if (faults.Problem is { } problem)
        {
            return problem;
        }

        var now = clock.GetStoredNow();
        var application = AgentApplication.Create(keys, now);
        application.DisplayName = said.Name;
        AgentApplication.SetRedirectUris(application, said.RedirectUris ?? []);
        AgentApplication.SetScopes(application, said.AllowedScopes ?? []);
        var agent = Describe(said, application.Id, developer.OrganizationId, owner, parent, now);
        if (await AgentNames.RefuseAsync(context, agent, ct) is { } taken)
        {
            return taken;
        }

        context.Applications.Add(application);
        context.Agents.Add(agent);
        await ApplicationOrigins.WriteAsync(context, application.Id, ApplicationMapping.Strings(application.RedirectUris), ct);
        string? secret = null;
        if (keys is null)
        {
            (secret, var row) = ClientSecret.Create(application.Id, now);
            application.ClientSecret = ClientSecretHash.Create(secret, ClientSecretHash.RoundsOfGenerated);
            context.ClientSecrets.Add(row);
        }

        var registered = new AgentRow { Agent = agent, Application = application };
        context.AuditEvents.Add(AuditEventRow.From(AgentEvents.Of(AgentEvents.Registered, http, developer, registered, now)));
        return await SaveAsync(context, developer, agent, ct) is { } refused
            ? refused
            : Answer.Created(new RegisteredAgent(registered.Answer, secret), $"/api/v1/agents/{agent.Id}");
    }

    private async Task<Problem?> SaveAsync(AuthDbContext context, Developer developer, Agent agent, CancellationToken ct)
    {
        try
        {
            return await context.TrySaveChangesAsync(developer, Role.Developer, ct) ? null : Problem.Forbidden("role", "You can no longer register agents.");
        }
        catch (DbUpdateException)
        {
            // Somebody else took the name between the look and the write.
            await using var fresh = await contexts.CreateDbContextAsync(ct);
            if (await AgentNames.RefuseAsync(fresh, agent, ct) is { } taken)
            {
                return taken;
            }

            throw;
        }
    }

    private static Agent Describe(NewAgent said, string applicationId, string organizationId, string owner, string? parent, DateTimeOffset now) => new()
    {
        Id = Identifiers.New("agt_", now),
        ApplicationId = applicationId,
        OrganizationId = organizationId,
        OwnerId = owner,
        NameScope = organizationId,
        Name = said.Name!,
        Type = said.Type ?? said.AgentType ?? AgentType.Assistant,
        TrustLevel = said.TrustLevel ?? (parent is null ? TrustLevel.Root : TrustLevel.Delegated),
        Status = AgentStatus.Active,
        Description = AgentRules.Kept(said.Description),
        HomepageUrl = AgentRules.Kept(said.HomepageUrl),
        Metadata = said.Metadata is { } metadata ? JsonSerializer.Serialize(metadata, ApiJson.Options) : "{}",
        ParentAgentId = parent,
        CreatedAt = now,
        UpdatedAt = now,
        Version = AgentApplication.NewVersion(),
    };

    /// <summary>The parent's id, where one was named. A foreign one is answered as one that does not exist.</summary>
    private static async Task<string?> ParentAsync(AuthDbContext context, Developer developer, NewAgent said, Faults faults, CancellationToken ct)
    {
        if (said.ParentAgentId is not { } named)
        {
            faults.Add("parentAgentId", said.TrustLevel == TrustLevel.Delegated ? "A delegated agent has a parent: name it." : null);
            return null;
        }

        faults.Add("trustLevel", said.TrustLevel == TrustLevel.Root ? "An agent that another one made is delegated or ephemeral." : null);
        var id = Identifiers.Read("agt_", named);
        var parent = id is null ? null
            : await context.Agents.AsNoTracking().FirstOrDefaultAsync(agent => agent.Id == id && agent.OrganizationId == developer.OrganizationId, ct);
        faults.Add("parentAgentId", parent is null ? "There is no such agent, or it is not yours."
            : parent.Status != AgentStatus.Active ? "This agent is not active, so it can have no new children." : null);
        return parent?.Id;
    }
}
