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

        if (!await HoldsAsync(context, developer, role, ct))
        {
            return false;
        }

        await context.SaveChangesAsync(ct);
        await transaction.CommitAsync(CancellationToken.None);
        return true;
    }

    /// <summary>The same alone, for what depends on what others of the organization save. Null: it is saved; else nothing is.</summary>
    /// <param name="gone">The answer when the member has not this role any more.</param>
    /// <param name="refuse">Looks whether it may be saved: null, it may.</param>
    public static async Task<Problem?> TrySaveChangesAsync(
        this AuthDbContext context, Developer developer, Role role, Problem gone, Func<Task<Problem?>> refuse, CancellationToken ct)
    {
        await using var transaction = await context.Database.BeginTransactionAsync(ct);
        if (context is PostgreSqlAuthDbContext)
        {
            await context.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock(hashtextextended({developer.OrganizationId}, 0))", ct);
        }

        if (!await HoldsAsync(context, developer, role, ct))
        {
            return gone;
        }

        if (await refuse() is { } refused)
        {
            return refused;
        }

        await context.SaveChangesAsync(ct);
        await transaction.CommitAsync(CancellationToken.None);
        return null;
    }

    private static Task<bool> HoldsAsync(AuthDbContext context, Developer developer, Role role, CancellationToken ct) =>
        context.Members.AnyAsync(row => row.OrganizationId == developer.OrganizationId && row.UserId == developer.UserId && row.Role >= role, ct);
}
