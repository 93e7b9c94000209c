using System.Net;
using System.Security.Cryptography;
using System.Text;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using static AuthServer.Tests.Support.AgentSide;

namespace AuthServer.Tests.Webhooks;

/// <summary>What happens reaches those who asked for it, signed, and nobody else.</summary>
public sealed class WebhookDeliveryTests : IAsyncLifetime
{
    private readonly WebhookSide _side = new();

    public Task InitializeAsync() => _side.InitializeAsync();

    public Task DisposeAsync() => _side.DisposeAsync();

    [Fact]
    public async Task An_event_arrives_as_the_organization_reads_it_in_its_trail()
    {
        await _side.HookAsync("agent.created", "agent.suspended");
        var agent = await _side.Acme.RegisterAsync();
        await _side.FinishAsync();

        var message = Assert.Single(_side.Receiver.All);
        var listed = (await _side.Acme.GetAsync("/api/v1/audit/events?event_type=agent.registered")).GetProperty("data")[0];
        var data = message.Json.GetProperty("data");
        Assert.Equal("agent.created", message.Type);
        Assert.Equal("agent.created", message.Headers["X-AgentAuth-Event"]);
        Assert.Equal("application/json", message.Headers["Content-Type"]);
        Assert.Equal(listed.GetProperty("created_at").GetDateTimeOffset(), message.Json.GetProperty("timestamp").GetDateTimeOffset());
        Assert.All(listed.EnumerateObject(), member => Assert.Equal(member.Value.GetRawText(), data.GetProperty(member.Name).GetRawText()));
        Assert.Equal(Text(agent, "id"), Text(data, "agent_id"));
        Assert.Equal(_side.Acme.Id, Text(data, "organization_id"));
    }

