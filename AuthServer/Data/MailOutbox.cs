using System.Data.Common;
using AuthServer.Mail;

namespace AuthServer.Data;

/// <summary>What waits to be mailed. A mail is taken by moving its time ahead, which one node alone can do; whoever took it and died has not lost it.</summary>
public sealed class MailOutbox(IDatabaseReader reader, IDatabaseWriter writer)
{
    // Nobody floods an inbox: the count and the row are one statement.
    private static readonly Statement Add = new(
        $"""
        INSERT INTO "Mails" ("Id", "Kind", "UserId", "Recipient", "NormalizedRecipient", "Content", "CreatedAt", "ExpiresAt", "DueAt", "Attempts")
        SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, 0
        WHERE (SELECT COUNT(*) FROM "Mails" WHERE "NormalizedRecipient" = $5 AND "Kind" = $2 AND "CreatedAt" > $10) < {Mails.MostInAnHour}
        """);

    private static readonly Statement Replace = new(
        $"""
        UPDATE "Mails" SET "DueAt" = NULL, "Content" = NULL, "LastFailure" = '{MailFailures.Replaced}'
        WHERE "UserId" = $1 AND "Kind" = $2 AND "Id" <> $3 AND "Content" IS NOT NULL
        """);

    private static readonly Statement Due = new("""SELECT 1 FROM "Mails" WHERE "DueAt" <= $1 AND "ExpiresAt" > $1 LIMIT 1""");

    // Asked again of the row itself: another node may have taken it meanwhile.
    private static readonly Statement Take = new(
        """
        UPDATE "Mails" SET "DueAt" = $2, "Attempts" = "Attempts" + 1
        WHERE "DueAt" <= $1 AND "Id" = (SELECT "Id" FROM "Mails" WHERE "DueAt" <= $1 AND "ExpiresAt" > $1 AND "Content" IS NOT NULL ORDER BY "DueAt" LIMIT 1)
        RETURNING "Id", "Recipient", "Content", "CreatedAt", "ExpiresAt", "Attempts"
        """);

    private static readonly Statement Sent = new(
        """
        UPDATE "Mails" SET "DueAt" = NULL, "Content" = NULL, "LastAttemptAt" = $3, "LastFailure" = NULL, "SentAt" = $3 WHERE "Id" = $1 AND "DueAt" = $2
        """);

    private static readonly Statement Failed = new(
        """UPDATE "Mails" SET "DueAt" = $5, "LastAttemptAt" = $3, "LastFailure" = $4 WHERE "Id" = $1 AND "DueAt" = $2""");

    private static readonly Statement GiveUp = new(
        """UPDATE "Mails" SET "DueAt" = NULL, "Content" = NULL, "LastAttemptAt" = $3, "LastFailure" = $4 WHERE "Id" = $1 AND "DueAt" = $2""");

    private static readonly Statement Expire = new(
        """
        UPDATE "Mails" SET "DueAt" = NULL, "Content" = NULL, "LastFailure" = $2
        WHERE "DueAt" IS NOT NULL AND "Id" IN (SELECT "Id" FROM "Mails" WHERE "DueAt" IS NOT NULL AND "ExpiresAt" <= $1 LIMIT 500) RETURNING "Id"
        """);

    private static readonly Statement Prune = new(
        """DELETE FROM "Mails" WHERE "Id" IN (SELECT "Id" FROM "Mails" WHERE "CreatedAt" <= $1 AND "DueAt" IS NULL LIMIT 500)""");

    /// <summary>Within the change that causes it; false, with nothing stored, when the address has had enough of this kind.</summary>
    internal static async ValueTask<bool> TryAddAsync(WriteTransaction transaction, OutgoingMail mail) => await transaction.ExecuteAsync(
        Add, mail.Id, mail.Kind, mail.UserId, mail.Recipient, mail.NormalizedRecipient, mail.Content, mail.CreatedAt, mail.ExpiresAt, mail.DueAt,
        mail.CreatedAt - TimeSpan.FromHours(1)) == 1;

    /// <summary>Within the change that makes a person's links of this kind worth nothing: what waits with one is not sent and not read any more.</summary>
    /// <param name="newest">The mail with the link that took their place; null: none did.</param>
    internal static async ValueTask ReplaceAsync(WriteTransaction transaction, string userId, string kind, string? newest) =>
        await transaction.ExecuteAsync(Replace, userId, kind, newest ?? "");

    public async ValueTask<bool> HasDueAsync(DateTimeOffset now, CancellationToken ct) => await reader.FindAsync(Due, row => row.GetInt32(0), [now], ct) == 1;

    /// <summary>A mail that nobody else is sending; null: there is none. If nothing is recorded of it until then, it is to be sent again.</summary>
    public async Task<TakenMail?> TryTakeAsync(DateTimeOffset now, DateTimeOffset until, CancellationToken ct)
    {
        TakenMail? taken = null;
        await writer.TryWriteAsync(
            async transaction =>
            {
                var found = await transaction.QueryAsync(Take, row => Read(row, until), now, until);
                taken = found.Count == 1 ? found[0] : null;
                return taken is not null;
            },
            ct);
        return taken;
    }

    /// <summary>Nothing is left of what it said. Nothing is recorded, here and below, when it took so long that another has taken it.</summary>
    public Task SentAsync(TakenMail mail, DateTimeOffset now, CancellationToken ct) =>
        writer.TryWriteAsync(async transaction => await transaction.ExecuteAsync(Sent, mail.Id, mail.Until, now) == 1, ct);

    public Task FailedAsync(TakenMail mail, string failure, DateTimeOffset now, DateTimeOffset next, CancellationToken ct) =>
        writer.TryWriteAsync(async transaction => await transaction.ExecuteAsync(Failed, mail.Id, mail.Until, now, failure, next) == 1, ct);

    public Task GiveUpAsync(TakenMail mail, string failure, DateTimeOffset now, CancellationToken ct) => writer.TryWriteAsync(
        async transaction => await transaction.ExecuteAsync(GiveUp, mail.Id, mail.Until, now, failure) == 1
            && await AuditTrail.AppendAsync(transaction, MailEvents.OfGivenUp(mail.Id, failure, now)),
        ct);

    /// <summary>Takes what they say out of mails that are worth nothing any more.</summary>
    public async Task ExpireAsync(DateTimeOffset now, CancellationToken ct)
    {
        while (await writer.TryWriteAsync(
            async transaction =>
            {
                var expired = await transaction.QueryAsync(Expire, row => row.GetString(0), now, MailFailures.Expired);
                foreach (var id in expired)
                {
                    await AuditTrail.AppendAsync(transaction, MailEvents.OfGivenUp(id, MailFailures.Expired, now));
                }

                return expired.Count > 0;
            },
            ct))
        {
        }
    }

    /// <summary>Forgets what was made before this moment and is done.</summary>
    public async Task PruneAsync(DateTimeOffset before, CancellationToken ct)
    {
        while (await writer.TryWriteAsync(async transaction => await transaction.ExecuteAsync(Prune, before) > 0, ct))
        {
        }
    }

    private static TakenMail Read(DbDataReader row, DateTimeOffset until) => new()
    {
        Id = row.GetString(0),
        Recipient = row.GetString(1),
        Content = row.GetFieldValue<byte[]>(2),
        CreatedAt = StoredTime.Read(row, 3)!.Value,
        ExpiresAt = StoredTime.Read(row, 4)!.Value,
        Attempt = row.GetInt32(5),
        Until = until,
    };
}
