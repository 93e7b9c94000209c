using AuthServer.Agents;
using AuthServer.Agents.Claims;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Data;

/// <summary>Saves an agent that registered itself, while there is room for it.</summary>
internal static class UnclaimedSaves
{
    /// <summary>One commit, under one lock for all of them: they are counted and added in one step.</summary>
    public static async Task<UnclaimedSave> TrySaveUnclaimedAsync(
        this AuthDbContext context, AgentClaim claim, AuthServerOptions.QuickstartOptions limits, CancellationToken ct)
    {
        await using var transaction = await context.Database.BeginTransactionAsync(ct);
        if (context is PostgreSqlAuthDbContext)
        {
            // As PostgreSqlWriteTransaction locks a name. On SQLite whoever is in a transaction here writes alone.
            await context.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock(hashtextextended({Agent.Unclaimed}, 0))", ct);
        }

        var waiting = context.AgentClaims.Where(row => row.EndedAt == null);
        if (await waiting.CountAsync(ct) >= limits.MostUnclaimed)
        {
            return UnclaimedSave.Full;
        }

        if (await waiting.CountAsync(row => row.Network == claim.Network, ct) >= limits.MostPerNetwork)
        {
            return UnclaimedSave.NetworkFull;
        }

        if (await waiting.CountAsync(row => row.Neighbourhood == claim.Neighbourhood, ct) >= limits.MostPerNeighbourhood)
        {
            return UnclaimedSave.NeighbourhoodFull;
        }

        // Names are given among them under the lock only: nobody takes this one between the look and the write.
        if (await AgentNames.RefuseAsync(context, context.Agents.Local.Single(), ct) is not null)
        {
            return UnclaimedSave.NameTaken;
        }

        await context.SaveChangesAsync(ct);
        await transaction.CommitAsync(CancellationToken.None);
        return UnclaimedSave.Saved;
    }
}

/// <summary>What became of it.</summary>
internal enum UnclaimedSave
{
    Saved,
    NameTaken,
    NetworkFull,
    NeighbourhoodFull,
    Full,
}
