using System.Text.Json;
using AuthServer.Agents.Credentials;
using AuthServer.Applications;
using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.Http.Api;
using AuthServer.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Agents;

/// <summary>Registers agents: for a developer, or below the agent that asks.</summary>
public sealed class NewAgents(IDbContextFactory<AuthDbContext> contexts, AgentScopes scopes, TimeProvider clock)
{
    public async Task<Answer<RegisteredAgent>> RegisterAsync(HttpContext http, ActingParty caller, NewAgent said, CancellationToken ct)
    {
        if (caller.Agent is { ActsForItself: false })
        {
            return AgentReach.ActsForAnother;
        }

        await using var context = await contexts.CreateDbContextAsync(ct);
        var faults = new Faults();
        faults.Add("name", said.Name is null ? "Give it a name." : null);
        AgentRules.Check(said, faults);
        await scopes.CheckAsync(caller.OrganizationId, said.AllowedScopes, faults, ct);
        var keys = AgentKeys.Read(said.Jwks, said.PublicKey, "jwks", faults);
        var now = clock.GetStoredNow();
        var place = await AgentPlace.ReadAsync(context, caller, said, now, faults, ct);
        if (faults.Problem is { } problem)
        {
            return problem;
        }

        var application = AgentApplication.Create(keys, now);
        application.DisplayName = said.Name;
        AgentApplication.SetRedirectUris(application, said.RedirectUris ?? []);
        AgentApplication.SetScopes(application, said.AllowedScopes ?? []);
        var agent = Describe(said, application.Id, place, now);
        agent.ExpiresAt = await CredentialEnd.FindAsync(context, caller, ct);
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
        context.AuditEvents.Add(AuditEventRow.From(AgentEvents.Of(AgentEvents.Registered, http, caller, registered, now)));
        return await SaveAsync(context, caller, agent, ct) is { } refused
            ? refused
            : Answer.Created(new RegisteredAgent(registered.Answer, secret), $"/api/v1/agents/{agent.Id}");
    }

    private async Task<Problem?> SaveAsync(AuthDbContext context, ActingParty caller, Agent agent, CancellationToken ct)
    {
        try
        {
            return await context.TrySaveChangesAsync(caller, ct);
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

    private static Agent Describe(NewAgent said, string applicationId, AgentPlace place, DateTimeOffset now) => new()
    {
        Id = Identifiers.New("agt_", now),
        ApplicationId = applicationId,
        OrganizationId = place.OrganizationId,
        OwnerId = place.OwnerId,
        NameScope = place.OrganizationId,
        Name = said.Name!,
        Type = said.Type ?? said.AgentType ?? AgentType.Assistant,
        TrustLevel = place.TrustLevel,
        Status = AgentStatus.Active,
        Description = AgentRules.Kept(said.Description),
        HomepageUrl = AgentRules.Kept(said.HomepageUrl),
        Metadata = said.Metadata is { } metadata ? JsonSerializer.Serialize(metadata, ApiJson.Options) : "{}",
        ParentAgentId = place.ParentId,
        MaxChildDepth = place.MaxChildDepth,
        CreatedAt = now,
        UpdatedAt = now,
        Version = AgentApplication.NewVersion(),
    };
}
