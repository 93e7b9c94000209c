using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.Protocol.State;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Vault.Accounts;

/// <summary>Saves accounts while they are as they were read.</summary>
internal static class AccountSaves
{
    /// <summary>The event of what is saved with it.</summary>
    public static void Tell(this AuthDbContext context, AuditEvent why) => context.AuditEvents.Add(AuditEventRow.From(why));

    /// <summary>False, with nothing saved: somebody changed, added or deleted it meanwhile.</summary>
    public static async Task<bool> TrySaveAsync(this AuthDbContext context)
    {
        try
        {
            await context.SaveChangesAsync(CancellationToken.None);
            return true;
        }
        catch (DbUpdateException)
        {
            // The framework's way to say so. An outage says it too, and is met again by the next try.
            return false;
        }
    }
}
