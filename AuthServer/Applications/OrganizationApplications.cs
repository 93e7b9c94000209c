using AuthServer.Agents;
using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.Data.OpenIddict;
using AuthServer.Http.Api;
using AuthServer.Organizations;
using AuthServer.Protocol;
using AuthServer.Protocol.Clients;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Applications;

/// <summary>The OAuth clients of an organization: made, listed, changed. Those of others do not exist here.</summary>
public sealed class OrganizationApplications(IDbContextFactory<AuthDbContext> contexts, ApplicationDirectory applications, AgentScopes scopes, TimeProvider clock)
{
    private const int Most = 500;

    internal static Problem ChangedMeanwhile { get; } = Problem.Conflict("changed_meanwhile", "Somebody else changed it at the same moment. Try again.");

    private static Problem NoLonger { get; } = Problem.Forbidden("role", "You can no longer change applications.");

    public async Task<Answer<Page<ApplicationItem>>> ListAsync(Developer developer, Paging paging, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var own = context.OrganizationApplications.AsNoTracking().Where(row => row.OrganizationId == developer.OrganizationId && row.RemovedAt == null);
        var part = await WithRows(context, own).OrderByDescending(one => one.Row.ClientId).Skip(paging.Offset).Take(paging.Limit).ToListAsync(ct);
        return new Page<ApplicationItem>([.. part.Select(one => ApplicationItem.Of(one.Owned, one.Row))], new PageMeta(await own.LongCountAsync(ct), paging.Limit, paging.Offset));
    }

    /// <summary>Also one that was removed: what it was can be read.</summary>
    public async Task<Answer<ApplicationItem>> FindAsync(Developer developer, string id, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await FindAsync(context, developer, id, ct) is { } found ? ApplicationItem.Of(found.Owned, found.Row) : Problem.NotFound;
    }

    /// <summary>The name of the organization whose this application is, for whoever is asked to let it act; null: it is no organization's.</summary>
    /// <param name="applicationId">The row's.</param>
    public async Task<string?> MakerAsync(string applicationId, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.OrganizationApplications.Where(owned => owned.ApplicationId == applicationId)
            .Join(context.Organizations, owned => owned.OrganizationId, organization => organization.Id, (_, organization) => organization.Name).FirstOrDefaultAsync(ct);
    }

    public async Task<Answer<CreatedApplication>> CreateAsync(HttpContext http, Developer developer, NewApplication said, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var (now, kind, faults) = (clock.GetStoredNow(), said.Kind ?? ApplicationKind.Web, new Faults());
        faults.Add("name", said.Name is null ? "Give it a name." : null);
        faults.Add("kind", said.Kind is null ? "Say what kind of application it is." : null);
        said.RedirectUris ??= [];
        await CheckAsync(context, developer, said, kind, faults, ct);
        if (faults.Problem is { } problem)
        {
            return problem;
        }

        if (await context.OrganizationApplications.CountAsync(other => other.OrganizationId == developer.OrganizationId && other.RemovedAt == null, ct) >= Most)
        {
            return Problem.Conflict("too_many_applications", $"An organization can have {Most} applications.");
        }

        var row = Describe(new OpenIddictApplication { Id = Guid.NewGuid().ToString(), ClientId = Identifiers.New(OrganizationApplication.Prefix, now) }, said, kind);
        var owned = new OrganizationApplication
        {
            ApplicationId = row.Id,
            OrganizationId = developer.OrganizationId,
            Kind = kind,
            CreatedBy = developer.UserId,
            CreatedAt = now,
            UpdatedAt = now,
            Version = NewVersion(),
        };
        string? secret = null;
        if (!ApplicationRules.IsPublic(kind))
        {
            (secret, var stored) = ClientSecret.Create(row.Id, now);
            row.ClientSecret = ClientSecretHash.Create(secret, ClientSecretHash.RoundsOfGenerated);
            context.ClientSecrets.Add(stored);
        }

        context.Applications.Add(row);
        context.OrganizationApplications.Add(owned);
        await ApplicationOrigins.WriteAsync(context, row.Id, ApplicationMapping.Strings(row.RedirectUris), ct);
        context.AuditEvents.Add(AuditEventRow.From(ApplicationEvents.Of(AuditEventTypes.ClientRegistered, http, developer, row, now)));
        return await context.TrySaveChangesAsync(developer, Role.Developer, ct)
            ? Answer.Created(new CreatedApplication(ApplicationItem.Of(owned, row), secret), $"/api/v1/applications/{row.ClientId}")
            : NoLonger;
    }

