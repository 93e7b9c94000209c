using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Mail;

/// <summary>What an administrator sees of mail: that it was sent or waits; and, where there is no mail server, what it says, so that they can pass it on.</summary>
public sealed class WaitingMails(IDbContextFactory<AuthDbContext> contexts, Mails mails, TimeProvider clock)
{
    public const int Portion = 50;

    /// <summary>Newest first; nothing of what they say.</summary>
    /// <param name="before">The id after which the list goes on; null: from the newest.</param>
    public async Task<IReadOnlyList<MailItem>> ListAsync(string? before, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var rows = context.Mails.AsNoTracking().Where(row => before == null || row.Id.CompareTo(before) < 0).OrderByDescending(row => row.Id).Take(Portion);
        return await Items(rows).ToListAsync(ct);
    }

    /// <summary>One that can be opened; null: there is none, or a mail server will have it.</summary>
    public async Task<MailItem?> FindAsync(string id, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var context = await contexts.CreateDbContextAsync(ct);
        var found = context.Mails.AsNoTracking().Where(row => row.Id == id && row.Content != null && row.ExpiresAt > now);
        return mails.AreSent ? null : await Items(found).FirstOrDefaultAsync(ct);
    }

    /// <summary>What a mail says that waits for somebody to pass it on; the trail tells who read it. Null: there is none, or a mail server will have it.</summary>
    public async Task<OpenedMail?> OpenAsync(HttpContext http, string administratorId, string id, CancellationToken ct)
    {
        if (mails.AreSent)
        {
            return null;
        }

        var now = clock.GetUtcNow();
        await using var context = await contexts.CreateDbContextAsync(ct);
        var row = await context.Mails.AsNoTracking().FirstOrDefaultAsync(mail => mail.Id == id && mail.Content != null && mail.ExpiresAt > now, ct);
        if (row is null || mails.Open(row.Id, row.Content!) is not { } text)
        {
            return null;
        }

        context.AuditEvents.Add(AuditEventRow.From(http.Event(MailEvents.Opened, AuditOutcomes.Success, now) with
        {
            Subject = administratorId,
            Target = row.Id,
            Reason = row.Kind,
        }));
        await context.SaveChangesAsync(ct);
        return new OpenedMail(row.Id, row.Recipient, text);
    }

    private static IQueryable<MailItem> Items(IQueryable<OutgoingMail> rows) => rows.Select(row => new MailItem(
        row.Id, row.Kind, row.Recipient, row.CreatedAt, row.DueAt, row.SentAt, row.LastFailure, row.Content != null));
}

/// <param name="IsReadable">It has not been sent, and what it says is still there.</param>
public sealed record MailItem(
    string Id, string Kind, string Recipient, DateTimeOffset CreatedAt, DateTimeOffset? DueAt, DateTimeOffset? SentAt, string? Failure,
    bool IsReadable);

public sealed record OpenedMail(string Id, string Recipient, MailText Text);
