using AuthServer.Agents;
using AuthServer.Data;
using AuthServer.Http.Api;
using AuthServer.Policies.Engine;
using AuthServer.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Policies;

/// <summary>The policies of an organization. Those of others do not exist here.</summary>
public sealed class OrganizationPolicies(IDbContextFactory<AuthDbContext> contexts, PolicyCatalog catalog, TimeProvider clock)
{
    private const int Most = 500;

    private static readonly Problem TooMany = Problem.Conflict("too_many_policies", $"An organization can have {Most} policies.");

    /// <param name="of">Only those that name this agent.</param>
    public async Task<Answer<Page<PolicyItem>>> ListAsync(Developer developer, AgentIdFilter of, Paging paging, CancellationToken ct)
    {
        var agent = of.AgentId;
        await using var context = await contexts.CreateDbContextAsync(ct);
        var rows = context.Policies.AsNoTracking()
            .Where(row => row.OrganizationId == developer.OrganizationId && (agent == null || row.AgentId == agent || row.Subjects.Contains(agent)));
        var total = await rows.LongCountAsync(ct);
        var page = await rows.OrderByDescending(row => row.Priority).ThenBy(row => row.Id).Skip(paging.Offset).Take(paging.Limit).ToListAsync(ct);
        return new Page<PolicyItem>([.. page.Select(PolicyItem.Of)], new PageMeta(total, paging.Limit, paging.Offset));
    }

    public async Task<Answer<PolicyItem>> FindAsync(Developer developer, string id, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await FindAsync(context, developer, id, ct) is { } row ? PolicyItem.Of(row) : Problem.NotFound;
    }

    public async Task<Answer<PolicyItem>> CreateAsync(HttpContext http, Developer developer, PolicyBody body, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var row = New(developer, clock.GetUtcNow());
        if (await WriteAsync(context, row, body, ct) is { } problem)
        {
            return problem;
        }

        if (await context.Policies.CountAsync(other => other.OrganizationId == developer.OrganizationId, ct) >= Most)
        {
            return TooMany;
        }

        context.Policies.Add(row);
        var item = PolicyItem.Of(row);
        context.AuditEvents.Add(PolicyEvents.Of(PolicyEvents.Created, http, developer, item, row.CreatedAt));
        await context.SaveChangesAsync(ct);
        catalog.Forget(developer.OrganizationId);
        return Answer.Created(item, $"/api/v1/policies/{item.Id}");
    }

    /// <param name="whole">Whether what the body does not name gets its default (PUT), or stays (PATCH).</param>
    public async Task<Answer<PolicyItem>> ChangeAsync(
        HttpContext http, Developer developer, string id, PolicyBody body, bool whole, IfMatch ifMatch, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        if (await FindAsync(context, developer, id, ct) is not { } row)
        {
            return Problem.NotFound;
        }

        if (!ifMatch.Allows(row.Version))
        {
            return Problem.Stale;
        }

        if (!whole && row.TryCompile(out var fault) is null)
        {
            return Problem.Conflict("unreadable_policy", $"{fault} Replace it whole with PUT, or delete it.");
        }

        var now = clock.GetUtcNow();
        if (whole)
        {
            Reset(row);
        }

        if (await WriteAsync(context, row, body, ct) is { } problem)
        {
            return problem;
        }

        (row.UpdatedAt, row.Version) = (now, Guid.NewGuid().ToString());
        var item = PolicyItem.Of(row);
        context.AuditEvents.Add(PolicyEvents.Of(PolicyEvents.Updated, http, developer, item, now));
        return await SaveAsync(context, developer, ct) is { } stale ? stale : item;
    }

    public async Task<Answer<NoContent>> DeleteAsync(HttpContext http, Developer developer, string id, IfMatch ifMatch, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        if (await FindAsync(context, developer, id, ct) is not { } row)
        {
            return Problem.NotFound;
        }

        if (!ifMatch.Allows(row.Version))
        {
            return Problem.Stale;
        }

        context.Policies.Remove(row);
        context.AuditEvents.Add(PolicyEvents.Of(PolicyEvents.Deleted, http, developer, PolicyItem.Of(row), clock.GetUtcNow()));
        return await SaveAsync(context, developer, ct) is { } stale ? stale : Answer.Done;
    }

    /// <summary>A policy that is only tried: as it would be stored, or what is wrong with it.</summary>
    internal async Task<Answer<Policy>> ProposeAsync(Developer developer, PolicyBody body, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var row = New(developer, clock.GetUtcNow());
        return await WriteAsync(context, row, body, ct) is { } problem ? problem : row.Compile();
    }

    /// <summary>The same as it would be shown.</summary>
    public async Task<Answer<PolicyItem>> DraftAsync(Developer developer, PolicyBody body, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var row = New(developer, clock.GetUtcNow());
        return await WriteAsync(context, row, body, ct) is { } problem ? problem : PolicyItem.Of(row);
    }

    private static PolicyRow New(Developer developer, DateTimeOffset now) => Reset(new()
    {
        Id = Identifiers.New("pol_", now),
        OrganizationId = developer.OrganizationId,
        Version = Guid.NewGuid().ToString(),
        CreatedAt = now,
        UpdatedAt = now,
    });

    private static PolicyRow Reset(PolicyRow row)
    {
        (row.Name, row.Description, row.AgentId) = ("", null, null);
        (row.Effect, row.Priority, row.Enabled) = (PolicyEffect.Allow, 0, true);
        (row.Subjects, row.Resources, row.Actions, row.Rules) = ("{}", "[]", "[]", "[]");
        return row;
    }

    private static async Task<PolicyRow?> FindAsync(AuthDbContext context, Developer developer, string id, CancellationToken ct) =>
        Identifiers.Read("pol_", id) is { } known
            ? await context.Policies.FirstOrDefaultAsync(row => row.Id == known && row.OrganizationId == developer.OrganizationId, ct)
            : null;

    private static async Task<Problem?> WriteAsync(AuthDbContext context, PolicyRow row, PolicyBody body, CancellationToken ct)
    {
        var faults = new Faults();
        new PolicyDraft(body, faults).WriteTo(row);
        if (faults.Problem is { } problem)
        {
            return problem;
        }

        // Agents of others do not exist here either.
        var named = row.Compile().Subjects.AgentIds;
        var own = named.Count == 0 ? [] : await context.Agents
            .Where(agent => agent.OrganizationId == row.OrganizationId && named.Contains(agent.Id)).Select(agent => agent.Id).ToListAsync(ct);
        foreach (var (index, id) in named.Index())
        {
            faults.Add(row.AgentId is null ? $"subjects.agentIds[{index}]" : "agentId", own.Contains(id) ? null : "There is no such agent.");
        }

        return faults.Problem;
    }

    private async Task<Problem?> SaveAsync(AuthDbContext context, Developer developer, CancellationToken ct)
    {
        try
        {
            await context.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            return Problem.Stale;
        }

        catalog.Forget(developer.OrganizationId);
        return null;
    }
}
