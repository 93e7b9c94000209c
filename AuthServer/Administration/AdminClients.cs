using System.Text.Json;
using AuthServer.Agents;
using AuthServer.Applications;
using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.Data.OpenIddict;
using AuthServer.Http.Api;
using AuthServer.Organizations;
using AuthServer.Protocol.Authorize;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Administration;

/// <summary>Applications, wherever they come from, as administrators see them, and what they do to them. Agents are stopped as their organization would stop them.</summary>
public sealed class AdminClients(
    IDbContextFactory<AuthDbContext> contexts, AgentLife agents, ITokenFamilies families, ApplicationDirectory applications, TimeProvider clock)
{
    public const int Portion = 50;

    private static Problem ReadOnly { get; } = Problem.Conflict("configured", "The configuration says what this application is. Change it there.");

    private static Problem Removed { get; } = Problem.Conflict("removed", "It ended for good.");

    private static Problem Unchanged { get; } = Problem.Conflict("unchanged", "It is so already.");

    private static Problem Granted { get; } = Problem.Conflict("granted", "Consents name it, and whoever gave them must be able to see what it was. Disable it: then it can do nothing.");

    private static Problem Stale { get; } = Problem.Conflict("stale", "It was changed in this moment. Look at it again.");

    /// <summary>By client id.</summary>
    /// <param name="search">A part of the name, or a client id; null: all.</param>
    /// <param name="after">The client id after which the list goes on; null: from the first.</param>
    public async Task<IReadOnlyList<ClientLine>> ListAsync(string? search, ClientSource? source, string? after, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var rows = context.Applications.AsNoTracking().Where(row => row.ClientId != null);
        if (search is { Length: > 0 })
        {
            rows = rows.Where(row => row.ClientId == search || AuthDbContext.Upper(row.DisplayName!).Contains(AuthDbContext.Upper(search)));
        }

        rows = source is { } kind ? Of(context, rows, kind) : rows;
        return await LinesAsync(context, rows.Where(row => after == null || row.ClientId!.CompareTo(after) > 0).OrderBy(row => row.ClientId).Take(Portion), ct);
    }

    /// <param name="id">Of its row. Null: there is none.</param>
    public async Task<ClientFile?> FindAsync(string id, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        if (await LinesAsync(context, context.Applications.AsNoTracking().Where(row => row.Id == id && row.ClientId != null), ct) is not [var line])
        {
            return null;
        }

        var row = await context.Applications.AsNoTracking().SingleAsync(row => row.Id == id, ct);
        var agent = await context.Agents.Where(agent => agent.ApplicationId == id).Select(agent => new { agent.Status, agent.DeactivatedAt }).FirstOrDefaultAsync(ct);
        var permissions = ApplicationMapping.Strings(row.Permissions);
        return new ClientFile(
            line,
            line.OrganizationId is null ? null : await context.Organizations.Where(organization => organization.Id == line.OrganizationId).Select(organization => organization.Name).FirstOrDefaultAsync(ct),
            agent is null ? null : Agent.WordOf(agent.Status),
            ApplicationMapping.Strings(row.RedirectUris),
            ClientFile.Permitted(permissions, ApplicationMapping.GrantPrefix),
            ClientFile.Permitted(permissions, ApplicationMapping.ScopePrefix),
            ApplicationExtras.Read(row.Properties).AuthenticationMethod,
            await context.Authorizations.CountAsync(granted => granted.ApplicationId == id && granted.Status == OpenIddictStatuses.Valid, ct))
        {
            AgentStoppedAt = agent?.DeactivatedAt,
        };
    }

    /// <summary>It gets no tokens, and those that it had are dead.</summary>
    public Task<Problem?> DisableAsync(HttpContext http, SignedInPerson administrator, ClientLine client, CancellationToken ct) => client.AgentId is { } agentId
        ? AgentAsync(agents.SuspendAsync(http, As(administrator, client), agentId, ct, byAdministrator: true))
        : ChangeAsync(http, administrator, client, isDisabled: true, ct);

    /// <summary>None of the old tokens comes back.</summary>
    public Task<Problem?> EnableAsync(HttpContext http, SignedInPerson administrator, ClientLine client, CancellationToken ct) => client.AgentId is { } agentId
        ? AgentAsync(agents.ResumeAsync(http, As(administrator, client), agentId, ct, byAdministrator: true))
        : ChangeAsync(http, administrator, client, isDisabled: false, ct);

    /// <summary>For good. Of an agent the row stays, and it is revoked; of an organization's application too, and it is removed. Of others what consents name
    /// can only be disabled.</summary>
    public async Task<Problem?> DeleteAsync(HttpContext http, SignedInPerson administrator, ClientLine client, CancellationToken ct)
    {
        if (client.AgentId is { } agentId)
        {
            return await AgentAsync(agents.RevokeAsync(http, As(administrator, client), agentId, ct, byAdministrator: true));
        }

        if (WhyKept(client) is { } kept)
        {
            return kept;
        }

        if (client.Source == ClientSource.Organization)
        {
            return await RemoveAsync(http, administrator, client, ct);
        }

        await using var context = await contexts.CreateDbContextAsync(ct);
        if (await context.Applications.FirstOrDefaultAsync(row => row.Id == client.Id, ct) is not { } row)
        {
            return Problem.NotFound;
        }

        if (await context.Authorizations.AnyAsync(granted => granted.ApplicationId == row.Id, ct))
        {
            return Granted;
        }

        context.Applications.Remove(row);
        context.AuditEvents.Add(AuditEventRow.From(Event(http, administrator, AuditEventTypes.ClientRemoved, client) with
        {
            Reason = "administrator",
            Detail = JsonSerializer.Serialize(new Deleted(client.Id, client.Shown), ApiJson.Options),
        }));
        if (await SaveAsync(context, client, ct) is { } problem)
        {
            return problem;
        }

        await EndAsync(http, administrator, client, "client_removed", ct);
        return null;
    }

    /// <summary>As its organization would, whose members see what it was and when it went.</summary>
    private async Task<Problem?> RemoveAsync(HttpContext http, SignedInPerson administrator, ClientLine client, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        if (await OwnedAsync(context, client, ct) is not { } owned || await context.Applications.FirstOrDefaultAsync(row => row.Id == client.Id, ct) is not { } row)
        {
            return Problem.NotFound;
        }

        if (owned.RemovedAt is not null)
        {
            return Removed;
        }

        Touch(owned).RemovedAt = owned.UpdatedAt;
        (row.Properties, row.ConcurrencyToken) = ((ApplicationExtras.Read(row.Properties) with { RemovedByAdministrator = true }).WriteTo(row.Properties), Guid.NewGuid().ToString());
        await ApplicationOrigins.WriteAsync(context, row.Id, [], ct);
        context.AuditEvents.Add(AuditEventRow.From(Event(http, administrator, AuditEventTypes.ClientRemoved, client) with { Reason = OrganizationEvents.ByAdministrator }));
        if (await SaveAsync(context, client, ct) is { } problem)
        {
            return problem;
        }

        await EndAsync(http, administrator, client, "client_removed", ct);
        return null;
    }

    /// <summary>Why it cannot be deleted, as far as its own row says it; null: nothing is in the way.</summary>
    public static Problem? WhyKept(ClientLine client) => client switch
    {
        { IsReadOnly: true } => ReadOnly,
        { Source: ClientSource.Resource } => Problem.Conflict("resource", "It goes with the organization's API."),
        { Source: ClientSource.Document } => Problem.Conflict("document", "It would be met anew at its next visit. Disable it."),
        _ => null,
    };

    private async Task<Problem?> ChangeAsync(HttpContext http, SignedInPerson administrator, ClientLine client, bool isDisabled, CancellationToken ct)
    {
        if (client.IsReadOnly)
        {
            return ReadOnly;
        }

        await using var context = await contexts.CreateDbContextAsync(ct);
        if (await context.Applications.FirstOrDefaultAsync(row => row.Id == client.Id, ct) is not { } row)
        {
            return Problem.NotFound;
        }

        var (extras, owned, now) = (ApplicationExtras.Read(row.Properties), await OwnedAsync(context, client, ct), clock.GetStoredNow());
        if (extras.RemovedAt is not null || owned is { RemovedAt: not null })
        {
            return Removed;
        }

        if (extras.Disabled == isDisabled)
        {
            return Unchanged;
        }

        var held = extras with { Disabled = isDisabled, DisabledAt = isDisabled ? now : null };
        (row.Properties, row.ConcurrencyToken) = (held.WriteTo(row.Properties), Guid.NewGuid().ToString());
        await ApplicationOrigins.WriteAsync(context, row.Id, isDisabled ? [] : ApplicationMapping.Strings(row.RedirectUris), ct);

        // The organization's trail tells it in the words that it has for its own doing.
        context.AuditEvents.Add(AuditEventRow.From(owned is null
            ? Event(http, administrator, AuditEventTypes.ClientUpdated, client) with { Reason = isDisabled ? "disabled" : "enabled" }
            : Event(http, administrator, isDisabled ? ApplicationEvents.Disabled : ApplicationEvents.Enabled, client) with { Reason = OrganizationEvents.ByAdministrator }));
        _ = owned is null ? null : Touch(owned);
        if (await SaveAsync(context, client, ct) is { } problem)
        {
            return problem;
        }

        if (isDisabled)
        {
            await EndAsync(http, administrator, client, "client_disabled", ct);
        }

        return null;
    }

    private Task EndAsync(HttpContext http, SignedInPerson administrator, ClientLine client, string reason, CancellationToken ct)
    {
        var why = Event(http, administrator, AuditEventTypes.TokenRevoked, client) with { Reason = reason };
        return families.EndSubjectAsync(client.ClientId, why.At, why, ct);
    }

    private async Task<Problem?> SaveAsync(AuthDbContext context, ClientLine client, CancellationToken ct)
    {
        try
        {
            await context.SaveChangesAsync(ct);
            return null;
        }
        catch (DbUpdateException)
        {
            return Stale;
        }
        finally
        {
            applications.Forget(client.ClientId);
        }
    }

    private static Task<OrganizationApplication?> OwnedAsync(AuthDbContext context, ClientLine client, CancellationToken ct) =>
        context.OrganizationApplications.FirstOrDefaultAsync(owned => owned.ApplicationId == client.Id, ct);

    /// <summary>Whoever in the organization has read it before is told that it changed.</summary>
    private OrganizationApplication Touch(OrganizationApplication owned)
    {
        (owned.UpdatedAt, owned.Version) = (clock.GetStoredNow(), Guid.NewGuid().ToString());
        return owned;
    }

    private static async Task<Problem?> AgentAsync(Task<Answer<AgentAnswer>> change) => (await change).Problem;

    private static Developer As(SignedInPerson administrator, ClientLine client) => new(client.OrganizationId!, administrator.Subject, Role.Owner, null);

    private AuditEvent Event(HttpContext http, SignedInPerson administrator, string type, ClientLine client) =>
        AdminEvent.Of(http, administrator, type, client.ClientId, clock.GetUtcNow()) with { ClientId = client.ClientId, OrganizationId = client.OrganizationId };

    /// <param name="Application">The row, by which its page is known.</param>
    private sealed record Deleted(string Application, string Name);

    private static IQueryable<OpenIddictApplication> Of(AuthDbContext context, IQueryable<OpenIddictApplication> rows, ClientSource source) => source switch
    {
        ClientSource.Configuration => rows.Where(row => row.Properties!.Contains("\"source\":\"configuration\"")),
        ClientSource.Demo => rows.Where(row => row.Properties!.Contains("\"source\":\"demo\"")),
        ClientSource.Registered => rows.Where(row => row.Properties!.Contains("\"introduction\":\"registered\"")),
        ClientSource.Document => rows.Where(row => row.Properties!.Contains("\"introduction\":\"document\"")),
        ClientSource.Agent => rows.Where(row => context.Agents.Any(agent => agent.ApplicationId == row.Id)),
        ClientSource.Organization => rows.Where(row => context.OrganizationApplications.Any(owned => owned.ApplicationId == row.Id)),
        ClientSource.Resource => rows.Where(row => context.ProtectedResources.Any(resource => resource.ApplicationId == row.Id && resource.OrganizationId != null)),
        _ => rows.Where(row => (row.Properties == null || (!row.Properties.Contains("\"source\":") && !row.Properties.Contains("\"introduction\":")))
            && !context.Agents.Any(agent => agent.ApplicationId == row.Id) && !context.ProtectedResources.Any(resource => resource.ApplicationId == row.Id)
            && !context.OrganizationApplications.Any(owned => owned.ApplicationId == row.Id)),
    };

    private static async Task<IReadOnlyList<ClientLine>> LinesAsync(AuthDbContext context, IQueryable<OpenIddictApplication> rows, CancellationToken ct)
    {
        var found = await rows.Select(row => new
        {
            row.Id,
            row.ClientId,
            row.DisplayName,
            row.ClientType,
            row.Properties,
            Agent = context.Agents.Where(agent => agent.ApplicationId == row.Id).Select(agent => new { agent.Id, agent.OrganizationId, agent.Name, agent.Status, agent.HeldAt, agent.IsHeldOnly, agent.SuspendedWithId, agent.DeactivatedAt }).FirstOrDefault(),
            Resource = context.ProtectedResources.Where(resource => resource.ApplicationId == row.Id).Select(resource => new { resource.OrganizationId }).FirstOrDefault(),
            Owned = context.OrganizationApplications.Where(owned => owned.ApplicationId == row.Id).Select(owned => new { owned.OrganizationId, owned.DisabledAt, owned.RemovedAt }).FirstOrDefault(),
            LastUsedAt = context.ClientUses.Where(use => use.ClientId == row.ClientId).Select(use => (DateTimeOffset?)use.LastAt).FirstOrDefault(),
        }).ToListAsync(ct);
        return
        [
            .. found.Select(row =>
            {
                var extras = ApplicationExtras.Read(row.Properties);
                return new ClientLine(
                    row.Id,
                    row.ClientId!,
                    row.Agent?.Name ?? row.DisplayName,
                    ClientFile.SourceOf(extras, row.Agent is not null, row.Resource?.OrganizationId is not null, row.Owned is not null),
                    extras.Disabled || row.Owned?.DisabledAt is not null || row.Agent is { Status: not AgentStatus.Active },
                    row.ClientType == "public",
                    row.Agent?.Id,
                    row.Agent?.OrganizationId ?? row.Resource?.OrganizationId ?? row.Owned?.OrganizationId,
                    row.LastUsedAt)
                {
                    IsRevoked = row.Agent is { Status: AgentStatus.Revoked },
                    RemovedAt = extras.RemovedAt ?? row.Owned?.RemovedAt,
                    IsRemovedByAdministrator = extras.RemovedByAdministrator,
                    IsHeld = extras.Disabled || row.Agent?.HeldAt is not null,
                    HeldAt = extras.DisabledAt ?? row.Agent?.HeldAt,
                    DisabledAt = row.Agent is { Status: AgentStatus.Suspended, IsHeldOnly: false, SuspendedWithId: null } ? row.Agent.DeactivatedAt : row.Owned?.DisabledAt,
                };
            }),
        ];
    }
}
