using System.Net;
using System.Text.Json;
using AuthServer.Data;
using AuthServer.Protocol;
using AuthServer.Tests.Support;
using AuthServer.Webhooks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static AuthServer.Tests.Support.AgentSide;

namespace AuthServer.Tests.Webhooks;

/// <summary>What does not arrive is sent again, in time; and what was sent can be seen, and sent once more.</summary>
public sealed class WebhookRetryTests : IAsyncLifetime
{
    private const string Route = WebhookSide.Route;

    // The longest that each attempt waits for the next: a fifth more than is written.
    private static readonly TimeSpan[] Waits = [TimeSpan.FromSeconds(36), TimeSpan.FromMinutes(6), TimeSpan.FromMinutes(36), TimeSpan.FromHours(3.6)];

    private readonly WebhookSide _side = new();
    private string _id = "";

    public async Task InitializeAsync()
    {
        await _side.InitializeAsync();
        _id = WebhookSide.IdOf(await _side.HookAsync("agent.created"));
    }

    public Task DisposeAsync() => _side.DisposeAsync();

    [Fact]
    public async Task A_message_that_fails_is_sent_five_times_with_the_same_id_and_given_up()
    {
        _side.Receiver.Answer("/hook", 500);
        await _side.Acme.RegisterAsync();
        await _side.FinishAsync();
        foreach (var wait in Waits)
        {
            Assert.Equal("pending", Text(await LastAsync(), "status"));
            await _side.FinishAsync(wait);
        }

        var last = await LastAsync();
        Assert.Equal(5, _side.Receiver.All.Count);
        Assert.Single(_side.Receiver.All.Select(message => message.Id).Distinct());
        Assert.Single(_side.Receiver.All.Select(message => message.Text).Distinct());
        Assert.Equal(5, _side.Receiver.All.Select(message => message.Headers["webhook-timestamp"]).Distinct().Count());
        Assert.Equal(("failed", 5, 500, "status"), (Text(last, "status"), last.GetProperty("attempts").GetInt32(), last.GetProperty("response_status").GetInt32(), Text(last, "error")));
        await _side.FinishAsync(TimeSpan.FromDays(1));
        Assert.Equal(5, _side.Receiver.All.Count);
        Assert.True((await HookAsync()).TryGetProperty("failing_since", out _));
    }

    [Fact]
    public async Task It_is_not_sent_again_before_its_time()
    {
        _side.Receiver.Answer("/hook", 503);
        await _side.Acme.RegisterAsync();
        await _side.FinishAsync();
        await _side.FinishAsync(TimeSpan.FromSeconds(23));
        Assert.Single(_side.Receiver.All);

        _side.Receiver.Answer("/hook", 204);
        await _side.FinishAsync(TimeSpan.FromSeconds(13));
        Assert.Equal(2, _side.Receiver.All.Count);
        var last = await LastAsync();
        Assert.Equal(("delivered", 2, 204), (Text(last, "status"), last.GetProperty("attempts").GetInt32(), last.GetProperty("response_status").GetInt32()));
        Assert.False(last.TryGetProperty("error", out _));
        Assert.False((await HookAsync()).TryGetProperty("failing_since", out _));
    }

    [Theory]
    [InlineData("600", 600, 600)]
    [InlineData("1", 24, 36)]
    [InlineData("99999999", 28_800, 28_800)]
    [InlineData("soon", 24, 36)]
    [InlineData("-5", 24, 36)]
    public async Task A_receiver_may_ask_for_more_time_within_bounds(string retryAfter, int least, int most)
    {
        _side.Receiver.Answer("/hook", http =>
        {
            (http.Response.StatusCode, http.Response.Headers.RetryAfter) = (429, retryAfter);
            return Task.CompletedTask;
        });
        await _side.Acme.RegisterAsync();
        await _side.FinishAsync();

        var wait = (await LastAsync()).GetProperty("next_attempt_at").GetDateTimeOffset() - _side.Server.Clock.Now;
        Assert.InRange(wait.TotalSeconds, least - 1, most + 1);
    }

    [Fact]
    public void Attempts_come_later_each_time_and_not_all_at_once()
    {
        var first = Enumerable.Range(0, 100).Select(_ => WebhookRetries.After(1, null)).ToList();
        Assert.True(first.Distinct().Count() > 50);
        Assert.All(first, wait => Assert.InRange(wait.TotalSeconds, 24, 36));
        Assert.True(WebhookRetries.After(20, null) < TimeSpan.FromHours(10));
    }

