using AuthServer.Mail;
using AuthServer.Notices;

namespace AuthServer.Data;

/// <summary>Stores that somebody was told of what expires, with the events and mails that tell it. The row is the one who decides which node tells.</summary>
public sealed class ExpiryNoticeChanges(IDatabaseWriter writer)
{
    private static readonly Statement Add = new(
        """INSERT INTO "ExpiryNotices" ("CredentialId", "Days", "ExpiresAt", "At") VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING""");

    private static readonly Statement Prune = new(
        """DELETE FROM "ExpiryNotices" WHERE ("CredentialId", "Days") IN (SELECT "CredentialId", "Days" FROM "ExpiryNotices" WHERE "ExpiresAt" <= $1 LIMIT 500)""");

    /// <param name="due">One organization's.</param>
    /// <param name="mails">Writes the mails about those that nobody told of before.</param>
    public Task TellAsync(
        IReadOnlyList<ExpiringCredential> due, int days, DateTimeOffset now, Func<IReadOnlyList<ExpiringCredential>, IReadOnlyList<OutgoingMail>> mails, CancellationToken ct) =>
        writer.TryWriteAsync(
            async transaction =>
            {
                List<ExpiringCredential> told = [];
                var isNew = false;
                foreach (var credential in due)
                {
                    if (await transaction.ExecuteAsync(Add, credential.Id, days, credential.ExpiresAt, now) == 1)
                    {
                        isNew = true;

                        // What is made for a shorter time than the notice is meant to end: it is only looked at once.
                        told.AddRange(credential.NoticeAt(now) == days ? [credential] : []);
                    }
                }

                foreach (var credential in told)
                {
                    await AuditTrail.AppendAsync(transaction, ExpiryEvents.Of(credential, days, now));
                }

                foreach (var mail in told.Count > 0 ? mails(told) : [])
                {
                    await MailOutbox.TryAddAsync(transaction, mail);
                }

                return isNew;
            },
            ct);

    /// <summary>Forgets what has expired.</summary>
    public async Task PruneAsync(DateTimeOffset now, CancellationToken ct)
    {
        while (await writer.TryWriteAsync(async transaction => await transaction.ExecuteAsync(Prune, now) > 0, ct))
        {
        }
    }
}
