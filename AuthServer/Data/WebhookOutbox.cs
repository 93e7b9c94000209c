using System.Data.Common;
using AuthServer.Audit;
using AuthServer.Organizations;
using AuthServer.Protocol.State;
using AuthServer.Webhooks;

namespace AuthServer.Data;

/// <summary>What waits to be sent. A message is taken by moving its time ahead, which one node alone can do; whoever took it and died has not lost it.</summary>
public sealed class WebhookOutbox(IDatabaseReader reader, IDatabaseWriter writer)
{
    /// <summary>How many messages may wait for one webhook; the trail keeps what comes after them.</summary>
    public const int MostWaiting = 10_000;

    /// <summary>How many messages stay in the log of one webhook, however new they are.</summary>
    public const int MostKept = 10_000;

    private static readonly Statement Waiting = new(
        """SELECT COUNT(*) FROM (SELECT 1 FROM "WebhookDeliveries" WHERE "WebhookId" = $1 AND "DueAt" IS NOT NULL LIMIT 10000) AS waiting""");

    // The row is held until the commit, so that nobody deletes the webhook meanwhile.
    private static readonly Statement Advance = new(
        """UPDATE "Webhooks" SET "ReadTo" = CASE WHEN "ReadTo" < $2 THEN $2 ELSE "ReadTo" END WHERE "Id" = $1 AND "Enabled" """);

    private static readonly Statement Add = new(
        """
        INSERT INTO "WebhookDeliveries" ("Id", "WebhookId", "EventId", "Event", "CreatedAt", "DueAt", "Attempts") VALUES ($1, $2, $3, $4, $5, $5, 0)
        ON CONFLICT ("EventId", "WebhookId") DO NOTHING
        """);

    private static readonly Statement WithDue = new(
        """
        SELECT hook."Id", hook."OrganizationId" FROM "Webhooks" AS hook
        WHERE hook."Enabled" AND EXISTS (SELECT 1 FROM "WebhookDeliveries" AS message WHERE message."WebhookId" = hook."Id" AND message."DueAt" <= $1)
        """);

    // Asked again of the row itself: another node may have taken it meanwhile.
    private static readonly Statement Take = new(
        """
        UPDATE "WebhookDeliveries" SET "DueAt" = $3, "Attempts" = "Attempts" + 1
        WHERE "DueAt" <= $2 AND "Id" = (SELECT "Id" FROM "WebhookDeliveries" WHERE "WebhookId" = $1 AND "DueAt" <= $2 ORDER BY "DueAt" LIMIT 1)
        RETURNING "Id", "EventId", "Event", "Attempts"
        """);

    private static readonly Statement Target = new(
        """SELECT "Url", "Secret", "OldSecret", "OldSecretUntil" FROM "Webhooks" WHERE "Id" = $1 AND "Enabled" """);

    private static readonly Statement Record = new(
        """
        UPDATE "WebhookDeliveries" SET "DueAt" = $3, "LastAttemptAt" = $4, "LastStatus" = $5, "LastFailure" = $6, "LastMilliseconds" = $7, "DeliveredAt" = $8
        WHERE "Id" = $1 AND "DueAt" = $2
        """);

    private static readonly Statement Works = new("""UPDATE "Webhooks" SET "FailingSince" = NULL WHERE "Id" = $1 AND "FailingSince" IS NOT NULL""");

    private static readonly Statement Fails = new("""UPDATE "Webhooks" SET "FailingSince" = $2 WHERE "Id" = $1 AND "FailingSince" IS NULL""");

    private static readonly Statement Disable = new(
        """
        UPDATE "Webhooks" SET "Enabled" = FALSE, "DisabledReason" = $2, "DisabledAt" = $3, "UpdatedAt" = $3, "Version" = $4
        WHERE "Id" = $1 AND "Enabled" AND "FailingSince" <= $5 RETURNING "OrganizationId"
        """);

