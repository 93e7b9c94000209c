using System.Text.Json;
using AuthServer.Data;
using AuthServer.Keys;
using AuthServer.Protocol;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Mail;

/// <summary>Makes mails, to be stored in the commit of what causes them. No address gets many of one kind, whoever causes them: nobody can flood an inbox.</summary>
public sealed class Mails(MasterKey master, MailSettings settings)
{
    /// <summary>How many mails of one kind an address gets in an hour.</summary>
    public const int MostInAnHour = 5;

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private static readonly UpperInvariantLookupNormalizer Normalizer = new();

    /// <summary>Whether there is a mail server. Without one, only what nobody can do without is stored, for an administrator to pass on.</summary>
    public bool AreSent => settings.Server is not null;

    /// <param name="kind">What it is about, in one stable word.</param>
    /// <param name="userId">Whose account it is about; null: nobody's.</param>
    /// <param name="lifetime">How long it is worth anything.</param>
    public OutgoingMail Write(string kind, string recipient, string? userId, MailText text, DateTimeOffset now, TimeSpan lifetime)
    {
        var id = Identifiers.New(OutgoingMail.IdPrefix, now);
        return new OutgoingMail
        {
            Id = id,
            Kind = kind,
            UserId = userId,
            Recipient = recipient,
            NormalizedRecipient = Normalizer.NormalizeEmail(recipient),
            Content = master.Seal(JsonSerializer.SerializeToUtf8Bytes(text), Identity(id)),
            CreatedAt = now,
            ExpiresAt = now + lifetime,
            DueAt = now,
        };
    }

    /// <summary>What a mail says; null: it was sealed with another master key, or is damaged.</summary>
    public MailText? Open(string id, byte[] content) =>
        master.TryOpen(content, Identity(id), out var plain, out _) ? JsonSerializer.Deserialize<MailText>(plain) : null;

    /// <summary>Stores it with what the caller saves; false: the address has had enough of this kind.</summary>
    public async Task<bool> TryAddAsync(AuthDbContext context, OutgoingMail mail, CancellationToken ct)
    {
        var since = mail.CreatedAt - Hour;
        var had = await context.Mails.CountAsync(row => row.NormalizedRecipient == mail.NormalizedRecipient && row.Kind == mail.Kind && row.CreatedAt > since, ct);
        if (had >= MostInAnHour)
        {
            return false;
        }

        context.Mails.Add(mail);
        return true;
    }

    /// <summary>The person's links of these kinds are worth nothing any more, with what the caller saves: what waits with one is not sent and not read.</summary>
    public static async Task ReplaceAsync(AuthDbContext context, string userId, IReadOnlyList<string> kinds, CancellationToken ct)
    {
        foreach (var mail in await context.Mails.Where(row => row.UserId == userId && kinds.Contains(row.Kind) && row.Content != null).ToListAsync(ct))
        {
            (mail.DueAt, mail.Content, mail.LastFailure) = (null, null, MailFailures.Replaced);
        }
    }

    private static string Identity(string id) => "mail:" + id;
}
