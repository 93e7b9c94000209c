using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Data;

/// <summary>Handles that were seen, until they expire. Callers choose them, so only their hashes are kept: one length, whatever they send.</summary>
public sealed class StoredReplayGuard(IDatabaseWriter writer, IDatabaseReader reader) : IReplayGuard
{
    private static readonly Statement Insert = new(
        """INSERT INTO "UsedHandles" ("Handle", "ExpiresAt") VALUES ($1, $2) ON CONFLICT ("Handle") DO NOTHING""");

    private static readonly Statement Known = new("""SELECT "Handle" FROM "UsedHandles" WHERE "Handle" = $1""");

    public Task<bool> TryAddAsync(string handle, DateTimeOffset expiresAt, CancellationToken ct)
    {
        var use = UseOf(new SingleUse(handle, expiresAt));
        return writer.TryWriteAsync(use, ct);
    }

    public async ValueTask<bool> IsKnownAsync(string handle, CancellationToken ct) =>
        await reader.FindAsync(Known, static row => row.GetString(0), [Handle.ReferenceId(handle)], ct) is not null;

    /// <summary>The part of a change that uses something up, where there is something; it answers whether this is the first use. It comes after
    /// all that other changes lock by name.</summary>
    internal static Func<WriteTransaction, ValueTask<bool>> UseOf(SingleUse? once)
    {
        if (once is null)
        {
            return static _ => new(true);
        }

        // Before the change begins: on SQLite others wait for it.
        var (hash, expiresAt) = (Handle.ReferenceId(once.Handle), once.ExpiresAt);
        return async transaction => await transaction.ExecuteAsync(Insert, hash, expiresAt) == 1;
    }
}
