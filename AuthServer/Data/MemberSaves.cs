using AuthServer.Http.Api;
using AuthServer.Organizations;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Data;

/// <summary>Saves what a member does for an organization, while they may still do it.</summary>
internal static class MemberSaves
{
    /// <summary>One commit, under the organization's lock: whoever takes the role away or closes the organization is waited for, or sees what was saved.
    /// False, with nothing saved, when the member has not this role any more.</summary>
    public static async Task<bool> TrySaveChangesAsync(this AuthDbContext context, Developer developer, Role role, CancellationToken ct)
    {
        await using var transaction = await context.Database.BeginTransactionAsync(ct);
        if (context is PostgreSqlAuthDbContext)
        {
            // As PostgreSqlWriteTransaction shares a name. On SQLite whoever is in a transaction here writes alone.
            await context.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock_shared(hashtextextended({developer.OrganizationId}, 0))", ct);
        }

        if (!await context.Members.AnyAsync(row => row.OrganizationId == developer.OrganizationId && row.UserId == developer.UserId && row.Role >= role, ct))
        {
            return false;
        }

        await context.SaveChangesAsync(ct);
        await transaction.CommitAsync(CancellationToken.None);
        return true;
    }
}
