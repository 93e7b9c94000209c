using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Data;

/// <summary>Handles that were seen, until they expire. Callers choose them, so only their hashes are kept: one length, whatever they send.</summary>
public sealed class StoredReplayGuard(IDatabaseWriter writer) : IReplayGuard
{
    private static readonly Statement Insert = new(
        """INSERT INTO "UsedHandles" ("Handle", "ExpiresAt") VALUES ($1, $2) ON CONFLICT ("Handle") DO NOTHING""");

    public Task<bool> TryAddAsync(string handle, DateTimeOffset expiresAt, CancellationToken ct)
    {
        var hash = Handle.ReferenceId(handle);
        return writer.TryWriteAsync(async transaction => await transaction.ExecuteAsync(Insert, hash, expiresAt) == 1, ct);
    }
}
