using AuthServer.Accounts;
using AuthServer.Data;
using AuthServer.Organizations;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using AuthServer.Webhooks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Data;

public sealed class SqliteWebhookOutboxTests(SqliteStore store) : WebhookOutboxContract(store), IClassFixture<SqliteStore>;

public sealed class PostgreSqlWebhookOutboxTests(PostgreSqlStore store) : WebhookOutboxContract(store), IClassFixture<PostgreSqlStore>;

/// <summary>Whoever asks at once, each message is queued once and sent by one.</summary>
public abstract class WebhookOutboxContract(DatabaseStore store)
{
    private static readonly DateTimeOffset Now = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Until = Now.AddMinutes(1);

    private WebhookOutbox Outbox => store.Services.GetRequiredService<WebhookOutbox>();

    [Fact]
    public async Task Two_nodes_that_follow_the_trail_at_once_queue_each_event_once()
    {
        var webhook = await WebhookAsync(Now);
        for (var i = 0; i < 250; i++)
        {
            await HappensAsync(webhook, Now.AddSeconds(1));
        }

        // Another organization's, and of another kind.
        await HappensAsync(await WebhookAsync(Now), Now.AddSeconds(1));
        await HappensAsync(webhook, Now.AddSeconds(1), "agent.registered");
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => FollowAsync(Now.AddSeconds(2))));

        Assert.Equal(250, await store.QueryAsync(context => context.WebhookDeliveries.Where(row => row.WebhookId == webhook.Id).Select(row => row.EventId).Distinct().CountAsync()));
        Assert.Equal(250, await store.QueryAsync(context => context.WebhookDeliveries.CountAsync(row => row.WebhookId == webhook.Id)));
    }

    [Fact]
    public async Task What_was_looked_at_long_enough_is_not_read_again()
    {
        var webhook = await WebhookAsync(Now);
        await HappensAsync(webhook, Now.AddSeconds(1));
        await FollowAsync(Now.AddHours(1));
        var readTo = (await FindAsync(webhook)).ReadTo;
        Assert.Equal(Identifiers.First("aud_", Now.AddHours(1) - WebhookFollower.Lateness), readTo);

        await HappensAsync(webhook, Now.AddMinutes(1));
        await HappensAsync(webhook, Now.AddMinutes(56));
        await FollowAsync(Now.AddHours(1));
        Assert.Equal(2, await store.QueryAsync(context => context.WebhookDeliveries.CountAsync(row => row.WebhookId == webhook.Id)));

        // A quick look does not go back so far, and takes nothing away from the thorough one.
        await HappensAsync(webhook, Now.AddMinutes(57));
        await FollowAsync(Now.AddHours(1), thorough: false);
        Assert.Equal(2, await store.QueryAsync(context => context.WebhookDeliveries.CountAsync(row => row.WebhookId == webhook.Id)));
        await FollowAsync(Now.AddHours(1));
        Assert.Equal(3, await store.QueryAsync(context => context.WebhookDeliveries.CountAsync(row => row.WebhookId == webhook.Id)));
    }

    [Fact]
    public async Task What_was_erased_from_the_trail_is_no_news()
    {
        var webhook = await WebhookAsync(Now);
        await HappensAsync(webhook, Now.AddSeconds(1), type: "");
        await HappensAsync(webhook, Now.AddSeconds(1));
        var reading = new ReadingWebhook(webhook.Id, webhook.OrganizationId, "consent.granted consent.revoked", webhook.ReadTo);
        var types = WebhookEventKinds.TypesOf(reading.Events);

        var news = Assert.Single(await store.Services.GetRequiredService<WebhookNews>().OfAsync(reading, types, webhook.ReadTo, default));
        Assert.Equal("consent.granted", news.Type);
    }

    [Fact]
    public async Task What_finds_no_room_waits_in_the_trail()
    {
        var webhook = await WebhookAsync(Now);
        await HappensAsync(webhook, Now.AddSeconds(1));
        await AddAsync(webhook, WebhookOutbox.MostWaiting);
        await FollowAsync(Now.AddHours(1));
        Assert.Equal(Identifiers.First("aud_", Now), (await FindAsync(webhook)).ReadTo);

        var taken = await Outbox.TryTakeAsync(webhook.Id, Now.AddHours(1), Now.AddHours(2), default);
        await Outbox.RecordAsync(taken!, Received(Now.AddHours(1)), default);
        await FollowAsync(Now.AddHours(1));
        Assert.True(await Outbox.IsFullAsync(webhook.Id, default));
        Assert.Equal(WebhookOutbox.MostWaiting + 1, await store.QueryAsync(context => context.WebhookDeliveries.CountAsync(row => row.WebhookId == webhook.Id)));
        await store.QueryAsync(context => context.Webhooks.Where(row => row.Id == webhook.Id).ExecuteDeleteAsync());
    }

    [Fact]
    public async Task Of_many_who_take_at_once_each_message_goes_to_one()
    {
        var webhook = await WebhookAsync(Now);
        await AddAsync(webhook, 20);
        var taken = (await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => TakeAllAsync(webhook)))).SelectMany(ids => ids).ToList();

        Assert.Equal(20, taken.Distinct().Count());
        Assert.Equal(20, taken.Count);
        Assert.DoesNotContain(await Outbox.DueAsync(Now, default), due => due.Id == webhook.Id);
        Assert.Contains((webhook.Id, webhook.OrganizationId), await Outbox.DueAsync(Until, default));
    }

    [Fact]
    public async Task Who_records_after_another_has_taken_it_changes_nothing()
    {
        var webhook = await WebhookAsync(Now);
        await AddAsync(webhook, 1);
        var first = (await Outbox.TryTakeAsync(webhook.Id, Now, Until, default))!;
        var second = (await Outbox.TryTakeAsync(webhook.Id, Until, Until.AddMinutes(1), default))!;
        Assert.Equal((1, 2, first.Id), (first.Attempt, second.Attempt, second.Id));

        await Outbox.RecordAsync(first, Failed(Until), default);
        var row = await store.QueryAsync(context => context.WebhookDeliveries.AsNoTracking().SingleAsync(row => row.WebhookId == webhook.Id));
        Assert.Equal((second.Until, null), (row.DueAt, row.LastFailure));
        Assert.Null((await FindAsync(webhook)).FailingSince);

        await Outbox.RecordAsync(second, Received(Until), default);
        row = await store.QueryAsync(context => context.WebhookDeliveries.AsNoTracking().SingleAsync(row => row.WebhookId == webhook.Id));
        Assert.Equal((null, Until, 200, null), (row.DueAt, row.DeliveredAt, row.LastStatus, row.LastFailure));
    }

    [Fact]
    public async Task Failures_in_a_row_are_counted_from_the_first_and_the_server_disables_once()
    {
        var webhook = await WebhookAsync(Now);
        await AddAsync(webhook, 4);
        await Outbox.RecordAsync((await Outbox.TryTakeAsync(webhook.Id, Now, Until, default))!, Failed(Now), default);
        await Outbox.RecordAsync((await Outbox.TryTakeAsync(webhook.Id, Now, Until, default))!, Failed(Now.AddDays(1)), default);
        Assert.Equal((true, Now), ((await FindAsync(webhook)).Enabled, (await FindAsync(webhook)).FailingSince));

        var last = new[] { await Outbox.TryTakeAsync(webhook.Id, Now, Until, default), await Outbox.TryTakeAsync(webhook.Id, Now, Until, default) };
        await Task.WhenAll(last.Select(message => Outbox.RecordAsync(message!, Failed(Now.AddDays(6)), default)));

        var row = await FindAsync(webhook);
        Assert.Equal((false, DisabledReasons.Failing, Now.AddDays(6)), (row.Enabled, row.DisabledReason, row.DisabledAt));
        Assert.Single(await store.QueryAsync(context => context.AuditEvents.Where(told => told.Type == WebhookEvents.DisabledByServer && told.Target == webhook.Id).ToListAsync()));
        Assert.Null(await Outbox.TargetAsync(webhook.Id, default));
    }

    [Fact]
    public async Task Nothing_is_queued_for_a_webhook_that_is_gone_or_disabled()
    {
        var (gone, disabled) = (await WebhookAsync(Now), await WebhookAsync(Now));
        await store.QueryAsync(context => context.Webhooks.Where(row => row.Id == gone.Id).ExecuteDeleteAsync());
        await store.QueryAsync(context => context.Webhooks.Where(row => row.Id == disabled.Id).ExecuteUpdateAsync(row => row.SetProperty(hook => hook.Enabled, false)));

        Assert.False(await Outbox.TryAddAsync(gone.Id, "", [Message()], default));
        Assert.False(await Outbox.TryAddAsync(disabled.Id, "", [Message()], default));
    }

    [Fact]
    public async Task Deleting_a_webhook_while_messages_are_queued_leaves_none_behind()
    {
        for (var round = 0; round < 10; round++)
        {
            var webhook = await WebhookAsync(Now);
            await Task.WhenAll(
                Task.Run(() => Outbox.TryAddAsync(webhook.Id, "", [.. Enumerable.Range(0, 20).Select(_ => Message())], default)),
                Task.Run(() => store.QueryAsync(context => context.Webhooks.Where(row => row.Id == webhook.Id).ExecuteDeleteAsync())));

            Assert.False(await store.QueryAsync(context => context.WebhookDeliveries.AnyAsync(row => row.WebhookId == webhook.Id)));
        }
    }

    [Fact]
    public async Task A_message_is_replayed_once_however_many_ask_and_only_when_it_is_done()
    {
        var webhook = await WebhookAsync(Now);
        await AddAsync(webhook, 1);
        var message = (await Outbox.TryTakeAsync(webhook.Id, Now, Until, default))!;
        var member = await JoinAsync(webhook, Role.Developer);
        Task<bool?> ReplayAsync(string id, string? userId = null) => Outbox.TryReplayAsync(webhook.OrganizationId, userId ?? member, id, message.Id, Told(), default);
        Assert.False(await ReplayAsync(webhook.Id));
        await Outbox.RecordAsync(message, Received(Now), default);
        Assert.False(await ReplayAsync("whk_other"));
        Assert.Null(await ReplayAsync(webhook.Id, await JoinAsync(webhook, Role.Auditor)));
        Assert.Null(await ReplayAsync(webhook.Id, await JoinAsync(await WebhookAsync(Now), Role.Owner)));

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ReplayAsync(webhook.Id)));
        Assert.Single(answers, won => won is true);
        Assert.Equal(1, (await Outbox.TryTakeAsync(webhook.Id, Now, Until, default))!.Attempt);
    }

    [Fact]
    public async Task The_log_is_pruned_a_portion_at_a_time_and_what_waits_stays()
    {
        var webhook = await WebhookAsync(Now.AddHours(2));
        await AddAsync(webhook, 600);
        await DoneAsync(webhook);
        await Outbox.TryAddAsync(webhook.Id, "", [Message(), Message(Now.AddDays(1))], default);
        await PruneAsync();

        Assert.Equal(2, await CountAsync(webhook));
        await DoneAsync(webhook);
        await PruneAsync();
        Assert.Equal(1, await CountAsync(webhook));
    }

    [Fact]
    public async Task What_waits_for_a_webhook_that_is_disabled_goes_when_the_log_ends_and_not_before()
    {
        var webhook = await WebhookAsync(Now.AddHours(2));
        await Outbox.TryAddAsync(webhook.Id, "", [Message(), Message(Now.AddDays(1))], default);
        await PruneAsync();
        Assert.Equal(2, await CountAsync(webhook));

        await store.QueryAsync(context => context.Webhooks.Where(row => row.Id == webhook.Id).ExecuteUpdateAsync(row => row.SetProperty(hook => hook.Enabled, false)));
        await PruneAsync();
        Assert.Equal(1, await CountAsync(webhook));
        Assert.Equal(Now.AddDays(1), await store.QueryAsync(context => context.WebhookDeliveries.Where(row => row.WebhookId == webhook.Id).Select(row => row.CreatedAt).SingleAsync()));
    }

    [Fact]
    public async Task Of_one_webhook_the_newest_messages_are_kept_and_all_that_wait()
    {
        var (webhook, other) = (await WebhookAsync(Now.AddHours(2)), await WebhookAsync(Now.AddHours(2)));
        await Outbox.TryAddAsync(webhook.Id, "", [.. Enumerable.Range(0, 20).Select(i => Message(Now.AddHours(2 + i)))], default);
        await DoneAsync(webhook);
        await Outbox.TryAddAsync(webhook.Id, "", [Message(Now.AddHours(1))], default);
        await AddAsync(other, 5);
        await PruneAsync(mostKept: 5);

        Assert.Equal((6, 5), (await CountAsync(webhook), await CountAsync(other)));
        var oldest = await store.QueryAsync(context => context.WebhookDeliveries.Where(row => row.WebhookId == webhook.Id && row.DueAt == null).OrderBy(row => row.Id).Select(row => row.CreatedAt).FirstAsync());
        Assert.Equal(Now.AddHours(17), oldest);
    }

    [Fact]
    public async Task What_would_be_found_in_the_trail_again_is_not_forgotten_yet()
    {
        var webhook = await WebhookAsync(Now);
        await HappensAsync(webhook, Now.AddSeconds(1));
        await FollowAsync(Now.AddSeconds(2));
        await DoneAsync(webhook);
        await PruneAsync(mostKept: 0);
        await FollowAsync(Now.AddSeconds(3));
        Assert.False(await store.QueryAsync(context => context.WebhookDeliveries.AnyAsync(row => row.WebhookId == webhook.Id && row.DueAt != null)));
        Assert.Equal(1, await CountAsync(webhook));

        // What happened while it is disabled is not for it: nothing of that is looked at again.
        await store.QueryAsync(context => context.Webhooks.Where(row => row.Id == webhook.Id).ExecuteUpdateAsync(row => row.SetProperty(hook => hook.Enabled, false)));
        await PruneAsync(mostKept: 0);
        Assert.Equal(0, await CountAsync(webhook));
    }

    private static AuditEvent Told() => new() { Id = Identifiers.New("aud_", Now), At = Now, Type = WebhookEvents.Replayed, Outcome = AuditOutcomes.Success };

    private static WebhookDelivery Message(DateTimeOffset? at = null) => new()
    {
        Id = Identifiers.New(WebhookDelivery.IdPrefix, at ?? Now),
        EventId = Identifiers.New("aud_", Now),
        Event = "consent.granted",
        CreatedAt = at ?? Now,
    };

    private static WebhookAttempt Received(DateTimeOffset at) => new() { At = at, Status = 200, Milliseconds = 3, FailingSinceAtMost = at.AddDays(-5) };

    private static WebhookAttempt Failed(DateTimeOffset at) => new()
    {
        At = at,
        Failure = DeliveryFailures.Timeout,
        Next = at.AddMinutes(10),
        FailingSinceAtMost = at.AddDays(-5),
    };

    private async Task<List<string>> TakeAllAsync(Webhook webhook)
    {
        List<string> ids = [];

        // On PostgreSQL one that another took in the same moment is no answer yet.
        for (var misses = 0; misses < 20;)
        {
            if (await Outbox.TryTakeAsync(webhook.Id, Now, Until, default) is { } message)
            {
                ids.Add(message.Id);
            }
            else
            {
                misses++;
            }
        }

        return ids;
    }

    /// <summary>Forgets what is older than an hour after the beginning.</summary>
    private Task PruneAsync(int mostKept = WebhookOutbox.MostKept) => Outbox.PruneAsync(Identifiers.First(WebhookDelivery.IdPrefix, Now.AddHours(1)), mostKept, default);

    private Task<int> CountAsync(Webhook webhook) => store.QueryAsync(context => context.WebhookDeliveries.CountAsync(row => row.WebhookId == webhook.Id));

    private Task<int> DoneAsync(Webhook webhook) => store.QueryAsync(context =>
        context.WebhookDeliveries.Where(row => row.WebhookId == webhook.Id).ExecuteUpdateAsync(row => row.SetProperty(message => message.DueAt, (DateTimeOffset?)null)));

    private async Task AddAsync(Webhook webhook, int count) =>
        Assert.True(await Outbox.TryAddAsync(webhook.Id, "", [.. Enumerable.Range(0, count).Select(_ => Message())], default));

    private Task FollowAsync(DateTimeOffset now, bool thorough = true) =>
        new WebhookFollower(store.Services.GetRequiredService<WebhookNews>(), Outbox, new TestClock(now)).FollowAsync(thorough, default);

    private Task HappensAsync(Webhook webhook, DateTimeOffset at, string type = "consent.granted") => store.Trail.AppendAsync(
        new() { Id = Identifiers.New("aud_", at), At = at, Type = type, Outcome = AuditOutcomes.Success, OrganizationId = webhook.OrganizationId }, default);

    /// <summary>A new member of the webhook's organization.</summary>
    private async Task<string> JoinAsync(Webhook webhook, Role role)
    {
        var id = Identifiers.New("usr_", Now);
        await store.QueryAsync(context =>
        {
            context.Users.Add(new User { Id = id, UserName = id, NormalizedUserName = id.ToUpperInvariant(), Email = id + "@example.com", CreatedAt = Now, UpdatedAt = Now });
            context.Members.Add(new Member { OrganizationId = webhook.OrganizationId, UserId = id, Role = role, JoinedAt = Now });
            return context.SaveChangesAsync();
        });
        return id;
    }

    private Task<Webhook> FindAsync(Webhook webhook) => store.QueryAsync(context => context.Webhooks.AsNoTracking().SingleAsync(row => row.Id == webhook.Id));

    private async Task<Webhook> WebhookAsync(DateTimeOffset since)
    {
        var organization = new Organization { Id = Identifiers.New("acct_", Now), Name = "Acme", CreatedAt = Now, Version = "1" };
        var webhook = new Webhook
        {
            Id = Identifiers.New(Webhook.IdPrefix, Now),
            OrganizationId = organization.Id,
            Url = "https://hooks.example/",
            Events = "consent.granted",
            Enabled = true,
            Secret = [1],
            ReadTo = Identifiers.First("aud_", since),
            CreatedAt = Now,
            UpdatedAt = Now,
            Version = "1",
        };
        await store.QueryAsync(async context =>
        {
            context.Organizations.Add(organization);
            context.Webhooks.Add(webhook);
            return await context.SaveChangesAsync();
        });
        return webhook;
    }
}