    private static readonly Statement Replay = new(
        """
        UPDATE "WebhookDeliveries" SET "DueAt" = $3, "Attempts" = 0, "DeliveredAt" = NULL WHERE "Id" = $1 AND "WebhookId" = $2 AND "DueAt" IS NULL
        """);

    // What waits is no log yet. What the webhook has not read past would be found in the trail again, and sent again; one that is disabled reads no more.
    private const string IsDone =
        """
        message."DueAt" IS NULL AND EXISTS (SELECT 1 FROM "Webhooks" AS hook
            WHERE hook."Id" = message."WebhookId" AND (NOT hook."Enabled" OR message."EventId" <= hook."ReadTo"))
        """;

    // What waits for one that is disabled is sent if it is enabled again before the log ends; then nobody waits for it any more.
    private static readonly Statement Prune = new(
        $"""
        DELETE FROM "WebhookDeliveries" WHERE "Id" IN (
            SELECT message."Id" FROM "WebhookDeliveries" AS message WHERE message."Id" < $1
                AND ({IsDone} OR NOT EXISTS (SELECT 1 FROM "Webhooks" AS hook WHERE hook."Id" = message."WebhookId" AND hook."Enabled"))
            ORDER BY message."Id" LIMIT 500)
        """);

    private static readonly Statement PruneOne = new(
        $"""
        DELETE FROM "WebhookDeliveries" WHERE "Id" IN (
            SELECT message."Id" FROM "WebhookDeliveries" AS message
            WHERE message."WebhookId" = $1 AND message."Id" <= $2 AND {IsDone} ORDER BY message."Id" LIMIT 500)
        """);

    private static readonly Statement Overfull = new(
        $"""
        SELECT "Id", "Last" FROM (SELECT hook."Id", (SELECT message."Id" FROM "WebhookDeliveries" AS message
            WHERE message."WebhookId" = hook."Id" ORDER BY message."Id" DESC LIMIT 1 OFFSET $1) AS "Last" FROM "Webhooks" AS hook) AS hooks
        WHERE "Last" IS NOT NULL
        """);

    public async ValueTask<bool> IsFullAsync(string webhookId, CancellationToken ct) =>
        await reader.FindAsync(Waiting, row => row.GetInt64(0), [webhookId], ct) >= MostWaiting;

    /// <summary>Lets them wait to be sent, each unless it does or did already; false, with nothing changed, when the webhook is gone or disabled.</summary>
    /// <param name="readTo">What the webhook has read.</param>
    public Task<bool> TryAddAsync(string webhookId, string readTo, IReadOnlyList<WebhookDelivery> messages, CancellationToken ct) => writer.TryWriteAsync(
        async transaction =>
        {
            if (await transaction.ExecuteAsync(Advance, webhookId, readTo) == 0)
            {
                return false;
            }

            foreach (var message in messages)
            {
                await transaction.ExecuteAsync(Add, message.Id, webhookId, message.EventId, message.Event, message.CreatedAt);
            }

            return true;
        },
        ct);

    /// <summary>The webhooks for which something is to be sent now.</summary>
    public ValueTask<List<(string Id, string OrganizationId)>> DueAsync(DateTimeOffset now, CancellationToken ct) =>
        reader.ListAsync(WithDue, row => (row.GetString(0), row.GetString(1)), [now], ct);

    /// <summary>A message that nobody else is sending; null: there is none. If nothing is recorded of it until then, it is to be sent again.</summary>
    public async Task<TakenMessage?> TryTakeAsync(string webhookId, DateTimeOffset now, DateTimeOffset until, CancellationToken ct)
    {
        TakenMessage? taken = null;
        await writer.TryWriteAsync(
            async transaction =>
            {
                var found = await transaction.QueryAsync(
                    Take, row => new TakenMessage(row.GetString(0), webhookId, row.GetString(1), row.GetString(2), row.GetInt32(3), until), webhookId, now, until);
                taken = found.Count == 1 ? found[0] : null;
                return taken is not null;
            },
            ct);
        return taken;
    }