    public async Task<Answer<ApplicationItem>> ChangeAsync(HttpContext http, Developer developer, string id, ApplicationChange said, IfMatch match, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        if (await FindAsync(context, developer, id, ct) is not { } found)
        {
            return Problem.NotFound;
        }

        var (owned, row, faults) = (found.Owned, found.Row, new Faults());
        if (!match.Allows(owned.Version))
        {
            return Problem.Stale;
        }

        await CheckAsync(context, developer, said, owned.Kind, faults, ct);
        if ((faults.Problem ?? RefuseWhenRemoved(owned)) is { } problem)
        {
            return problem;
        }

        Describe(row, said, owned.Kind);
        (owned.Version, owned.UpdatedAt, row.ConcurrencyToken) = (NewVersion(), clock.GetStoredNow(), NewVersion());
        await ApplicationOrigins.WriteAsync(context, row.Id, ApplicationExtras.Read(row.Properties).Disabled ? [] : ApplicationMapping.Strings(row.RedirectUris), ct);
        context.AuditEvents.Add(AuditEventRow.From(ApplicationEvents.Of(AuditEventTypes.ClientUpdated, http, developer, row, owned.UpdatedAt)));
        try
        {
            if (!await context.TrySaveChangesAsync(developer, Role.Developer, ct))
            {
                return NoLonger;
            }
        }
        catch (DbUpdateConcurrencyException) // the framework has no other way to say that somebody else was first
        {
            return match.Versions is null ? ChangedMeanwhile : Problem.Stale;
        }

        applications.Forget(row.ClientId!);
        return ApplicationItem.Of(owned, row);
    }

    internal static string NewVersion() => Guid.NewGuid().ToString();

    internal static Problem? RefuseWhenRemoved(OrganizationApplication owned) =>
        owned.RemovedAt is null ? null : Problem.Conflict("application_removed", "This application was removed for good. Make a new one.");

    internal static async Task<Found?> FindAsync(AuthDbContext context, Developer developer, string id, CancellationToken ct)
    {
        var known = Identifiers.Read(OrganizationApplication.Prefix, id);
        return known is null ? null : await WithRows(context, context.OrganizationApplications.Where(row => row.OrganizationId == developer.OrganizationId))
            .FirstOrDefaultAsync(one => one.Row.ClientId == known, ct);
    }

    private static IQueryable<Found> WithRows(AuthDbContext context, IQueryable<OrganizationApplication> owned) =>
        owned.Join(context.Applications, one => one.ApplicationId, row => row.Id, (one, row) => new Found { Owned = one, Row = row });

    private async Task CheckAsync(AuthDbContext context, Developer developer, ApplicationChange said, ApplicationKind kind, Faults faults, CancellationToken ct)
    {
        ApplicationRules.Check(said, kind, faults);
        await scopes.CheckAsync(developer.OrganizationId, said.Scopes, faults, ct, "scopes");
        faults.Add("resources", said.Resources?.Count > Most ? $"Name at most {Most}." : null);
        var own = said.Resources is not { Count: > 0 and <= Most } ? []
            : await context.ProtectedResources.Where(api => api.OrganizationId == developer.OrganizationId).Select(api => api.Uri).ToListAsync(ct);
        for (var i = 0; i < said.Resources?.Count && i < Most; i++)
        {
            faults.Add($"resources[{i}]", said.Resources[i] is { } uri && own.Contains(uri) ? null : "There is no such API in your organization.");
        }
    }

    /// <summary>What is said, and what follows from the kind.</summary>
    private static OpenIddictApplication Describe(OpenIddictApplication row, ApplicationChange said, ApplicationKind kind)
    {
        var isPublic = ApplicationRules.IsPublic(kind);
        row.DisplayName = said.Name ?? row.DisplayName;
        row.ApplicationType = kind == ApplicationKind.Native ? "native" : "web";
        row.ClientType = isPublic ? "public" : "confidential";
        row.ConsentType = "explicit";
        row.Requirements = ApplicationMapping.Json([ApplicationMapping.RequiresPkce]);
        row.RedirectUris = said.RedirectUris is null ? row.RedirectUris : ApplicationMapping.Json(Distinct(said.RedirectUris));
        row.PostLogoutRedirectUris = said.PostLogoutRedirectUris is null ? row.PostLogoutRedirectUris : ApplicationMapping.Json(Distinct(said.PostLogoutRedirectUris));
        row.Permissions = ApplicationMapping.Json(ApplicationMapping.Permissions(new ApplicationSettings
        {
            GrantTypes = [.. ApplicationRules.GrantTypesOf(kind)],
            Scopes = [.. said.Scopes is null ? ApplicationMapping.Scopes(row) : Distinct(said.Scopes)],
            Resources = [.. said.Resources is null ? ApplicationMapping.Resources(row) : Distinct(said.Resources)],
        }));
        row.Properties = (ApplicationExtras.Read(row.Properties) with { AuthenticationMethod = isPublic ? ClientAuthenticationMethods.None : null }).WriteTo(row.Properties);
        row.ConcurrencyToken ??= NewVersion();
        return row;
    }

    private static IEnumerable<string> Distinct(IEnumerable<string?> texts) => texts.OfType<string>().Distinct(StringComparer.Ordinal);

    internal sealed class Found
    {
        public required OrganizationApplication Owned { get; init; }

        public required OpenIddictApplication Row { get; init; }
    }
}