    [Fact]
    public async Task Both_signatures_hold_by_their_own_rules()
    {
        var webhook = await _side.HookAsync("agent.created");
        await _side.Acme.RegisterAsync();
        await _side.FinishAsync();

        var (message, secret) = (Assert.Single(_side.Receiver.All), Text(webhook, "secret"));
        Assert.StartsWith("whsec_", secret, StringComparison.Ordinal);
        var key = Convert.FromBase64String(secret["whsec_".Length..]);
        Assert.Equal(32, key.Length);
        Assert.Equal(_side.Server.Clock.Now.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture), message.Headers["webhook-timestamp"]);
        Assert.Equal(Standard(key, message), message.Headers["webhook-signature"]);
        Assert.Equal(AgentAuth(secret, message), message.Headers["X-AgentAuth-Signature"]);
    }

    [Fact]
    public async Task During_an_overlap_a_receiver_may_know_either_secret()
    {
        var webhook = await _side.HookAsync("agent.created");
        var (id, old) = (WebhookSide.IdOf(webhook), Text(webhook, "secret"));
        var rotated = await _side.Acme.PostAsync($"{WebhookSide.Route}/{id}/rotate-secret", new { overlap_seconds = 3600 });
        var present = Text(rotated, "secret");
        await _side.Acme.RegisterAsync();
        await _side.FinishAsync();

        var during = _side.Receiver.All[0];
        Assert.NotEqual(old, present);
        Assert.Equal($"{Standard(KeyOf(present), during)} {Standard(KeyOf(old), during)}", during.Headers["webhook-signature"]);
        Assert.Equal(AgentAuth(old, during), during.Headers["X-AgentAuth-Signature"]);
        Assert.Equal(_side.Server.Clock.Now.AddHours(1), rotated.GetProperty("previous_secret_expires_at").GetDateTimeOffset(), TimeSpan.FromSeconds(1));

        _side.Server.Clock.Advance(TimeSpan.FromHours(1));
        await _side.Acme.RegisterAsync();
        await _side.FinishAsync();

        var after = _side.Receiver.All[1];
        Assert.Equal(Standard(KeyOf(present), after), after.Headers["webhook-signature"]);
        Assert.Equal(AgentAuth(present, after), after.Headers["X-AgentAuth-Signature"]);
        Assert.False((await _side.Acme.GetAsync($"{WebhookSide.Route}/{id}")).TryGetProperty("previous_secret_expires_at", out _));
    }

    [Fact]
    public async Task Without_an_overlap_the_old_secret_is_dead_at_once()
    {
        var webhook = await _side.HookAsync("agent.created");
        var present = Text(await _side.Acme.PostAsync($"{WebhookSide.Route}/{WebhookSide.IdOf(webhook)}/rotate-secret"), "secret");
        await _side.Acme.RegisterAsync();
        await _side.FinishAsync();

        var message = Assert.Single(_side.Receiver.All);
        Assert.Equal(Standard(KeyOf(present), message), message.Headers["webhook-signature"]);
    }

    [Fact]
    public async Task Only_what_was_asked_for_arrives_and_only_from_then_on()
    {
        var before = await _side.Acme.RegisterAsync();
        _side.Server.Clock.Advance(TimeSpan.FromSeconds(2));
        await _side.HookAsync("agent.suspended", "policy.created");
        await _side.Acme.RegisterAsync();
        await _side.Acme.PostAsync($"/api/v1/agents/{Text(before, "id")}/suspend");
        await _side.Acme.AskAsync(HttpMethod.Post, "/api/v1/policies", new { name = "P", effect = "deny", actions = new[] { "email:*" } }, HttpStatusCode.Created);
        await _side.FinishAsync();
        await _side.FinishAsync(TimeSpan.FromMinutes(10));

        Assert.Equal(["agent.suspended", "policy.created"], _side.Receiver.All.Select(message => message.Type).Order());
    }

    [Fact]
    public async Task Events_of_another_organization_never_arrive()
    {
        await _side.HookAsync("agent.created", "developer_key.created");
        var other = await OrganizationSide.CreateAsync(_side.Server);
        await other.RegisterAsync();
        await _side.FinishAsync();
        Assert.Empty(_side.Receiver.All);

        _side.Server.Clock.Advance(TimeSpan.FromMilliseconds(5));
        await _side.CreateAsync(_side.Receiver.Url("/other"), ["agent.created"], other);
        await _side.Acme.RegisterAsync();
        await _side.FinishAsync();
        Assert.Equal(["/hook"], _side.Receiver.All.Select(message => message.Path));
    }

    [Fact]
    public async Task Each_of_several_webhooks_is_told_once_however_often_the_trail_is_read()
    {
        await _side.CreateAsync(_side.Receiver.Url("/one"), ["agent.created"]);
        await _side.CreateAsync(_side.Receiver.Url("/two"), ["agent.created", "agent.revoked"]);
        await _side.Acme.RegisterAsync();
        await _side.Acme.RegisterAsync();
        for (var i = 0; i < 3; i++)
        {
            await _side.FinishAsync();
        }

        await _side.FinishAsync(TimeSpan.FromMinutes(4));
        Assert.Equal(["/one", "/one", "/two", "/two"], _side.Receiver.All.Select(message => message.Path).Order());
        Assert.Equal(4, _side.Receiver.All.Select(message => message.Id).Distinct().Count());
    }

    [Fact]
    public async Task More_events_than_one_portion_all_arrive()
    {
        await _side.HookAsync("token.replayed");
        var trail = await TrailAsync(450);
        await _side.FinishAsync();
        await _side.FinishAsync();
        await _side.FinishAsync();

        Assert.Equal(trail.Order(), _side.Receiver.All.Select(message => Text(message.Json.GetProperty("data"), "id")).Order());
    }

    [Fact]
    public async Task An_event_that_is_stored_minutes_after_its_time_is_told_all_the_same()
    {
        await _side.HookAsync("token.replayed");
        _side.Server.Clock.Advance(TimeSpan.FromMinutes(20));
        await _side.FinishAsync();
        var late = (await TrailAsync(1, _side.Server.Clock.Now - TimeSpan.FromMinutes(4))).Single();
        await _side.FinishAsync();

        Assert.Equal(late, Text(Assert.Single(_side.Receiver.All).Json.GetProperty("data"), "id"));
    }

    [Fact]
    public async Task What_happened_while_the_server_was_down_or_before_it_looked_is_told_after_a_restart()
    {
        await _side.HookAsync("agent.created");
        await _side.Acme.RegisterAsync();
        await _side.Server.RestartAsync(("AuthServer:Webhooks:AllowedPrivateHosts:0", _side.Receiver.Name));
        await _side.FinishAsync();

        Assert.Equal("agent.created", Assert.Single(_side.Receiver.All).Type);
    }

    [Fact]
    public async Task The_second_that_passes_is_enough_and_nobody_has_to_ask()
    {
        await _side.HookAsync("agent.created");
        await _side.Acme.RegisterAsync();

        // The clock stands still once the message waits: else it would run out of the time that a receiver has.
        await Waiting.UntilAsync(
            async () =>
            {
                if (await _side.Server.QueryAsync(context => context.WebhookDeliveries.CountAsync()) == 0)
                {
                    _side.Server.Clock.Advance(TimeSpan.FromMilliseconds(100));
                }

                return _side.Receiver.All.Count;
            },
            count => count > 0);
    }

    private static byte[] KeyOf(string secret) => Convert.FromBase64String(secret["whsec_".Length..]);

    private static string Standard(byte[] key, Received message) => "v1," + Convert.ToBase64String(
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{message.Id}.{message.Headers["webhook-timestamp"]}.{message.Text}")));

    private static string AgentAuth(string secret, Received message) =>
        "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), message.Body));

    /// <summary>Events of the organization, as a request that bears this time would store them.</summary>
    private async Task<List<string>> TrailAsync(int count, DateTimeOffset? at = null)
    {
        List<string> ids = [];
        var trail = (AuthServer.Protocol.State.IAuditTrail)_side.Server.Services.GetService(typeof(AuthServer.Protocol.State.IAuditTrail))!;
        for (var i = 0; i < count; i++)
        {
            var now = at ?? _side.Server.Clock.Now;
            ids.Add(AuthServer.Protocol.Identifiers.New("aud_", now));
            await trail.AppendAsync(
                new() { Id = ids[^1], At = now, Type = "token.replayed", Outcome = "denied", OrganizationId = _side.Acme.Id, Target = "fam_1" }, CancellationToken.None);
        }

        return ids;
    }
}