    /// <summary>Null: it is deleted or disabled.</summary>
    public ValueTask<WebhookTarget?> TargetAsync(string webhookId, CancellationToken ct) => reader.FindAsync(Target, Read, [webhookId], ct);

    /// <summary>What came of an attempt; nothing, when it took so long that another has begun.</summary>
    public Task RecordAsync(TakenMessage message, WebhookAttempt attempt, CancellationToken ct) => writer.TryWriteAsync(
        async transaction =>
        {
            var recorded = await transaction.ExecuteAsync(
                Record, message.Id, message.Until, attempt.Next, attempt.At, attempt.Status, attempt.Failure, attempt.Milliseconds,
                attempt.Failure is null ? attempt.At : null);
            if (recorded == 0)
            {
                return false;
            }

            if (attempt.Failure is null)
            {
                await transaction.ExecuteAsync(Works, message.WebhookId);
            }
            else if (attempt.IsTheReceivers)
            {
                await transaction.ExecuteAsync(Fails, message.WebhookId, attempt.At);
                await DisableAsync(transaction, message.WebhookId, attempt);
            }

            return true;
        },
        ct);

    /// <summary>Lets it be sent again; false: it waits to be sent, or does not exist; null: whoever asks may not do so any more.</summary>
    public async Task<bool?> TryReplayAsync(string organizationId, string userId, string webhookId, string id, AuditEvent why, CancellationToken ct)
    {
        var (told, mayDoSo) = (AuditEventRow.From(why), false);
        var replayed = await writer.TryWriteAsync(
            async transaction =>
            {
                await transaction.ShareAsync(organizationId);
                mayDoSo = await MemberChanges.HoldsAsync(transaction, organizationId, userId, Role.Developer);
                return mayDoSo && await transaction.ExecuteAsync(Replay, id, webhookId, why.At) == 1 && await AuditTrail.AppendAsync(transaction, told);
            },
            ct);
        return mayDoSo ? replayed : null;
    }

    /// <summary>Forgets of what is done whatever is older than this, and what a webhook has too much of.</summary>
    /// <param name="before">The first id that stays.</param>
    public async Task PruneAsync(string before, int mostKept, CancellationToken ct)
    {
        while (await writer.TryWriteAsync(async transaction => await transaction.ExecuteAsync(Prune, before) > 0, ct))
        {
        }

        foreach (var (webhookId, last) in await reader.ListAsync(Overfull, row => (row.GetString(0), row.GetString(1)), [mostKept], ct))
        {
            while (await writer.TryWriteAsync(async transaction => await transaction.ExecuteAsync(PruneOne, webhookId, last) > 0, ct))
            {
            }
        }
    }

    private static async ValueTask DisableAsync(WriteTransaction transaction, string webhookId, WebhookAttempt attempt)
    {
        var disabled = await transaction.QueryAsync(
            Disable, row => row.GetString(0), webhookId, attempt.DisabledReason, attempt.At, Guid.NewGuid().ToString(), attempt.FailingSinceAtMost);
        if (disabled is [var organizationId])
        {
            await AuditTrail.AppendAsync(transaction, WebhookEvents.Disabled(webhookId, organizationId, attempt.DisabledReason, attempt.At));
        }
    }

    private static WebhookTarget Read(DbDataReader row) => new(
        row.GetString(0), row.GetFieldValue<byte[]>(1), row.IsDBNull(2) ? null : row.GetFieldValue<byte[]>(2), StoredTime.Read(row, 3));
}

/// <summary>A message that this process is to send.</summary>
/// <param name="Attempt">From 1.</param>
/// <param name="Until">When another may take it.</param>
public sealed record TakenMessage(string Id, string WebhookId, string EventId, string Event, int Attempt, DateTimeOffset Until);

/// <param name="Secret">Sealed, as the one before it.</param>
public sealed record WebhookTarget(string Url, byte[] Secret, byte[]? OldSecret, DateTimeOffset? OldSecretUntil);
