using System.Globalization;
using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.Keys;
using AuthServer.Outbound;
using Microsoft.Extensions.Logging;

namespace AuthServer.Webhooks;

/// <summary>Sends one message and records what came of it.</summary>
public sealed partial class WebhookSender(
    WebhookOutbox outbox, AuditQuery trail, OutboundPosts posts, MasterKey master, WebhookSettings settings, TimeProvider clock, ILogger<WebhookSender> logger)
{
    // Whoever needs longer holds up others.
    private const int PromptMilliseconds = 1000;

    /// <summary>Whether it was received, and promptly. To a webhook that is deleted or disabled nothing is sent.</summary>
    public async Task<bool> SendAsync(TakenMessage message, CancellationToken ct)
    {
        if (await outbox.TargetAsync(message.WebhookId, ct) is not { } target)
        {
            return false;
        }

        var attempt = await TryAttemptAsync(message, target, ct);
        await outbox.RecordAsync(message, attempt, CancellationToken.None);
        return attempt is { Failure: null, Milliseconds: <= PromptMilliseconds };
    }

    private async Task<WebhookAttempt> TryAttemptAsync(TakenMessage message, WebhookTarget target, CancellationToken ct)
    {
        try
        {
            return await AttemptAsync(message, target, ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // Whatever it is, a message that is not recorded would be sent again for ever.
            Log.NotSent(logger, message.Id, message.WebhookId, e);
            return Failed(message, clock.GetStoredNow(), DeliveryFailures.Internal);
        }
    }

    private async Task<WebhookAttempt> AttemptAsync(TakenMessage message, WebhookTarget target, CancellationToken ct)
    {
        var now = clock.GetStoredNow();
        if (await trail.GetAsync(message.EventId, ct) is not { } entry)
        {
            return Failed(message, now, DeliveryFailures.EventGone);
        }

        if (Secrets(message.WebhookId, target, now) is not { } secrets)
        {
            return Failed(message, now, DeliveryFailures.SecretUnreadable);
        }

        var body = WebhookMessage.Write(message.Event, entry);
        var begun = clock.GetTimestamp();
        var reply = await posts.SendAsync(new Uri(target.Url), body, Headers(message, secrets, now, body), ct);
        return Outcome(message, reply, clock.GetElapsedTime(begun), clock.GetStoredNow());
    }

    /// <summary>The present one first; null: it does not open.</summary>
    private List<WebhookSecret>? Secrets(string webhookId, WebhookTarget target, DateTimeOffset now)
    {
        if (WebhookSecret.Open(master, target.Secret, webhookId) is not { } present)
        {
            return null;
        }

        var old = target.OldSecretUntil > now && target.OldSecret is { } stored ? WebhookSecret.Open(master, stored, webhookId) : null;
        return old is null ? [present] : [present, old];
    }

    private static IEnumerable<KeyValuePair<string, string>> Headers(TakenMessage message, List<WebhookSecret> secrets, DateTimeOffset now, byte[] body)
    {
        var timestamp = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return
        [
            new("webhook-id", message.Id),
            new("webhook-timestamp", timestamp),
            new("webhook-signature", string.Join(' ', secrets.Select(secret => secret.Sign(message.Id, timestamp, body)))),
            new("X-AgentAuth-Event", message.Event),

            // It holds one signature only: the old secret counts until its time is over, so that a receiver has that time to learn the new one.
            new("X-AgentAuth-Signature", secrets[^1].SignBody(body)),
        ];
    }

    private WebhookAttempt Outcome(TakenMessage message, OutboundReply reply, TimeSpan took, DateTimeOffset now)
    {
        var milliseconds = (int)took.TotalMilliseconds;
        return reply.Status switch
        {
            >= 200 and < 300 => new WebhookAttempt { At = now, Status = reply.Status, Milliseconds = milliseconds, FailingSinceAtMost = default },
            410 => Failed(message, now, DeliveryFailures.Status) with
            {
                Status = 410,
                Milliseconds = milliseconds,
                Next = null,
                FailingSinceAtMost = now,
                DisabledReason = DisabledReasons.Gone,
            },
            { } status => Failed(message, now, status is >= 300 and < 400 ? DeliveryFailures.Redirect : DeliveryFailures.Status, reply.RetryAfter) with
            {
                Status = status,
                Milliseconds = milliseconds,
            },

            // Whether there is such a name, and whether it leads into our own network, is the same to those outside; so is how long it took to find out.
            null => Failed(message, now, reply.Failure == "timeout" ? DeliveryFailures.Timeout : DeliveryFailures.Unreachable),
        };
    }

    private WebhookAttempt Failed(TakenMessage message, DateTimeOffset now, string failure, TimeSpan? retryAfter = null) => new()
    {
        At = now,
        Failure = failure,
        Next = failure == DeliveryFailures.EventGone || message.Attempt >= settings.Attempts ? null : now + WebhookRetries.After(message.Attempt, retryAfter),
        FailingSinceAtMost = now - settings.DisableAfter,
    };

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The message {Id} could not be sent to the webhook {WebhookId}.")]
        public static partial void NotSent(ILogger logger, string id, string webhookId, Exception exception);
    }
}
