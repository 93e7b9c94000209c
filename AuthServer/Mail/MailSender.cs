using AuthServer.Data;
using Microsoft.Extensions.Logging;
using MimeKit;

namespace AuthServer.Mail;

/// <summary>Sends what is due, one after another, and records what came of each.</summary>
internal sealed partial class MailSender(MailOutbox outbox, Mails mails, MailBody body, MailSettings settings, TimeProvider clock, ILogger<MailSender> logger)
{
    /// <summary>How long a mail belongs to whoever took it: longer than an attempt can last.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(10);

    // Then the next round goes on.
    private const int MostInARound = 200;

    public async Task SendDueAsync(MailServer server, CancellationToken ct)
    {
        using var connection = new MailConnection(server);
        for (var count = 0; count < MostInARound && await TakeAsync(ct) is { } mail; count++)
        {
            var failure = await TrySendAsync(connection, server, mail, ct);
            await RecordAsync(mail, failure);
            if (failure is { OfAll: true })
            {
                // The others keep their attempts.
                return;
            }
        }

        await connection.CloseAsync(ct);
    }

    private Task<TakenMail?> TakeAsync(CancellationToken ct)
    {
        var now = clock.GetStoredNow();
        return outbox.TryTakeAsync(now, now + Lease, ct);
    }

    private async Task<MailFailure?> TrySendAsync(MailConnection connection, MailServer server, TakenMail mail, CancellationToken ct)
    {
        try
        {
            return mails.Open(mail.Id, mail.Content) is { } text
                ? await connection.SendAsync(Message(server, mail, text), ct)
                : new MailFailure(MailFailures.Unreadable, OfAll: false);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // Whatever it is, a mail that is not recorded would be sent again for ever.
            Log.NotSent(logger, mail.Id, e);
            return new MailFailure(MailFailures.Internal, OfAll: true);
        }
    }

    private Task RecordAsync(TakenMail mail, MailFailure? failure)
    {
        var now = clock.GetStoredNow();
        if (failure is null)
        {
            return outbox.SentAsync(mail, now, CancellationToken.None);
        }

        // Neither the address nor the server's own words, which repeat it.
        Log.Refused(logger, mail.Id, settings.Server!.Host, failure.Reason, mail.Attempt);
        var next = now + MailRetries.After(mail.Attempt);
        return failure.Reason is MailFailures.Refused or MailFailures.Unreadable || next >= mail.ExpiresAt
            ? outbox.GiveUpAsync(mail, failure.Reason, now, CancellationToken.None)
            : outbox.FailedAsync(mail, failure.Reason, now, next, CancellationToken.None);
    }

    private MimeMessage Message(MailServer server, TakenMail mail, MailText text)
    {
        var message = new MimeMessage
        {
            Subject = text.Subject,
            Date = mail.CreatedAt,
            MessageId = $"{mail.Id}@{server.From[(server.From.LastIndexOf('@') + 1)..]}",
            Body = new BodyBuilder { TextBody = body.Plain(text), HtmlBody = body.Html(text) }.ToMessageBody(),
        };
        message.From.Add(new MailboxAddress(server.FromName, server.From));

        // The bare address: a name is somebody's text.
        message.To.Add(new MailboxAddress(null, mail.Recipient));

        // RFC 3834 §5: no programs answer it.
        message.Headers.Add("Auto-Submitted", "auto-generated");
        return message;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The mail {Id} could not be sent.")]
        public static partial void NotSent(ILogger logger, string id, Exception exception);

        [LoggerMessage(2, LogLevel.Warning, "The mail server {Host} did not take the mail {Id} ({Reason}, attempt {Attempt}).")]
        public static partial void Refused(ILogger logger, string id, string host, string reason, int attempt);
    }
}
