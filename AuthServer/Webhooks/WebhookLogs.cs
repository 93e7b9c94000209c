using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.Http.Api;
using AuthServer.Organizations;
using AuthServer.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Webhooks;

/// <summary>What an organization's webhooks were sent; and sending something again, or for a test.</summary>
public sealed class WebhookLogs(IDbContextFactory<AuthDbContext> contexts, WebhookOutbox outbox, WebhookSettings settings, TimeProvider clock)
{
    private static readonly Problem Disabled = Problem.Conflict("webhook_disabled", "The webhook is disabled: enable it first.");

    /// <summary>Newest first.</summary>
    public async Task<Answer<Page<DeliveryItem>>> ListAsync(Developer developer, string id, Paging paging, CancellationToken ct)
    {
        var cursor = paging.Cursor is null ? null : Identifiers.Read(WebhookDelivery.IdPrefix, paging.Cursor);
        if (cursor is null != paging.Cursor is null)
        {
            return Problem.Invalid("cursor", "Give the nextCursor of a page before.");
        }

        await using var context = await contexts.CreateDbContextAsync(ct);
        if (await OrganizationWebhooks.FindAsync(context, developer, id, ct) is not { } webhook)
        {
            return Problem.NotFound;
        }

#pragma warning disable CA1309 // the database compares
        var rows = await context.WebhookDeliveries.AsNoTracking()
            .Where(row => row.WebhookId == webhook.Id && (cursor == null || string.Compare(row.Id, cursor) < 0))
            .OrderByDescending(row => row.Id).Skip(paging.Offset).Take(paging.Limit + 1).ToListAsync(ct);
#pragma warning restore CA1309
        var part = rows.Take(paging.Limit).Select(DeliveryItem.Of).ToList();
        return new Page<DeliveryItem>(part, new PageMeta(null, paging.Limit, NextCursor: rows.Count > paging.Limit ? part[^1].Id : null));
    }

    /// <summary>Sends a message that is of no consequence. Its outcome is in the log.</summary>
    public async Task<Answer<DeliveryItem>> TestAsync(HttpContext http, Developer developer, string id, CancellationToken ct)
    {
        if (!settings.Enabled)
        {
            return OrganizationWebhooks.Off;
        }

        await using var context = await contexts.CreateDbContextAsync(ct);
        if (await OrganizationWebhooks.FindAsync(context, developer, id, ct) is not { } webhook)
        {
            return Problem.NotFound;
        }

        var now = clock.GetStoredNow();
        var tested = WebhookEvents.Of(WebhookEvents.Tested, http, developer, webhook, now);
        var row = new WebhookDelivery
        {
            Id = Identifiers.New(WebhookDelivery.IdPrefix, now),
            WebhookId = webhook.Id,
            EventId = tested.Id,
            Event = WebhookEventKinds.Test,
            CreatedAt = now,
            DueAt = now,
        };
        context.WebhookDeliveries.Add(row);
        context.AuditEvents.Add(AuditEventRow.From(tested));
        return await context.TrySaveChangesAsync(developer, Role.Developer, OrganizationWebhooks.NoLonger, () => RefuseTestAsync(context, webhook.Id, ct), ct) is { } refused
            ? refused
            : DeliveryItem.Of(row);
    }

    /// <summary>Sends a message once more, with all its attempts.</summary>
    public async Task<Answer<DeliveryItem>> ReplayAsync(HttpContext http, Developer developer, string id, string deliveryId, CancellationToken ct)
    {
        if (!settings.Enabled)
        {
            return OrganizationWebhooks.Off;
        }

        await using var context = await contexts.CreateDbContextAsync(ct);
        var known = Identifiers.Read(WebhookDelivery.IdPrefix, deliveryId);
        if (known is null || await OrganizationWebhooks.FindAsync(context, developer, id, ct) is not { } webhook
            || await context.WebhookDeliveries.AsNoTracking().FirstOrDefaultAsync(row => row.Id == known && row.WebhookId == webhook.Id, ct) is not { } row)
        {
            return Problem.NotFound;
        }

        if (!webhook.Enabled)
        {
            return Disabled;
        }

        var now = clock.GetStoredNow();
        var told = WebhookEvents.Of(WebhookEvents.Replayed, http, developer, webhook, now, delivery: row.Id);
        var replayed = await outbox.TryReplayAsync(developer.OrganizationId, developer.UserId, webhook.Id, row.Id, told, ct);
        if (replayed is not true)
        {
            return replayed is null ? OrganizationWebhooks.NoLonger : Problem.Conflict("delivery_pending", "It is waiting to be sent already.");
        }

        (row.DueAt, row.Attempts, row.DeliveredAt) = (now, 0, null);
        return DeliveryItem.Of(row);
    }

    private static async Task<Problem?> RefuseTestAsync(AuthDbContext context, string webhookId, CancellationToken ct)
    {
        if (await context.Webhooks.Where(row => row.Id == webhookId).Select(row => (bool?)row.Enabled).FirstOrDefaultAsync(ct) is not { } enabled)
        {
            return Problem.NotFound;
        }

        // Whoever presses the button again and again floods nobody.
        return !enabled ? Disabled
            : await context.WebhookDeliveries.AnyAsync(row => row.WebhookId == webhookId && row.DueAt != null && row.Event == WebhookEventKinds.Test, ct)
                ? Problem.Conflict("test_pending", "A test is on its way already: see the log.")
            : null;
    }
}
