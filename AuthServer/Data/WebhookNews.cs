using System.Data.Common;
using AuthServer.Webhooks;

namespace AuthServer.Data;

/// <summary>Finds in the trail what webhooks are to be told. An event may be stored some time after the moment that its id bears, so what was read is read
/// again for a while; what is in a webhook's log already is left out.</summary>
public sealed class WebhookNews(IDatabaseReader reader)
{
    /// <summary>Most events of one portion.</summary>
    public const int Portion = 200;

    private static readonly Statement WithNews = new(
        """
        SELECT hook."Id", hook."OrganizationId", hook."Events", hook."ReadTo" FROM "Webhooks" AS hook
        WHERE hook."Enabled" AND EXISTS (SELECT 1 FROM "AuditEvents" AS event
            WHERE event."OrganizationId" = hook."OrganizationId" AND event."Id" > hook."ReadTo" AND event."Id" > $1)
        """);

    // A word of the list that is taken out of it makes it shorter. Of an event that was erased only its place in the chain is left: it has no type.
    private static readonly Statement News = new(
        """
        SELECT event."Id", event."Type", event."Outcome", event."Target", event."PolicyId", event."Detail" FROM "AuditEvents" AS event
        WHERE event."OrganizationId" = $1 AND event."Id" > $2 AND event."Type" <> '' AND replace($3, ' ' || event."Type" || ' ', '') <> $3
            AND NOT EXISTS (SELECT 1 FROM "WebhookDeliveries" AS known WHERE known."EventId" = event."Id" AND known."WebhookId" = $4)
        ORDER BY event."Id" LIMIT 200
        """);

    /// <summary>The webhooks to whose organizations something happened.</summary>
    /// <param name="after">Only after this id of the trail; empty: after whatever each has read.</param>
    public ValueTask<List<ReadingWebhook>> WebhooksAsync(string after, CancellationToken ct) => reader.ListAsync(
        WithNews, row => new ReadingWebhook(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3)), [after], ct);

    /// <summary>The next events that may be for it, in the order of their ids; fewer than <see cref="Portion"/>: there are no more.</summary>
    /// <param name="types">As <see cref="WebhookEventKinds.TypesOf"/> writes them.</param>
    public ValueTask<List<TrailNews>> OfAsync(ReadingWebhook webhook, string types, string after, CancellationToken ct) =>
        reader.ListAsync(News, Read, [webhook.OrganizationId, after, types, webhook.Id], ct);

    private static TrailNews Read(DbDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetString(2), Text(row, 3), Text(row, 4), Text(row, 5));

    private static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}

/// <param name="Events">Names, separated by spaces.</param>
/// <param name="ReadTo">The id of the trail up to which everything was looked at.</param>
public sealed record ReadingWebhook(string Id, string OrganizationId, string Events, string ReadTo);
