using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Accounts;

/// <summary>Who may use the pages under <c>/admin</c>. Read anew each time: what was taken away must not linger.</summary>
public sealed class Administrators(IDbContextFactory<AuthDbContext> contexts)
{
    private static readonly UpperInvariantLookupNormalizer Normalizer = new();

    public async Task<bool> IncludeAsync(string userId, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.Users.AnyAsync(row => row.Id == userId && row.IsAdministrator && !row.Disabled, ct);
    }

    /// <summary>Whether there is one who could sign in. Until then the set-up link makes one, however many others have accounts.</summary>
    public async Task<bool> AnyAsync(CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.Users.AnyAsync(row => row.IsAdministrator && !row.Disabled, ct);
    }

    /// <summary>Makes somebody an administrator, or takes that away; false: nobody has this address.</summary>
    /// <param name="why">Whose target it becomes.</param>
    public async Task<bool> TrySetAsync(string email, bool isAdministrator, AuditEvent why, CancellationToken ct)
    {
        var account = Normalizer.NormalizeName(email);
        await using var context = await contexts.CreateDbContextAsync(ct);
        if (await context.Users.FirstOrDefaultAsync(row => row.NormalizedUserName == account, ct) is not { } user)
        {
            return false;
        }

        if (user.IsAdministrator != isAdministrator)
        {
            (user.IsAdministrator, user.UpdatedAt, user.ConcurrencyStamp) = (isAdministrator, why.At, Guid.NewGuid().ToString());
            context.AuditEvents.Add(AuditEventRow.From(why with { Target = user.Id, Reason = isAdministrator ? "given" : "taken" }));
            await context.SaveChangesAsync(ct);
        }

        return true;
    }
}
