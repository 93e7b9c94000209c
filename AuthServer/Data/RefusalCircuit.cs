using AuthServer.Protocol.State;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Dialect;
using AuthServer.Vault.Refresh;

namespace AuthServer.Data;

/// <summary>Many accounts of one connection that are refused at once are more likely the provider's fault than their owners': then none of them is given up, those that were are
/// taken back, and all are tried again later. After <see cref="Held"/> refusals are believed again, for a day at least.</summary>
/// <param name="succeeded">How many refreshes of the connection went well in the meantime, as far as this node knows.</param>
/// <param name="told">The event for the case that it begins now, given how many accounts were taken back.</param>
internal sealed class RefusalCircuit(int succeeded, double chance, DateTimeOffset now, Func<int, AuditEvent> told)
{
    /// <summary>In which so many are too many.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    public static readonly TimeSpan Held = TimeSpan.FromHours(6);

    private const int Many = 5;

    private static readonly TimeSpan Believed = TimeSpan.FromDays(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(30);

    private static readonly Statement Count = new(
        """
        INSERT INTO "RefreshCircuits" ("ConnectionId", "Since", "Refused") VALUES ($1, $2, 1)
        ON CONFLICT ("ConnectionId") DO UPDATE SET
            "Refused" = CASE WHEN "RefreshCircuits"."Since" <= $3 THEN 1 ELSE "RefreshCircuits"."Refused" + 1 END,
            "Since" = CASE WHEN "RefreshCircuits"."Since" <= $3 THEN $2 ELSE "RefreshCircuits"."Since" END
        RETURNING "Since", "Refused", "HeldUntil"
        """);

    private static readonly Statement Hold = new("""UPDATE "RefreshCircuits" SET "HeldUntil" = $2 WHERE "ConnectionId" = $1""");

    private static readonly Statement TakeBack = new(
        """
        UPDATE "ConnectedAccounts" SET "Status" = 1, "Fault" = $2, "RefreshAt" = $3, "UpdatedAt" = $4, "Version" = "Version" + 1
        WHERE "ConnectionId" = $1 AND "Status" IN (2, 3) AND "Fault" IN ($5, $6) AND "UpdatedAt" >= $7 AND "Tokens" IS NOT NULL
        """);

    private static readonly Statement Release = new("""DELETE FROM "RefreshCircuits" WHERE "ConnectionId" = $1 AND "HeldUntil" > $2""");

    /// <summary>Counts one more; whether it is not to be believed.</summary>
    public async ValueTask<bool> HoldsAsync(WriteTransaction transaction, string connectionId, DateTimeOffset at)
    {
        var (since, refused, until) = (await transaction.QueryAsync(
            Count, row => (StoredTime.Read(row, 0)!.Value, row.GetInt32(1), StoredTime.Read(row, 2)), connectionId, at, at - Window))[0];
        if (until > at)
        {
            return true;
        }

        if (refused < Many || refused <= succeeded || until > at - Believed)
        {
            return false;
        }

        await transaction.ExecuteAsync(Hold, connectionId, at + Held);
        var back = await transaction.ExecuteAsync(
            TakeBack, connectionId, ProviderFaults.Held.Code, at + Pause, at, ProviderFaults.Expired.Code, ProviderFaults.Revoked.Code, since);
        await AuditTrail.AppendAsync(transaction, told(back));
        return true;
    }

    /// <summary>What becomes of an account whose refusal is not believed: it is tried again, before others that fail.</summary>
    public RefreshVerdict Instead(ConnectedAccount account, RefreshVerdict verdict) => verdict with
    {
        Status = account.Status,
        Fault = ProviderFaults.Held.Code,
        RefreshAt = now + (Pause * (0.5 + chance)),
        Attempt = null,
        Event = null,
    };

    /// <summary>An account that had been refused works again.</summary>
    public static async ValueTask<bool> TryReleaseAsync(WriteTransaction transaction, string connectionId, DateTimeOffset at) =>
        await transaction.ExecuteAsync(Release, connectionId, at) == 1;
}
