using System.Text.Json;
using AuthServer.Applications;
using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.Http.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Agents;

/// <summary>Changes what is said of an agent.</summary>
public sealed class AgentChanges(
    IDbContextFactory<AuthDbContext> contexts, AgentScopes scopes, NarrowedAgents narrowed, ApplicationDirectory applications, TimeProvider clock)
{
    public async Task<Answer<AgentAnswer>> ChangeAsync(
        HttpContext http, ActingParty caller, string id, AgentChange said, IfMatch match, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        if ((await AgentReach.FindMadeAsync(context, caller, id, clock.GetUtcNow(), ct)).Failed(out var refused, out var row))
        {
            return refused;
        }

        if (!match.Allows(row.Agent.Version))
        {
            return Problem.Stale;
        }

        var faults = new Faults();
        AgentRules.Check(said, faults);
        await scopes.CheckAsync(caller.OrganizationId, said.AllowedScopes, faults, ct);
        AgentPlace.CheckBounds(caller, said, faults);
        var owner = said.OwnerId is null || caller.Developer is not { } developer ? row.Agent.OwnerId : await AgentOwner.ReadAsync(context, developer, said.OwnerId, faults, ct);
        if ((faults.Problem ?? row.RefuseWhenRevoked()) is { } problem)
        {
            return problem;
        }

        var before = ApplicationMapping.Scopes(row.Application);
        var changed = Apply(row, said, owner);
        if (changed.Contains("name") && await AgentNames.RefuseAsync(context, row.Agent, ct) is { } taken)
        {
            return taken;
        }

        return changed.Count == 0 ? row.Answer : await SaveAsync(context, http, caller, row, before, changed, match, ct);
    }

    private async Task<Answer<AgentAnswer>> SaveAsync(
        AuthDbContext context, HttpContext http, ActingParty caller, AgentRow row, string[] before, List<string> changed, IfMatch match, CancellationToken ct)
    {
        var now = clock.GetStoredNow();
        (row.Agent.Version, row.Agent.UpdatedAt, row.Application.ConcurrencyToken) = (AgentApplication.NewVersion(), now, AgentApplication.NewVersion());
        await ApplicationOrigins.WriteAsync(context, row.Application.Id, ApplicationMapping.Strings(row.Application.RedirectUris), ct);
        var why = AgentEvents.Of(AgentEvents.Updated, http, caller, row, now, changed);
        context.AuditEvents.Add(AuditEventRow.From(why));
        try
        {
            await narrowed.SaveAsync(context, row, before, ApplicationMapping.Scopes(row.Application), why, ct);
        }
        catch (DbUpdateConcurrencyException) // the framework has no other way to say that somebody else was first
        {
            return match.Versions is null ? AgentRow.ChangedMeanwhile : Problem.Stale;
        }
        catch (DbUpdateException) when (changed.Contains("name"))
        {
            // Somebody else took the name between the look and the write.
            await using var fresh = await contexts.CreateDbContextAsync(ct);
            if (await AgentNames.RefuseAsync(fresh, row.Agent, ct) is { } taken)
            {
                return taken;
            }

            throw;
        }

        applications.Forget(row.ClientId);
        if (changed.Contains("allowedScopes"))
        {
            applications.ForgetAll();
        }

        return row.Answer;
    }

    /// <returns>The names of the fields that are not what they were.</returns>
    private static List<string> Apply(AgentRow row, AgentChange said, string? owner)
    {
        var (agent, application, changed) = (row.Agent, row.Application, new List<string>());
        void Set(string field, bool differs, Action change)
        {
            if (differs)
            {
                change();
                changed.Add(field);
            }
        }

        Set("name", said.Name is not null && said.Name != agent.Name, () => application.DisplayName = agent.Name = said.Name!);
        Set("description", said.Description is { } words && AgentRules.Kept(words) != agent.Description, () => agent.Description = AgentRules.Kept(said.Description));
        Set("homepageUrl", said.HomepageUrl is { } url && AgentRules.Kept(url) != agent.HomepageUrl, () => agent.HomepageUrl = AgentRules.Kept(said.HomepageUrl));
        var type = said.Type ?? said.AgentType ?? agent.Type;
        Set("type", type != agent.Type, () => agent.Type = type);
        var metadata = said.Metadata is { } json ? JsonSerializer.Serialize(json, ApiJson.Options) : agent.Metadata;
        Set("metadata", metadata != agent.Metadata, () => agent.Metadata = metadata);
        Set("ownerId", owner != agent.OwnerId, () => agent.OwnerId = owner);
        var before = (application.RedirectUris, application.Permissions);
        AgentApplication.SetRedirectUris(application, said.RedirectUris ?? ApplicationMapping.Strings(application.RedirectUris));
        AgentApplication.SetScopes(application, said.AllowedScopes ?? ApplicationMapping.Scopes(application));
        Set("redirectUris", application.RedirectUris != before.RedirectUris, static () => { });
        Set("allowedScopes", application.Permissions != before.Permissions, static () => { });
        return changed;
    }
}
