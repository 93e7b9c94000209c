using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Languages;
using AuthServer.Organizations;
using AuthServer.Policies.Engine;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Scopes;

/// <summary>The scopes that organizations define for their own APIs.</summary>
public sealed class OrganizationScopes(IDbContextFactory<AuthDbContext> contexts, ScopeCatalog catalog, ResourceCatalog resources, TimeProvider clock)
{
    /// <summary>Of what nobody gave one.</summary>
    public const string DefaultCategory = "custom";

    private const int Most = 500;

    private static readonly Problem TooMany = Problem.Conflict("too_many_scopes", $"An organization can define {Most} scopes.");
    private static readonly Problem Predefined = Problem.Forbidden("predefined_scope", "This scope comes with the server and cannot be changed.");
    private static readonly Problem NoLonger = Problem.Forbidden("role", "You can no longer change scopes.");

    public async Task<Answer<OwnScopeItem>> CreateAsync(HttpContext http, Developer developer, NewScope asked, CancellationToken ct)
    {
        var faults = ScopeRules.Faults(asked.Name ?? "", asked.Title, asked.Description ?? "", asked.Category);
        if (faults.Count > 0)
        {
            return Problem.Invalid(faults);
        }

        var row = new OrganizationScope
        {
            OrganizationId = developer.OrganizationId,
            Name = asked.Name!,
            Likeness = ScopeLikeness.Of(asked.Name!),
            Category = asked.Category ?? DefaultCategory,

            // Whoever does not say how much harm it can do has not thought of the worst.
            Risk = asked.RiskLevel ?? RiskLevel.High,
            Title = asked.Title ?? asked.Name!,
            Description = asked.Description!,
            Version = Guid.NewGuid().ToString(),
        };
        await using var context = await contexts.CreateDbContextAsync(ct);
        context.OrganizationScopes.Add(row);
        context.AuditEvents.Add(Event(http, developer, ScopeEvents.Created, row));
        if (await context.TrySaveChangesAsync(developer, Role.Admin, NoLonger, () => TakenAsync(context, row, ct), ct) is { } refused)
        {
            return refused;
        }

        catalog.Forget(developer.OrganizationId);
        return Answer.Created(OwnScopeItem.Of(row), $"/api/v1/scopes/{Uri.EscapeDataString(row.Name)}");
    }

    public async Task<Answer<OwnScopeItem>> GetAsync(Developer developer, string name, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return (await FindAsync(context, developer, name, new IfMatch((IReadOnlyList<string>?)null), ct)).Failed(out var problem, out var row) ? problem : OwnScopeItem.Of(row);
    }

    public async Task<Answer<OwnScopeItem>> ChangeAsync(
        HttpContext http, Developer developer, string name, ScopeChange asked, IfMatch ifMatch, CancellationToken ct)
    {
        var faults = ScopeRules.Faults(null, asked.Title, asked.Description, asked.Category);
        if (faults.Count > 0)
        {
            return Problem.Invalid(faults);
        }

        await using var context = await contexts.CreateDbContextAsync(ct);
        if ((await FindAsync(context, developer, name, ifMatch, ct)).Failed(out var problem, out var row))
        {
            return problem;
        }

        (row.Title, row.Description) = (asked.Title ?? row.Title, asked.Description ?? row.Description);
        (row.Category, row.Risk) = (asked.Category ?? row.Category, asked.RiskLevel ?? row.Risk);
        row.Version = Guid.NewGuid().ToString();
        context.AuditEvents.Add(Event(http, developer, ScopeEvents.Changed, row));
        return await SaveAsync(context, developer, ct) is { } stale ? stale : OwnScopeItem.Of(row);
    }

    /// <summary>Agents that may ask for it can go on asking; people are then told that nobody has described it.</summary>
    public async Task<Answer<NoContent>> DeleteAsync(HttpContext http, Developer developer, string name, IfMatch ifMatch, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        if ((await FindAsync(context, developer, name, ifMatch, ct)).Failed(out var problem, out var row))
        {
            return problem;
        }

        context.OrganizationScopes.Remove(row);
        context.AuditEvents.Add(Event(http, developer, ScopeEvents.Deleted, row));
        return await SaveAsync(context, developer, ct) is { } stale ? stale : Answer.Done;
    }

    private static async Task<Answer<OrganizationScope>> FindAsync(
        AuthDbContext context, Developer developer, string name, IfMatch ifMatch, CancellationToken ct)
    {
        if (PredefinedScopes.ByName.ContainsKey(name))
        {
            return Predefined;
        }

        // PostgreSQL fails on NUL, and no name is so long.
        var row = ScopeNames.Parse(name) is null ? null
            : await context.OrganizationScopes.FirstOrDefaultAsync(row => row.OrganizationId == developer.OrganizationId && row.Name == name, ct);
        return row is null ? Problem.NotFound : ifMatch.Allows(row.Version) ? row : Problem.Stale;
    }

    private async Task<Problem?> SaveAsync(AuthDbContext context, Developer developer, CancellationToken ct)
    {
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

        catalog.Forget(developer.OrganizationId);
        return null;
    }

    /// <summary>No name that people could take for another's: see <see cref="ScopeLikeness"/>.</summary>
    private async Task<Problem?> TakenAsync(AuthDbContext context, OrganizationScope row, CancellationToken ct)
    {
        var own = await context.OrganizationScopes.Where(other => other.OrganizationId == row.OrganizationId).Select(other => other.Name).ToListAsync(ct);
        var ofInstallation = (await catalog.KnownAsync(null, ct)).Names.Concat(OwnScopes.All).Concat(
            (await resources.AllAsync(ct)).Values.Where(server => server.OrganizationId is null).SelectMany(server => server.Scopes));
        return own.Concat(ofInstallation).FirstOrDefault(name => ScopeLikeness.Of(name) == row.Likeness) is { } alike
                ? Problem.Conflict("scope_taken", Sentence.Of("People would take it for the scope '{0}', which is known already.", alike))
            : own.Count >= Most ? TooMany
            : null;
    }

    private AuditEventRow Event(HttpContext http, Developer developer, string type, OrganizationScope row) =>
        AuditEventRow.From(http.Event(type, AuditOutcomes.Success, clock.GetUtcNow()) with
        {
            Subject = developer.UserId,
            OrganizationId = developer.OrganizationId,
            Scope = row.Name,
            Target = row.Name,
            Detail = developer.Known?.Detail,
        });
}
