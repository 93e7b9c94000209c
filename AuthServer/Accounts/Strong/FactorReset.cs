using System.Linq.Expressions;
using AuthServer.Data;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Accounts.Strong;

/// <summary>An administrator takes somebody's second factors away who lost them all. Whoever is signed in to the account is signed out with it, and its person is told by mail.</summary>
public sealed class FactorReset(IDbContextFactory<AuthDbContext> contexts, FactorResets resets, AccountMails mails)
{
    private static readonly UpperInvariantLookupNormalizer Normalizer = new();

    /// <summary>False: nobody has this address, or they have nothing to take away.</summary>
    /// <param name="why">Whose target they become.</param>
    public Task<bool> TryResetAsync(string email, AuditEvent why, CancellationToken ct)
    {
        var account = Normalizer.NormalizeName(email);
        return TryResetAsync(row => row.NormalizedUserName == account, why, ct);
    }

    /// <inheritdoc cref="TryResetAsync(string, AuditEvent, CancellationToken)"/>
    public Task<bool> TryResetOfAsync(string userId, AuditEvent why, CancellationToken ct) => TryResetAsync(row => row.Id == userId, why, ct);

    private async Task<bool> TryResetAsync(Expression<Func<User, bool>> whose, AuditEvent why, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.Users.AsNoTracking().FirstOrDefaultAsync(whose, ct) is { } user
            && await resets.TryResetAsync(user.Id, mails.OfFactorsReset(user, why.At), why with { Target = user.Id }, ct);
    }
}