    [Fact]
    public async Task A_receiver_that_is_gone_is_sent_nothing_more()
    {
        _side.Receiver.Answer("/hook", 410);
        await _side.Acme.RegisterAsync();
        await _side.FinishAsync();
        await _side.Acme.RegisterAsync();
        await _side.FinishAsync(TimeSpan.FromHours(1));

        Assert.Single(_side.Receiver.All);
        var hook = await HookAsync();
        Assert.Equal((false, "gone"), (hook.GetProperty("enabled").GetBoolean(), Text(hook, "disabled_reason")));
        Assert.Equal("failed", Text(await LastAsync(), "status"));
        var told = Assert.Single(await _side.Server.TrailAsync(WebhookEvents.DisabledByServer));
        Assert.Equal((_side.Acme.Id, _id, "gone"), (told.OrganizationId, told.Target, told.Reason));
    }

    [Fact]
    public async Task A_webhook_that_nothing_has_reached_for_five_days_is_disabled_and_stays_visible()
    {
        _side.Receiver.Answer("/hook", 500);
        await _side.Acme.RegisterAsync();
        await _side.FinishAsync();
        await _side.FinishAsync(TimeSpan.FromDays(4.9));
        Assert.True((await HookAsync()).GetProperty("enabled").GetBoolean());

        await _side.FinishAsync(TimeSpan.FromDays(0.2));
        var hook = await HookAsync();
        Assert.Equal((false, "failing"), (hook.GetProperty("enabled").GetBoolean(), Text(hook, "disabled_reason")));
        Assert.Equal("failing", Assert.Single(await _side.Server.TrailAsync(WebhookEvents.DisabledByServer)).Reason);
    }

    [Fact]
    public async Task What_happens_while_it_is_disabled_is_not_sent_and_what_was_waiting_is()
    {
        _side.Receiver.Answer("/hook", 500);
        await _side.Acme.RegisterAsync();
        await _side.FinishAsync();
        await ChangeAsync(new { enabled = false });
        await _side.Acme.RegisterAsync();
        await _side.FinishAsync(TimeSpan.FromMinutes(10));
        Assert.Single(_side.Receiver.All);

        _side.Receiver.Answer("/hook", 200);
        var enabled = await ChangeAsync(new { enabled = true });
        Assert.False(enabled.TryGetProperty("disabled_at", out _));
        _side.Server.Clock.Advance(TimeSpan.FromMilliseconds(5));
        await _side.Acme.RegisterAsync();
        await _side.FinishAsync();
        await _side.FinishAsync(TimeSpan.FromMinutes(10));

        Assert.Equal(3, _side.Receiver.All.Count);
        Assert.Equal(2, _side.Receiver.All.Select(message => message.Id).Distinct().Count());
    }

