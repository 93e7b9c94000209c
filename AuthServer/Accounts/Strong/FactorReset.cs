using AuthServer.Data;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Accounts.Strong;

/// <summary>An operator takes somebody's second factors away who lost them all. Whoever is signed in to the account is signed out with it.</summary>
public sealed class FactorReset(IDbContextFactory<AuthDbContext> contexts, FactorResets resets)
{
    private static readonly UpperInvariantLookupNormalizer Normalizer = new();

    /// <summary>False: nobody has this address, or they have nothing to take away.</summary>
    /// <param name="why">Whose target they become.</param>
    public async Task<bool> TryResetAsync(string email, AuditEvent why, CancellationToken ct)
    {
        var account = Normalizer.NormalizeName(email);
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.Users.Where(row => row.NormalizedUserName == account).Select(row => row.Id).FirstOrDefaultAsync(ct) is { } userId
            && await resets.TryResetAsync(userId, why with { Target = userId }, ct);
    }
}
