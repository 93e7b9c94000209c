using System.Text.Json;
using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Organizations;
using AuthServer.Outbound;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Vault.Providers;

/// <summary>The providers that organizations describe for themselves, and change.</summary>
public sealed class OrganizationProviders(
    IDbContextFactory<AuthDbContext> contexts, ProviderCatalog catalog, ProviderAnswers answers, OutboundClient outbound, TimeProvider clock)
{
    private const int Most = 50;

    private static readonly Problem TooMany = Problem.Conflict("too_many_providers", $"An organization can describe {Most} providers.");
    private static readonly Problem Taken = Problem.Conflict("provider_taken", "There is a provider with this id already.");
    private static readonly Problem Shipped = Problem.Forbidden("shipped_provider", "This provider comes with the server and cannot be changed. Describe one with an id of your own.");
    private static readonly Problem InUse = Problem.Conflict("provider_in_use", "A connection uses this provider. Delete the connection first.");
    private static readonly Problem NoLonger = Problem.Forbidden("role", "You can no longer change providers.");

    public async Task<Answer<ProviderDetail>> CreateAsync(HttpContext http, Developer developer, Provider asked, CancellationToken ct)
    {
        if (Check(asked) is { } problem)
        {
            return problem;
        }

        var now = clock.GetStoredNow();
        var row = new OrganizationProvider
        {
            OrganizationId = developer.OrganizationId,
            Id = asked.Id,
            Definition = Write(asked),
            ChangedBy = developer.UserId,
            CreatedAt = now,
            UpdatedAt = now,
            Version = Guid.NewGuid().ToString(),
        };
        await using var context = await contexts.CreateDbContextAsync(ct);
        context.OrganizationProviders.Add(row);
        context.AuditEvents.Add(Event(http, developer, ProviderEvents.Created, row, now));
        if (await context.TrySaveChangesAsync(developer, Role.Admin, NoLonger, () => RefuseAsync(context, row, ct), ct) is { } refused)
        {
            return refused;
        }

        catalog.Forget(developer.OrganizationId);
        return Answer.Created(answers.Detail(new ListedProvider(asked, row)), $"/api/v1/providers/{row.Id}");
    }

    /// <summary>All of it is replaced but its id. Connections that use it go by the new one.</summary>
    public async Task<Answer<ProviderDetail>> ReplaceAsync(HttpContext http, Developer developer, string id, Provider asked, IfMatch ifMatch, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        if ((await FindAsync(context, developer, id, ifMatch, ct)).Failed(out var problem, out var row))
        {
            return problem;
        }

        // Its address says which one is meant.
        asked = asked.Id.Length == 0 ? asked with { Id = row.Id } : asked;
        if (Check(asked) is { } faults)
        {
            return faults;
        }

        if (asked.Id != row.Id)
        {
            return Problem.Invalid("id", "The id of a provider stays what it is.");
        }

        (row.Definition, row.ChangedBy, row.UpdatedAt, row.Version) = (Write(asked), developer.UserId, clock.GetStoredNow(), Guid.NewGuid().ToString());
        return await SaveAsync(context, developer, Event(http, developer, ProviderEvents.Updated, row, row.UpdatedAt), null, ct) is { } refused ? refused : answers.Detail(new ListedProvider(asked, row));
    }

    /// <summary>Refused while a connection uses it. Connections are made under the same lock of the organization.</summary>
    public async Task<Answer<NoContent>> DeleteAsync(HttpContext http, Developer developer, string id, IfMatch ifMatch, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        if ((await FindAsync(context, developer, id, ifMatch, ct)).Failed(out var problem, out var row))
        {
            return problem;
        }

        context.OrganizationProviders.Remove(row);
        return await SaveAsync(context, developer, Event(http, developer, ProviderEvents.Deleted, row, clock.GetStoredNow()), () => InUseAsync(context, row, ct), ct) is { } refused
            ? refused
            : Answer.Done;
    }

    private Problem? Check(Provider asked)
    {
        var faults = new Faults();
        ProviderCheck.Run(asked, outbound.IsPublic, faults);
        faults.Add("id", ShippedProviders.Ids.Contains(asked.Id) || ProviderFamily.Find(asked.Id) is not null ? "This id is that of a provider that comes with the server." : null);
        faults.Add("family", asked.Family is null ? null : "Families are of providers that come with the server.");
        return faults.Problem;
    }

    private static string Write(Provider provider) => JsonSerializer.Serialize(provider, ApiJson.Options);

    private static async Task<Answer<OrganizationProvider>> FindAsync(AuthDbContext context, Developer developer, string id, IfMatch ifMatch, CancellationToken ct)
    {
        if (ShippedProviders.Ids.Contains(id))
        {
            return Shipped;
        }

        // PostgreSQL fails on NUL.
        var row = id.Contains('\0', StringComparison.Ordinal) ? null
            : await context.OrganizationProviders.FirstOrDefaultAsync(row => row.OrganizationId == developer.OrganizationId && row.Id == id, ct);
        return row is null ? Problem.NotFound : ifMatch.Allows(row.Version) ? row : Problem.Stale;
    }

    private static async Task<Problem?> RefuseAsync(AuthDbContext context, OrganizationProvider row, CancellationToken ct)
    {
        var ids = await context.OrganizationProviders.Where(other => other.OrganizationId == row.OrganizationId).Select(other => other.Id).ToListAsync(ct);
        return ids.Contains(row.Id) ? Taken : ids.Count >= Most ? TooMany : null;
    }

    private static async Task<Problem?> InUseAsync(AuthDbContext context, OrganizationProvider row, CancellationToken ct) =>
        await context.Connections.AnyAsync(other => other.OrganizationId == row.OrganizationId && other.ProviderId == row.Id, ct) ? InUse : null;

    private async Task<Problem?> SaveAsync(AuthDbContext context, Developer developer, AuditEventRow why, Func<Task<Problem?>>? refuse, CancellationToken ct)
    {
        context.AuditEvents.Add(why);
        try
        {
            if (await context.TrySaveChangesAsync(developer, Role.Admin, NoLonger, refuse ?? (() => Task.FromResult<Problem?>(null)), ct) is { } refused)
            {
                return refused;
            }
        }
        catch (DbUpdateConcurrencyException)
        {
            return Problem.Stale;
        }

        catalog.Forget(developer.OrganizationId);
        return null;
    }

    private static string NameOf(OrganizationProvider row) => JsonElement.Parse(row.Definition).GetProperty("name").GetString()!;

    private static AuditEventRow Event(HttpContext http, Developer developer, string type, OrganizationProvider row, DateTimeOffset now) =>
        AuditEventRow.From(http.Event(type, AuditOutcomes.Success, now) with
        {
            Subject = developer.UserId,
            OrganizationId = developer.OrganizationId,
            Target = row.Id,
            Detail = developer.Known?.DetailOf(NameOf(row)),
        });
}
