using System.Text.Json;
using AuthServer.Applications;
using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.Data.OpenIddict;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Organizations;
using AuthServer.Protocol;
using AuthServer.Protocol.Clients;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Scopes;

/// <summary>The protected APIs of organizations: each is a URL that tokens are made for, and a client that introspects them.</summary>
public sealed class ResourceServers(
    IDbContextFactory<AuthDbContext> contexts, ResourceCatalog catalog, ScopeCatalog scopes, ApplicationDirectory applications, IssuerUri issuer, TimeProvider clock)
{
    private const int Most = 200;

    private static readonly Problem NoLonger = Problem.Forbidden("role", "You can no longer register and change APIs.");

    // Whose it is stays untold.
    private static readonly Problem Taken = Problem.Conflict("url_taken", "An API with this URL is registered already.");

    public async Task<Answer<Page<ResourceItem>>> ListAsync(Developer developer, Paging paging, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var own = context.ProtectedResources.AsNoTracking().Where(row => row.OrganizationId == developer.OrganizationId);
        var rows = await WithClients(context, own.OrderBy(row => row.Id).Skip(paging.Offset).Take(paging.Limit)).ToListAsync(ct);
        return new Page<ResourceItem>([.. rows.Select(found => found.Item)], new PageMeta(await own.CountAsync(ct), paging.Limit, paging.Offset));
    }

    public async Task<Answer<ResourceItem>> GetAsync(Developer developer, string id, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return (await FindAsync(context, developer, id, null, ct)).Failed(out var problem, out var found) ? problem : found.Item;
    }

    public async Task<Answer<RegisteredResource>> RegisterAsync(HttpContext http, Developer developer, NewResource asked, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var faults = await CheckAsync(developer, asked.DisplayName, asked.Scopes, asked.Introspectors, ct);
        if (ResourceUrl.Refuse(asked.Url ?? "", issuer) is { } wrong)
        {
            faults.Add("url", wrong);
        }

        var introspectors = await IntrospectorsAsync(context, developer, null, asked.Introspectors ?? [], faults, ct);
        if (faults.All.Count > 0)
        {
            return Problem.Invalid(faults.All);
        }

        var (now, uri) = (clock.GetUtcNow(), ResourceServer.Canonical(asked.Url!)!);
        if (await RefuseAsync(context, developer, uri, ct) is { } refused)
        {
            return refused;
        }

        var row = new ProtectedResource
        {
            Uri = uri,
            Id = Identifiers.New("res_", now),
            OrganizationId = developer.OrganizationId,
            DisplayName = asked.DisplayName ?? new Uri(uri).Authority,
            Scopes = ApplicationMapping.Json(asked.Scopes ?? []) ?? "[]",
            Introspectors = ApplicationMapping.Json(introspectors.Keys) ?? "[]",
            CreatedAt = now,
            Version = Guid.NewGuid().ToString(),
        };
        var (client, secret) = ResourceCredential.Add(context, row, now);
        foreach (var introspector in introspectors.Values)
        {
            Introspectors.Allow(introspector, uri);
        }

        context.ProtectedResources.Add(row);
        context.AuditEvents.Add(Event(http, developer, ScopeEvents.ResourceRegistered, row, now));
        return await SaveAsync(context, developer, row, introspectors.Keys, ct) is { } problem
            ? problem
            : Answer.Created(new RegisteredResource(new Found(row, client.ClientId).Item, secret), $"/api/v1/resources/{row.Id}");
    }

    public async Task<Answer<ResourceItem>> ChangeAsync(
        HttpContext http, Developer developer, string id, ResourceChange asked, IfMatch ifMatch, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        if ((await FindAsync(context, developer, id, ifMatch, ct)).Failed(out var problem, out var found))
        {
            return problem;
        }

        var (row, before) = (found.Row, ApplicationMapping.Strings(found.Row.Introspectors));
        var faults = await CheckAsync(developer, asked.DisplayName, asked.Scopes, asked.Introspectors, ct);
        var introspectors = await IntrospectorsAsync(context, developer, found.ClientId, asked.Introspectors ?? [], faults, ct);
        if (faults.All.Count > 0)
        {
            return Problem.Invalid(faults.All);
        }

        var (name, understood) = (asked.DisplayName ?? row.DisplayName, asked.Scopes is null ? row.Scopes : ApplicationMapping.Json(asked.Scopes) ?? "[]");
        string?[] changed =
        [
            name == row.DisplayName ? null : "displayName",
            understood == row.Scopes ? null : "scopes",
            asked.Introspectors is null || before.ToHashSet().SetEquals(introspectors.Keys) ? null : "introspectors",
        ];
        (row.DisplayName, row.Scopes) = (name, understood);
        row.Version = Guid.NewGuid().ToString();
        if (asked.Introspectors is not null)
        {
            await ForbidAsync(context, developer, row, [.. before.Except(introspectors.Keys)], ct);
            foreach (var introspector in introspectors.Values)
            {
                Introspectors.Allow(introspector, row.Uri);
            }

            row.Introspectors = ApplicationMapping.Json(introspectors.Keys) ?? "[]";
        }

        context.AuditEvents.Add(Event(http, developer, ScopeEvents.ResourceChanged, row, clock.GetUtcNow(), [.. changed.OfType<string>()]));
        return await SaveAsync(context, developer, row, before.Union(introspectors.Keys), ct) is { } stale ? stale : found.Item;
    }

    /// <summary>From now on no tokens are made for it, not from consents given before either, and its client is gone.</summary>
    public async Task<Answer<NoContent>> DeleteAsync(HttpContext http, Developer developer, string id, IfMatch ifMatch, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        if ((await FindAsync(context, developer, id, ifMatch, ct)).Failed(out var problem, out var found))
        {
            return problem;
        }

        var (row, introspectors) = (found.Row, ApplicationMapping.Strings(found.Row.Introspectors));
        await ForbidAsync(context, developer, row, introspectors, ct);
        if (await context.Applications.FindAsync([row.ApplicationId], ct) is { } client)
        {
            context.Applications.Remove(client);
        }

        context.ProtectedResources.Remove(row);
        context.AuditEvents.Add(Event(http, developer, ScopeEvents.ResourceDeleted, row, clock.GetUtcNow()));
        return await SaveAsync(context, developer, row, [.. introspectors, found.ClientId ?? ""], ct) is { } stale ? stale : Answer.Done;
    }

    private static IQueryable<Found> WithClients(AuthDbContext context, IQueryable<ProtectedResource> rows) =>
        from row in rows
        join application in context.Applications on row.ApplicationId equals application.Id into clients
        from client in clients.DefaultIfEmpty()
        select new Found(row, client == null ? null : client.ClientId);

    private static async Task<Answer<Found>> FindAsync(AuthDbContext context, Developer developer, string id, IfMatch? ifMatch, CancellationToken ct)
    {
        var known = Identifiers.Read("res_", id);
        var found = known is null ? null
            : await WithClients(context, context.ProtectedResources.Where(row => row.OrganizationId == developer.OrganizationId && row.Id == known)).FirstOrDefaultAsync(ct);
        return found is null ? Problem.NotFound : ifMatch?.Allows(found.Row.Version) == false ? Problem.Stale : found;
    }

    private async Task<ResourceFaults> CheckAsync(
        Developer developer, string? displayName, IReadOnlyList<string>? understood, IReadOnlyList<string>? introspectors, CancellationToken ct)
    {
        var faults = new ResourceFaults();
        faults.CheckName(displayName);
        faults.CheckScopes(understood, await scopes.KnownAsync(developer.OrganizationId, ct));
        faults.CheckIntrospectors(introspectors);
        return faults;
    }

    /// <param name="own">The API's own client, which always may: named among the others it could be taken out with them.</param>
    private static async Task<Dictionary<string, OpenIddictApplication>> IntrospectorsAsync(
        AuthDbContext context, Developer developer, string? own, IReadOnlyList<string> clientIds, ResourceFaults faults, CancellationToken ct)
    {
        if (clientIds.Count == 0 || faults.All.ContainsKey("introspectors"))
        {
            return [];
        }

        var found = await Introspectors.FindAsync(context, developer.OrganizationId, [.. clientIds.Where(IsClientId)], ct);
        for (var i = 0; i < clientIds.Count; i++)
        {
            if (clientIds[i] is not { } clientId || !found.ContainsKey(clientId))
            {
                faults.Add($"introspectors[{i}]", "There is no such client in your organization.");
            }
            else if (clientId == own)
            {
                faults.Add($"introspectors[{i}]", "This is the API's own client, which may introspect its tokens anyway.");
            }
        }

        return found;
    }

    // PostgreSQL fails on NUL.
    private static bool IsClientId(string? clientId) => clientId is { Length: > 0 and <= Client.LongestId } && !clientId.AsSpan().ContainsAnyExceptInRange('!', '~');

    private static async Task ForbidAsync(AuthDbContext context, Developer developer, ProtectedResource row, IReadOnlyList<string> clientIds, CancellationToken ct)
    {
        foreach (var application in (await Introspectors.FindAsync(context, developer.OrganizationId, clientIds, ct)).Values)
        {
            Introspectors.Forbid(application, row.Uri);
        }
    }

    private static async Task<Problem?> RefuseAsync(AuthDbContext context, Developer developer, string uri, CancellationToken ct) =>
        await context.ProtectedResources.AnyAsync(row => row.Uri == uri, ct) ? Taken
        : await context.ProtectedResources.CountAsync(row => row.OrganizationId == developer.OrganizationId, ct) >= Most
            ? Problem.Conflict("too_many_resources", $"An organization can register {Most} APIs.")
        : null;

    /// <summary>One commit; then what this process remembers of the API and of these clients is forgotten.</summary>
    private async Task<Problem?> SaveAsync(AuthDbContext context, Developer developer, ProtectedResource row, IEnumerable<string> clientIds, CancellationToken ct)
    {
        var added = context.Entry(row).State == EntityState.Added;
        try
        {
            if (!await context.TrySaveChangesAsync(developer, Role.Admin, ct))
            {
                return NoLonger;
            }
        }
        catch (DbUpdateConcurrencyException)
        {
            return Problem.Stale;
        }
        catch (DbUpdateException) when (added)
        {
            // Somebody else took the URL between the look and the write.
            await using var fresh = await contexts.CreateDbContextAsync(ct);
            if (await RefuseAsync(fresh, developer, row.Uri, ct) is { } refused)
            {
                return refused;
            }

            throw;
        }

        catalog.Forget();
        foreach (var clientId in clientIds)
        {
            applications.Forget(clientId);
        }

        return null;
    }

    private static AuditEventRow Event(HttpContext http, Developer developer, string type, ProtectedResource row, DateTimeOffset now, IReadOnlyList<string>? changed = null) =>
        AuditEventRow.From(http.Event(type, AuditOutcomes.Success, now) with
        {
            Subject = developer.UserId,
            OrganizationId = developer.OrganizationId,
            Target = row.Id,
            Detail = JsonSerializer.Serialize(new Details(developer.KeyId, row.DisplayName ?? row.Uri, changed), ApiJson.Options),
        });

    /// <param name="Key">The developer key that it was done with; null: a person did it.</param>
    /// <param name="Name">How it is called, or was last.</param>
    /// <param name="Changed">The fields that were changed.</param>
    private sealed record Details(string? Key, string Name, IReadOnlyList<string>? Changed);

    private sealed record Found(ProtectedResource Row, string? ClientId)
    {
        public ResourceItem Item => new(
            Row.Id,
            Row.Uri,
            Row.DisplayName ?? Row.Uri,
            ApplicationMapping.Strings(Row.Scopes),
            ClientId,
            ApplicationMapping.Strings(Row.Introspectors),
            Row.CreatedAt,
            Row.Version);
    }
}
