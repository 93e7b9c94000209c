using AuthServer.Applications;
using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.Http.Api;
using AuthServer.Keys;
using AuthServer.Organizations;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Webhooks;

/// <summary>The webhooks of an organization. Those of others do not exist here.</summary>
public sealed class OrganizationWebhooks(
    IDbContextFactory<AuthDbContext> contexts, WebhookRules rules, WebhookSettings settings, MasterKey master, TimeProvider clock)
{
    private const int Most = 10;

    internal static readonly Problem Off = Problem.Forbidden("webhooks_off", "This server sends no webhooks.");

    internal static readonly Problem NoLonger = Problem.Forbidden("role", "You can no longer change webhooks.");

    private static readonly Problem TooMany = Problem.Conflict("too_many_webhooks", $"An organization can have {Most} webhooks.");

    public async Task<Answer<Page<WebhookItem>>> ListAsync(Developer developer, Paging paging, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var context = await contexts.CreateDbContextAsync(ct);
        var own = context.Webhooks.AsNoTracking().Where(row => row.OrganizationId == developer.OrganizationId);
        var part = await own.OrderByDescending(row => row.Id).Skip(paging.Offset).Take(paging.Limit).ToListAsync(ct);
        return new Page<WebhookItem>([.. part.Select(row => WebhookItem.Of(row, now))], new PageMeta(await own.LongCountAsync(ct), paging.Limit, paging.Offset));
    }

    public async Task<Answer<WebhookItem>> FindAsync(Developer developer, string id, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await FindAsync(context, developer, id, ct) is { } row ? WebhookItem.Of(row, clock.GetUtcNow()) : Problem.NotFound;
    }

    public async Task<Answer<WebhookItem>> CreateAsync(HttpContext http, Developer developer, NewWebhook asked, CancellationToken ct)
    {
        if (!settings.Enabled)
        {
            return Off;
        }

        var faults = new Faults();
        var (url, events) = (rules.ReadUrl(asked.Url, faults), WebhookRules.ReadEvents(asked.Events, faults));
        WebhookRules.CheckDescription(asked.Description, faults);
        if (faults.Problem is { } problem)
        {
            return problem;
        }

        await using var context = await contexts.CreateDbContextAsync(ct);
        var (now, secret) = (clock.GetStoredNow(), WebhookSecret.New());
        var id = Identifiers.New(Webhook.IdPrefix, now);
        var webhook = new Webhook
        {
            Id = id,
            OrganizationId = developer.OrganizationId,
            CreatedBy = developer.UserId,
            Url = url!,
            Description = Described(asked.Description),
            Events = events!,
            Enabled = true,
            Secret = secret.Seal(master, id),
            ReadTo = Identifiers.First("aud_", now),
            CreatedAt = now,
            UpdatedAt = now,
            Version = Guid.NewGuid().ToString(),
        };
        context.Webhooks.Add(webhook);
        context.AuditEvents.Add(AuditEventRow.From(WebhookEvents.Of(WebhookEvents.Created, http, developer, webhook, now)));
        return await context.TrySaveChangesAsync(developer, Role.Developer, NoLonger, () => RefuseAsync(context, developer, ct), ct) is { } refused
            ? refused
            : Answer.Created(WebhookItem.Of(webhook, now, secret), $"/api/v1/webhooks/{id}");
    }

    public async Task<Answer<WebhookItem>> ChangeAsync(HttpContext http, Developer developer, string id, WebhookChange asked, IfMatch ifMatch, CancellationToken ct)
    {
        var faults = new Faults();
        var (url, events) = (asked.Url is null ? null : rules.ReadUrl(asked.Url, faults), asked.Events is null ? null : WebhookRules.ReadEvents(asked.Events, faults));
        WebhookRules.CheckDescription(asked.Description, faults);
        if (faults.Problem is { } problem)
        {
            return problem;
        }

        await using var context = await contexts.CreateDbContextAsync(ct);
        if ((await FindAsync(context, developer, id, ifMatch, ct)).Failed(out problem, out var row))
        {
            return problem;
        }

        var (now, description) = (clock.GetStoredNow(), asked.Description is null ? row.Description : Described(asked.Description));
        string?[] changed =
        [
            url is null || url == row.Url ? null : "url",
            events is null || events == row.Events ? null : "events",
            description == row.Description ? null : "description",
            asked.Enabled is null || asked.Enabled == row.Enabled ? null : "enabled",
        ];
        if (asked.Enabled is { } enabled && enabled != row.Enabled)
        {
            Switch(row, enabled, now);
        }

        // Nobody leaves behind a receiver of their own in what somebody else has made.
        if (changed.Contains("url") || (row.Enabled && changed.Contains("enabled")))
        {
            row.CreatedBy = developer.UserId;
        }

        (row.Url, row.Events, row.Description) = (url ?? row.Url, events ?? row.Events, description);
        return await SaveAsync(context, developer, row, now, WebhookEvents.Of(WebhookEvents.Updated, http, developer, row, now, [.. changed.OfType<string>()]), ct) is { } refused
            ? refused
            : WebhookItem.Of(row, now);
    }

    /// <summary>What waits for it is not sent any more, and its log is gone.</summary>
    public async Task<Answer<NoContent>> DeleteAsync(HttpContext http, Developer developer, string id, IfMatch ifMatch, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        if ((await FindAsync(context, developer, id, ifMatch, ct)).Failed(out var problem, out var row))
        {
            return problem;
        }

        context.Webhooks.Remove(row);
        var now = clock.GetStoredNow();
        return await SaveAsync(context, developer, row, now, WebhookEvents.Of(WebhookEvents.Deleted, http, developer, row, now), ct) is { } refused ? refused : Answer.Done;
    }

    /// <summary>Until the overlap ends, messages are signed with both secrets.</summary>
    public async Task<Answer<WebhookItem>> RotateAsync(HttpContext http, Developer developer, string id, SecretRotation rotation, IfMatch ifMatch, CancellationToken ct)
    {
        if (SecretRotation.Refuse(rotation) is { } problem)
        {
            return problem;
        }

        await using var context = await contexts.CreateDbContextAsync(ct);
        if ((await FindAsync(context, developer, id, ifMatch, ct)).Failed(out var missing, out var row))
        {
            return missing;
        }

        var (now, secret) = (clock.GetStoredNow(), WebhookSecret.New());
        var overlaps = rotation.OverlapSeconds > 0;
        (row.OldSecret, row.OldSecretUntil) = (overlaps ? row.Secret : null, overlaps ? now.AddSeconds(rotation.OverlapSeconds) : null);
        row.Secret = secret.Seal(master, row.Id);
        return await SaveAsync(context, developer, row, now, WebhookEvents.Of(WebhookEvents.SecretRotated, http, developer, row, now), ct) is { } refused
            ? refused == Problem.Stale ? Problem.Conflict("changed_meanwhile", "The webhook was changed meanwhile.") : refused
            : WebhookItem.Of(row, now, secret);
    }

    internal static async Task<Webhook?> FindAsync(AuthDbContext context, Developer developer, string id, CancellationToken ct) =>
        Identifiers.Read(Webhook.IdPrefix, id) is { } known
            ? await context.Webhooks.FirstOrDefaultAsync(row => row.Id == known && row.OrganizationId == developer.OrganizationId, ct)
            : null;

    private static async Task<Answer<Webhook>> FindAsync(AuthDbContext context, Developer developer, string id, IfMatch ifMatch, CancellationToken ct) =>
        await FindAsync(context, developer, id, ct) is not { } row ? Problem.NotFound : ifMatch.Allows(row.Version) ? row : Problem.Stale;

    // What happened while it was disabled was not meant for it.
    private static void Switch(Webhook row, bool enabled, DateTimeOffset now)
    {
        row.Enabled = enabled;
        (row.DisabledReason, row.DisabledAt) = (null, enabled ? null : now);
        if (enabled)
        {
            (row.FailingSince, row.ReadTo) = (null, Identifiers.First("aud_", now));
        }
    }

    private static string? Described(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static async Task<Problem?> RefuseAsync(AuthDbContext context, Developer developer, CancellationToken ct) =>
        await context.Webhooks.CountAsync(row => row.OrganizationId == developer.OrganizationId, ct) >= Most ? TooMany : null;

    private static async Task<Problem?> SaveAsync(AuthDbContext context, Developer developer, Webhook row, DateTimeOffset now, AuditEvent why, CancellationToken ct)
    {
        (row.UpdatedAt, row.Version) = (now, Guid.NewGuid().ToString());
        context.AuditEvents.Add(AuditEventRow.From(why));
        try
        {
            return await context.TrySaveChangesAsync(developer, Role.Developer, ct) ? null : NoLonger;
        }
        catch (DbUpdateConcurrencyException)
        {
            return Problem.Stale;
        }
    }
}
