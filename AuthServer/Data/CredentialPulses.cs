using AuthServer.Vault.Usage;

namespace AuthServer.Data;

/// <summary>How calls with each credential fared last, as all nodes saw it: kept as long as hours of use are.</summary>
public sealed class CredentialPulses(IDatabaseWriter writer)
{
    // Makes the row where there is none, and holds it until the commit.
    private static readonly Statement Open = new(
        """
        INSERT INTO "CredentialPulses" ("ConnectionId", "AccountId", "ToldAt")
        SELECT $1, $2, $3 WHERE EXISTS (SELECT 1 FROM "Connections" WHERE "Id" = $1)
        ON CONFLICT ("ConnectionId", "AccountId") DO UPDATE SET "ToldAt" = "CredentialPulses"."ToldAt"
        RETURNING "ToldAt", "SucceededAt", "FailedAt", "SeenAt", "Trouble", "TroubledSince", "QuotaLimit", "QuotaLeft", "QuotaResetsAt", "QuotaSeenAt"
        """);

    private static readonly Statement Save = new(
        """
        UPDATE "CredentialPulses" SET "ToldAt" = $3, "SucceededAt" = $4, "FailedAt" = $5, "SeenAt" = $6, "Trouble" = $7, "TroubledSince" = $8,
            "QuotaLimit" = $9, "QuotaLeft" = $10, "QuotaResetsAt" = $11, "QuotaSeenAt" = $12
        WHERE "ConnectionId" = $1 AND "AccountId" = $2
        """);

    private static readonly Statement Prune = new("""DELETE FROM "CredentialPulses" WHERE "ToldAt" < $1""");

    public async Task FollowAsync(IReadOnlyList<CredentialPulse> pulses, CancellationToken ct)
    {
        // In one order: two nodes do not wait for each other.
        foreach (var chunk in pulses.OrderBy(one => one.ConnectionId, StringComparer.Ordinal).ThenBy(one => one.AccountId, StringComparer.Ordinal).Chunk(200))
        {
            await writer.TryWriteAsync(
                async transaction =>
                {
                    foreach (var one in chunk)
                    {
                        await FollowAsync(transaction, one);
                    }

                    return true;
                },
                ct);
        }
    }

    public Task PruneAsync(DateTimeOffset now, CancellationToken ct) =>
        writer.TryWriteAsync(async transaction => await transaction.ExecuteAsync(Prune, now - ConnectionUsages.HoursKept) > 0, ct);

    private static async ValueTask FollowAsync(WriteTransaction transaction, CredentialPulse later)
    {
        long? Number(System.Data.Common.DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);
        var opened = await transaction.QueryAsync(
            Open,
            row => new CredentialPulse
            {
                ConnectionId = later.ConnectionId,
                AccountId = later.AccountId,
                ToldAt = StoredTime.Read(row, 0)!.Value,
                SucceededAt = StoredTime.Read(row, 1),
                FailedAt = StoredTime.Read(row, 2),
                SeenAt = StoredTime.Read(row, 3),
                Trouble = row.IsDBNull(4) ? null : (ProviderTrouble)row.GetInt32(4),
                TroubledSince = StoredTime.Read(row, 5),
                QuotaLimit = Number(row, 6),
                QuotaLeft = Number(row, 7),
                QuotaResetsAt = StoredTime.Read(row, 8),
                QuotaSeenAt = StoredTime.Read(row, 9),
            },
            later.ConnectionId, later.AccountId, later.ToldAt);
        if (opened is [var pulse])
        {
            pulse.Follow(later);
            await transaction.ExecuteAsync(
                Save, pulse.ConnectionId, pulse.AccountId, pulse.ToldAt, pulse.SucceededAt, pulse.FailedAt, pulse.SeenAt, (int?)pulse.Trouble, pulse.TroubledSince,
                pulse.QuotaLimit, pulse.QuotaLeft, pulse.QuotaResetsAt, pulse.QuotaSeenAt);
        }
    }
}
