using AuthServer.Data;
using AuthServer.Policies.Engine;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Policies;

/// <summary>The policies of an organization, ready to be evaluated and kept in memory for a few seconds. What another node changed is in force
/// within that time, what this one changed at once.</summary>
public sealed class PolicyCatalog(IDbContextFactory<AuthDbContext> contexts, TimeProvider clock)
{
    private readonly RecentReads<IReadOnlyList<Policy>> _known = new((organizationId, _) => ReadAsync(contexts, organizationId), clock);

    /// <summary>By precedence.</summary>
    /// <exception cref="InvalidDataException">One of them cannot be read.</exception>
    public ValueTask<IReadOnlyList<Policy>> OfAsync(string organizationId, CancellationToken ct) => _known.FindAsync(organizationId, ct)!;

    /// <summary>After a change of this process's own, when it is on disk.</summary>
    public void Forget(string organizationId) => _known.Forget(organizationId);

    private static async Task<IReadOnlyList<Policy>?> ReadAsync(IDbContextFactory<AuthDbContext> contexts, string organizationId)
    {
        await using var context = await contexts.CreateDbContextAsync();
        var rows = await context.Policies.AsNoTracking().Where(row => row.OrganizationId == organizationId && row.Enabled)
            .OrderByDescending(row => row.Priority).ThenBy(row => row.Id).ToListAsync();
        return [.. rows.Select(row => row.Compile())];
    }
}