    [Fact]
    public async Task A_replayed_message_has_the_same_id_and_all_its_attempts_again()
    {
        await _side.Acme.RegisterAsync();
        await _side.FinishAsync();
        var delivery = await LastAsync();
        var replay = $"{Route}/{_id}/logs/{Text(delivery, "id")}/replay";
        Assert.Equal("pending", Text(await _side.Acme.PostAsync(replay), "status"));
        Assert.Equal("delivery_pending", Text(await _side.Acme.AskAsync(HttpMethod.Post, replay, null, HttpStatusCode.Conflict), "code"));

        _side.Receiver.Answer("/hook", 500);
        await _side.FinishAsync();
        foreach (var wait in Waits)
        {
            await _side.FinishAsync(wait);
        }

        Assert.Equal(6, _side.Receiver.All.Count);
        Assert.Equal([Text(delivery, "id")], _side.Receiver.All.Select(message => message.Id).Distinct());
        Assert.Single(_side.Receiver.All.Select(message => message.Text).Distinct());
        Assert.Equal("failed", Text(await LastAsync(), "status"));
        Assert.Contains(Text(delivery, "id"), Assert.Single(await _side.Server.TrailAsync(WebhookEvents.Replayed)).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_test_arrives_like_an_event_and_one_at_a_time()
    {
        var sent = await _side.Acme.PostAsync($"{Route}/{_id}/test");
        Assert.Equal(("webhook.test", "pending"), (Text(sent, "event"), Text(sent, "status")));
        Assert.Equal("test_pending", Text(await _side.Acme.AskAsync(HttpMethod.Post, $"{Route}/{_id}/test", null, HttpStatusCode.Conflict), "code"));
        await _side.FinishAsync();

        var message = Assert.Single(_side.Receiver.All);
        Assert.Equal((Text(sent, "id"), "webhook.test", "webhook.test"), (message.Id, message.Type, message.Headers["X-AgentAuth-Event"]));
        Assert.Equal((_id, "webhook"), (Text(message.Json.GetProperty("data"), "target_id"), Text(message.Json.GetProperty("data"), "target_type")));
        await _side.Acme.PostAsync($"{Route}/{_id}/test");
        await ChangeAsync(new { enabled = false });
        Assert.Equal("webhook_disabled", Text(await _side.Acme.AskAsync(HttpMethod.Post, $"{Route}/{_id}/test", null, HttpStatusCode.Conflict), "code"));
        Assert.Equal("webhook_disabled", Text(await _side.Acme.AskAsync(HttpMethod.Post, $"{Route}/{_id}/logs/{message.Id}/replay", null, HttpStatusCode.Conflict), "code"));
    }

    [Fact]
    public async Task A_deleted_webhook_is_sent_nothing_of_what_was_waiting()
    {
        _side.Receiver.Answer("/hook", 500);
        await _side.Acme.RegisterAsync();
        await _side.FinishAsync();
        await _side.Acme.AskAsync(HttpMethod.Delete, $"{Route}/{_id}", null, HttpStatusCode.NoContent);
        await _side.FinishAsync(TimeSpan.FromHours(1));

        Assert.Single(_side.Receiver.All);
        await _side.Acme.AskAsync(HttpMethod.Get, $"{Route}/{_id}/logs", null, HttpStatusCode.NotFound);
        Assert.False(await _side.Server.QueryAsync(context => context.WebhookDeliveries.AnyAsync()));
    }

    [Fact]
    public async Task A_process_that_dies_while_it_sends_loses_nothing()
    {
        var taken = await TakeAsync();

        // It is nobody else's until the time is over by which whoever took it should have told what came of it.
        await _side.FinishAsync();
        Assert.Empty(_side.Receiver.All);
        await _side.FinishAsync(WebhookWork.Lease);

        Assert.Equal(taken.Id, Assert.Single(_side.Receiver.All).Id);
        Assert.Equal(("delivered", 2), (Text(await LastAsync(), "status"), (await LastAsync()).GetProperty("attempts").GetInt32()));
    }

    [Fact]
    public async Task An_event_that_the_trail_does_not_hold_any_more_is_not_sent()
    {
        await _side.Acme.RegisterAsync();
        await _side.FinishAsync();
        var delivery = await LastAsync();
        await _side.Server.QueryAsync(context => context.Database.ExecuteSqlAsync($"DELETE FROM \"AuditEvents\" WHERE \"Id\" = {Text(delivery, "event_id")}"));
        await _side.Acme.PostAsync($"{Route}/{_id}/logs/{Text(delivery, "id")}/replay");
        await _side.FinishAsync();

        Assert.Single(_side.Receiver.All);
        Assert.Equal(("failed", "event_gone"), (Text(await LastAsync(), "status"), Text(await LastAsync(), "error")));
        Assert.False((await HookAsync()).TryGetProperty("failing_since", out _));
    }

    [Fact]
    public async Task A_secret_from_another_row_does_not_sign()
    {
        var other = WebhookSide.IdOf(await _side.CreateAsync("https://hooks.example/", ["policy.created"]));
        await _side.Server.QueryAsync(async context =>
        {
            var (here, there) = (await context.Webhooks.SingleAsync(row => row.Id == _id), await context.Webhooks.SingleAsync(row => row.Id == other));
            here.Secret = there.Secret;
            return await context.SaveChangesAsync();
        });
        await _side.Acme.RegisterAsync();
        await _side.FinishAsync();

        Assert.Empty(_side.Receiver.All);
        Assert.Equal("secret_unreadable", Text(await LastAsync(), "error"));
    }

    [Fact]
    public async Task The_log_is_forgotten_after_30_days()
    {
        await _side.Acme.RegisterAsync();
        await _side.FinishAsync();
        _side.Server.Clock.Advance(TimeSpan.FromDays(29));
        await _side.Acme.RegisterAsync();
        await _side.FinishAsync();
        _side.Server.Clock.Advance(TimeSpan.FromDays(2));
        await _side.Server.Services.GetRequiredService<WebhookWork>().PruneAsync(default);

        Assert.Single(await _side.LogAsync(_id));
    }

    private async Task<TakenMessage> TakeAsync()
    {
        var outbox = _side.Server.Services.GetRequiredService<WebhookOutbox>();
        var now = _side.Server.Clock.GetStoredNow();
        var message = new WebhookDelivery
        {
            Id = Identifiers.New(WebhookDelivery.IdPrefix, now),
            EventId = (await AgentAsync()).Id,
            Event = "agent.created",
            CreatedAt = now,
        };
        Assert.True(await outbox.TryAddAsync(_id, "", [message], default));
        return (await outbox.TryTakeAsync(_id, now, now + WebhookWork.Lease, default))!;
    }

    private async Task<AuthServer.Audit.AuditEventRow> AgentAsync()
    {
        await _side.Acme.RegisterAsync();
        return (await _side.Server.TrailAsync("agent.registered")).Single();
    }

    private async Task<JsonElement> LastAsync() => (await _side.LogAsync(_id))[0];

    private Task<JsonElement> HookAsync() => _side.Acme.GetAsync($"{Route}/{_id}");

    private Task<JsonElement> ChangeAsync(object change) => _side.Acme.AskAsync(HttpMethod.Patch, $"{Route}/{_id}", change);
}
