using AuthServer.Data;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Vault.Accounts;

/// <summary>How many accounts an organization has, by connection.</summary>
public sealed class AccountFigures(IDbContextFactory<AuthDbContext> contexts)
{
    /// <summary>Connections without any are left out.</summary>
    public async Task<IReadOnlyDictionary<string, AccountFigure>> OfAsync(string organizationId, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var rows = await context.ConnectedAccounts.AsNoTracking().Where(row => row.OrganizationId == organizationId)
            .GroupBy(row => row.ConnectionId)
            .Select(group => new
            {
                Id = group.Key,
                All = group.Count(),
                Active = group.Count(row => row.Status == AccountStatus.Active),
                Pending = group.Count(row => row.Status == AccountStatus.Pending),
            }).ToListAsync(ct);
        return rows.ToDictionary(row => row.Id, row => new AccountFigure(row.All, row.Active, row.All - row.Active - row.Pending), StringComparer.Ordinal);
    }
}

/// <param name="Broken">Those that were connected, and need somebody.</param>
public sealed record AccountFigure(int All, int Active, int Broken)
{
    public static AccountFigure None { get; } = new(0, 0, 0);
}
