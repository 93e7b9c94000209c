using AuthServer.Data;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Organizations;

/// <summary>Which organizations an administrator has stopped, kept in memory for a few seconds: a stop by another node is in force at once, because it ends tokens.</summary>
public sealed class SuspendedOrganizations
{
    private readonly RecentReads<Standing> _known;

    public SuspendedOrganizations(IDbContextFactory<AuthDbContext> contexts, RevocationFeed feed, TimeProvider clock)
    {
        _known = new((id, _) => ReadAsync(contexts, id), clock);
        feed.Received += _ => _known.Clear();
    }

    public async ValueTask<bool> IncludeAsync(string organizationId, CancellationToken ct) => await _known.FindAsync(organizationId, ct) is { IsSuspended: true };

    /// <summary>After a change of this process's own.</summary>
    public void Forget(string organizationId) => _known.Forget(organizationId);

    private static async Task<Standing?> ReadAsync(IDbContextFactory<AuthDbContext> contexts, string id)
    {
        await using var context = await contexts.CreateDbContextAsync();
        return await context.Organizations.Where(row => row.Id == id).Select(row => new Standing(row.SuspendedAt != null)).FirstOrDefaultAsync();
    }

    private sealed record Standing(bool IsSuspended);
}
