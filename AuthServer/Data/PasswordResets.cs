using System.Data.Common;
using AuthServer.Accounts;
using AuthServer.Mail;
using AuthServer.Protocol.State;

namespace AuthServer.Data;

/// <summary>Passwords that were forgotten: what was asked becomes a link and a mail in one commit, and a link becomes a password in another.</summary>
public sealed class PasswordResets(IDatabaseReader reader, IDatabaseWriter writer, StoredFamilies families)
{
    private static readonly Statement Ask = new(
        """INSERT INTO "PasswordRequests" ("Id", "Account", "Address", "UserAgent", "CreatedAt") VALUES ($1, $2, $3, $4, $5)""");

    private static readonly Statement Any = new("""SELECT 1 FROM "PasswordRequests" LIMIT 1""");

    private static readonly Statement Take = new(
        """
        DELETE FROM "PasswordRequests" WHERE "Id" = (SELECT "Id" FROM "PasswordRequests" ORDER BY "Id" LIMIT 1)
        RETURNING "Id", "Account", "Address", "UserAgent", "CreatedAt"
        """);

    private static readonly Statement Find = new(
        """SELECT "Id", "Email", "SecurityStamp", "Locale" FROM "AspNetUsers" WHERE "NormalizedUserName" = $1 AND NOT "Disabled" """);

    private static readonly Statement Replace = new(
        """
        INSERT INTO "MailedLinks" ("UserId", "Kind", "Hash", "Email", "Stamp", "Mailed", "ExpiresAt") VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT ("UserId", "Kind") DO UPDATE SET "Hash" = excluded."Hash", "Email" = excluded."Email", "Stamp" = excluded."Stamp",
            "Mailed" = excluded."Mailed", "ExpiresAt" = excluded."ExpiresAt"
        """);

    private static readonly Statement Use = new(
        $"""
        DELETE FROM "MailedLinks" WHERE "Hash" = $1 AND "UserId" = $2 AND "Stamp" = $3 AND "Kind" = {(int)MailedLinkKind.Password} AND "ExpiresAt" > $4 RETURNING "Mailed"
        """);

    // Asked again of the row itself: the password or the address may have been changed meanwhile.
    private static readonly Statement SetPassword = new(
        """
        UPDATE "AspNetUsers" SET "PasswordHash" = $3, "SecurityStamp" = $4, "ConcurrencyStamp" = $5, "UpdatedAt" = $6, "EmailConfirmed" = "EmailConfirmed" OR $7
        WHERE "Id" = $1 AND "SecurityStamp" = $2 AND NOT "Disabled"
        """);

    private static readonly Statement DropLinks = new("""DELETE FROM "MailedLinks" WHERE "UserId" = $1""");

    /// <summary>The same for everybody's address and nobody's.</summary>
    public Task AskAsync(PasswordRequest request, CancellationToken ct) => writer.TryWriteAsync(
        async transaction => await transaction.ExecuteAsync(Ask, request.Id, request.Account, request.Address, request.UserAgent, request.CreatedAt) == 1, ct);

    public async ValueTask<bool> AnyAskedAsync(CancellationToken ct) => await reader.FindAsync(Any, row => row.GetInt32(0), [], ct) == 1;

    /// <summary>Takes the oldest request; where it names somebody, their link and mail are stored with it. False: there is none, or another node took it.</summary>
    /// <param name="prepare">The link and the mail for this person.</param>
    public Task<bool> AnswerAsync(Func<User, PasswordRequest, PreparedReset> prepare, CancellationToken ct) => writer.TryWriteAsync(
        async transaction =>
        {
            if (await transaction.QueryAsync(Take, ReadRequest) is not [var request])
            {
                return false;
            }

            if (await transaction.QueryAsync(Find, ReadUser, request.Account) is [var user])
            {
                await transaction.LockAsync(user.Id);
                var (link, mail, asked) = prepare(user, request);
                if (await MailOutbox.TryAddAsync(transaction, mail))
                {
                    await MailOutbox.ReplaceAsync(transaction, user.Id, mail.Kind, mail.Id);
                    await transaction.ExecuteAsync(Replace, link.UserId, (int)link.Kind, link.Hash, link.Email, link.Stamp, link.Mailed, link.ExpiresAt);
                    return await AuditTrail.AppendAsync(transaction, asked);
                }

                // The link that they have goes on being good.
                return await AuditTrail.AppendAsync(transaction, asked with { Outcome = AuditOutcomes.Denied, Reason = "too_many" });
            }

            return true;
        },
        ct);

    /// <summary>Uses the link up, sets the password and ends everything that began before. False, with nothing changed, when the link is not good any more.</summary>
    /// <param name="user">As they were when the link was looked at.</param>
    public Task<bool> TryResetAsync(string linkHash, User user, string passwordHash, OutgoingMail? notice, AuditEvent why, CancellationToken ct)
    {
        string[] stamps = [Guid.NewGuid().ToString(), Guid.NewGuid().ToString()];
        return families.WriteAsync(
            async transaction =>
            {
                await transaction.LockAsync(user.Id);
                if (await transaction.QueryAsync(Use, row => row.GetBoolean(0), linkHash, user.Id, user.SecurityStamp, why.At) is not [var mailed]
                    || await transaction.ExecuteAsync(SetPassword, user.Id, user.SecurityStamp, passwordHash, stamps[0], stamps[1], why.At, mailed) != 1)
                {
                    return null;
                }

                await transaction.ExecuteAsync(DropLinks, user.Id);
                foreach (var kind in AccountMails.Links)
                {
                    await MailOutbox.ReplaceAsync(transaction, user.Id, kind, null);
                }

                if (notice is not null)
                {
                    await MailOutbox.TryAddAsync(transaction, notice);
                }

                return await families.EndSubjectAsync(transaction, user.Id, why.At, why.At);
            },
            why,
            ct);
    }

    private static PasswordRequest ReadRequest(DbDataReader row) => new()
    {
        Id = row.GetString(0),
        Account = row.GetString(1),
        Address = row.GetString(2),
        UserAgent = row.IsDBNull(3) ? null : row.GetString(3),
        CreatedAt = StoredTime.Read(row, 4)!.Value,
    };

    private static User ReadUser(DbDataReader row) => new()
    {
        Id = row.GetString(0),
        Email = row.GetString(1),
        SecurityStamp = row.GetString(2),
        Locale = row.IsDBNull(3) ? null : row.GetString(3),
    };
}

/// <summary>What is stored for somebody who forgot their password.</summary>
public sealed record PreparedReset(MailedLink Link, OutgoingMail Mail, AuditEvent Asked);
