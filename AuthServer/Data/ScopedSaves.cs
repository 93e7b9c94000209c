using Microsoft.EntityFrameworkCore;

namespace AuthServer.Data;

/// <summary>Saves what was changed while all of it is as it was read.</summary>
internal static class ScopedSaves
{
    /// <summary>False, with nothing saved and nothing waiting any more: somebody changed it meanwhile.</summary>
    public static async Task<bool> TrySaveUnchangedAsync(this AuthDbContext context, CancellationToken ct)
    {
        try
        {
            await context.SaveChangesAsync(ct);
            return true;
        }
        catch (DbUpdateConcurrencyException)
        {
            context.ChangeTracker.Clear();
            return false;
        }
    }
}
