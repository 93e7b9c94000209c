using AuthServer.Data;
using AuthServer.Protocol;

namespace AuthServer.Webhooks;

/// <summary>Follows the trail and lets messages wait for the webhooks that ask for its events. Nothing is added to what writes an event: what happened is read
/// afterwards, by every node, and each event counts once for a webhook.</summary>
public sealed class WebhookFollower(WebhookNews news, WebhookOutbox outbox, TimeProvider clock)
{
    /// <summary>How long after the moment that it bears an event may be stored: a request that took long, or a node whose clock is late.</summary>
    public static readonly TimeSpan Lateness = TimeSpan.FromMinutes(5);

    // What most events need; the rest is found by the thorough look.
    private static readonly TimeSpan UsualLateness = TimeSpan.FromSeconds(5);

    /// <param name="thorough">Looks at all that a webhook may not have seen, not only at what is quite new.</param>
    public async Task FollowAsync(bool thorough, CancellationToken ct)
    {
        var now = clock.GetStoredNow();
        var after = thorough ? "" : Identifiers.First("aud_", now - UsualLateness);
        foreach (var webhook in await news.WebhooksAsync(after, ct))
        {
            await FollowAsync(webhook, after, thorough, now, ct);
        }
    }

    private async Task FollowAsync(ReadingWebhook webhook, string after, bool thorough, DateTimeOffset now, CancellationToken ct)
    {
        var (types, last) = (WebhookEventKinds.TypesOf(webhook.Events), string.CompareOrdinal(after, webhook.ReadTo) > 0 ? after : webhook.ReadTo);
        var horizon = Identifiers.First("aud_", now - Lateness);

        // What does not find room waits in the trail.
        while (!await outbox.IsFullAsync(webhook.Id, ct))
        {
            var found = await news.OfAsync(webhook, types, last, ct);
            var isAll = found.Count < WebhookNews.Portion;
            var messages = found.Select(item => Message(webhook, item, now)).OfType<WebhookDelivery>().ToList();
            last = isAll ? last : found[^1].Id;

            // A quick look has skipped what lies before it.
            var readTo = !thorough ? "" : isAll || string.CompareOrdinal(last, horizon) > 0 ? horizon : last;
            if ((messages.Count > 0 || string.CompareOrdinal(readTo, webhook.ReadTo) > 0) && !await outbox.TryAddAsync(webhook.Id, readTo, messages, ct))
            {
                return;
            }

            if (isAll)
            {
                return;
            }
        }
    }

    private static WebhookDelivery? Message(ReadingWebhook webhook, TrailNews item, DateTimeOffset now) =>
        WebhookEventKinds.NameOf(item) is { } name && webhook.Events.Split(' ').Contains(name)
            ? new WebhookDelivery { Id = Identifiers.New(WebhookDelivery.IdPrefix, now), EventId = item.Id, Event = name, CreatedAt = now }
            : null;
}
