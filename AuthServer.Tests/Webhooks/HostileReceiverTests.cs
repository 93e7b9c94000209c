using System.Net;
using System.Text.Json;
using AuthServer.Data;
using AuthServer.Outbound;
using AuthServer.Tests.Support;
using AuthServer.Webhooks;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static AuthServer.Tests.Support.AgentSide;

namespace AuthServer.Tests.Webhooks;

/// <summary>Who names an address reaches nothing by it that is not theirs, learns nothing of this network, and keeps nobody else waiting.</summary>
[Trait("negative", "50")]
public sealed class HostileReceiverTests : IAsyncLifetime
{
    private readonly Names _names = new();
    private Receiver _receiver = null!;
    private TestServer _server = null!;
    private OrganizationSide _acme = null!;

    public async Task InitializeAsync()
    {
        _receiver = await Receiver.StartAsync();
        _server = await TestServer.StartAsync(services => services.AddSingleton<IHostNames>(_names), ("AuthServer:Webhooks:AllowedPrivateHosts:0", _receiver.Name));
        _acme = await OrganizationSide.CreateAsync(_server);
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        var target = _receiver.Url("/target");
        var log = await SendAsync(_receiver.Url("/moved", http =>
        {
            http.Response.Redirect(target, permanent: false, preserveMethod: true);
            return Task.CompletedTask;
        }));

        Assert.Equal(("redirect", 307, "pending"), (Text(log, "error"), log.GetProperty("response_status").GetInt32(), Text(log, "status")));
        Assert.DoesNotContain(_receiver.All, message => message.Path == "/target");
    }

    [Fact]
    public async Task A_name_that_leads_into_a_private_network_looks_like_one_that_does_not_exist()
    {
        _names.Answers["inner.example"] = [IPAddress.Loopback];
        _names.Answers["mixed.example"] = [IPAddress.Parse("8.8.8.8"), IPAddress.Parse("10.1.2.3")];
        var logs = new List<string>();
        foreach (var host in new[] { "inner.example", "mixed.example", "nowhere.example" })
        {
            var log = await SendAsync($"https://{host}:{new Uri(_receiver.Url()).Port}/hook");
            logs.Add(string.Join(' ', log.EnumerateObject().Where(member => member.Name is not ("id" or "webhook_id" or "event_id") && !member.Name.EndsWith("_at", StringComparison.Ordinal))));
        }

        Assert.Single(logs.Distinct());
        Assert.Contains("\"error\":\"unreachable\"", logs[0].Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("duration", logs[0], StringComparison.Ordinal);
        Assert.Empty(_receiver.All);

        // The operator is told.
        Assert.Contains(_server.Logs.All, line => line.Contains("inner.example", StringComparison.Ordinal) && line.Contains("private_address", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_name_that_was_public_when_it_was_given_and_is_private_when_it_is_used_is_refused()
    {
        _names.Answers["moves.example"] = [IPAddress.Parse("8.8.8.8")];
        var id = await CreateAsync($"https://moves.example:{new Uri(_receiver.Url()).Port}/hook");
        _names.Answers["moves.example"] = [IPAddress.Loopback];
        await _acme.RegisterAsync();
        await FinishAsync();

        Assert.Equal("unreachable", Text(await LogAsync(id), "error"));
        Assert.Empty(_receiver.All);
    }

    [Fact]
    public async Task Who_drips_holds_up_nobody_else_and_is_cut_off()
    {
        var (begun, cut) = (new TaskCompletionSource(), new TaskCompletionSource());
        var slow = await CreateAsync(_receiver.Url("/slow", async http =>
        {
            using var cutOff = http.RequestAborted.Register(() => cut.TrySetResult());
            begun.TrySetResult();
            await cut.Task;
        }));
        await CreateAsync(_receiver.Url("/fast"));
        await _acme.RegisterAsync();
        var finished = FinishAsync();
        await begun.Task;
        await Waiting.UntilAsync(() => _receiver.All.Count(message => message.Path == "/fast"), count => count == 1);
        _server.Clock.Advance(OutboundPosts.Deadline);
        await finished;
        await cut.Task;

        var log = await LogAsync(slow);
        Assert.Equal(("timeout", "pending"), (Text(log, "error"), Text(log, "status")));
        Assert.False(log.TryGetProperty("response_status", out _));
    }

    [Fact]
    public async Task A_slow_receiver_has_two_messages_at_a_time()
    {
        var two = new TaskCompletionSource();
        var cut = new TaskCompletionSource();
        await CreateAsync(_receiver.Url("/slow", async http =>
        {
            if (_receiver.All.Count == 2)
            {
                two.TrySetResult();
            }

            await cut.Task.WaitAsync(http.RequestAborted);
        }));
        for (var i = 0; i < 5; i++)
        {
            await _acme.RegisterAsync();
        }

        var finished = FinishAsync();
        await two.Task;
        Assert.Equal(2, _receiver.All.Count);
        cut.SetResult();
        await finished;
        Assert.Equal(5, _receiver.All.Count);
    }

    [Fact]
    public async Task A_receiver_that_fails_gives_its_place_to_others_after_each_message()
    {
        await CreateAsync(_receiver.Url("/fails", http =>
        {
            http.Response.StatusCode = 500;
            return Task.CompletedTask;
        }));
        for (var i = 0; i < 12; i++)
        {
            await _acme.RegisterAsync();
        }

        await FinishAsync();
        Assert.InRange(_receiver.All.Count, 2, 6);
        await Waiting.UntilAsync(
            async () =>
            {
                await FinishAsync();
                return _receiver.All.Count;
            },
            count => count == 12);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(2, false)]
    public async Task Who_takes_long_is_not_prompt(int seconds, bool prompt)
    {
        var id = await CreateAsync(_receiver.Url("/takes", http =>
        {
            _server.Clock.Advance(TimeSpan.FromSeconds(seconds));
            return Task.CompletedTask;
        }));
        await _acme.RegisterAsync();
        await _server.Services.GetRequiredService<WebhookFollower>().FollowAsync(thorough: true, default);
        var now = _server.Clock.GetStoredNow();
        var message = await _server.Services.GetRequiredService<WebhookOutbox>().TryTakeAsync(id, now, now + WebhookWork.Lease, default);

        Assert.Equal(prompt, await _server.Services.GetRequiredService<WebhookSender>().SendAsync(message!, default));
        Assert.Equal("delivered", Text(await LogAsync(id), "status"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ten_megabytes_of_answer_are_not_read(bool announced)
    {
        var cut = new TaskCompletionSource();
        var log = await SendAsync(_receiver.Url("/large", async http =>
        {
            using var cutOff = http.RequestAborted.Register(() => cut.TrySetResult());
            http.Response.ContentLength = announced ? 10 << 20 : null;
            var part = new byte[64 * 1024];
            for (var sent = 0; sent < 10 << 20 && !cut.Task.IsCompleted; sent += part.Length)
            {
                await http.Response.Body.WriteAsync(part, http.RequestAborted);
            }

            await cut.Task;
        }));

        Assert.Equal("delivered", Text(log, "status"));
        await cut.Task;
    }

    [Fact]
    public async Task What_is_no_HTTP_and_what_is_not_there_are_the_same()
    {
        var port = TestServer.FreePort();
        var server = await TestServer.StartAsync(("AuthServer:Webhooks:AllowedPrivateHosts:0", $"localhost:{port}"));
        await using (server)
        {
            var organization = await OrganizationSide.CreateAsync(server);
            var made = await organization.AskAsync(HttpMethod.Post, WebhookSide.Route, new { url = $"http://localhost:{port}/", events = new[] { "agent.created" } }, HttpStatusCode.Created);
            server.Clock.Advance(TimeSpan.FromMilliseconds(5));
            await organization.RegisterAsync();
            await server.Services.GetRequiredService<WebhookWork>().FinishAsync(default);

            Assert.Equal("unreachable", Text((await organization.GetAsync($"{WebhookSide.Route}/{WebhookSide.IdOf(made)}/logs")).GetProperty("data")[0], "error"));
        }
    }

    [Fact]
    public async Task A_host_that_is_no_name_and_was_taken_by_an_older_version_is_not_asked_for_and_unreachable()
    {
        var id = await CreateAsync("https://hooks.example/");
        _names.Broken = string.Concat(Enumerable.Repeat("abcdefghi.", 40)) + "example";
        var url = $"https://{_names.Broken}/";
        await _server.QueryAsync(context => context.Webhooks.Where(row => row.Id == id).ExecuteUpdateAsync(row => row.SetProperty(hook => hook.Url, url)));
        await _acme.RegisterAsync();
        await FinishAsync();

        Assert.Equal(("unreachable", "pending"), (Text(await LogAsync(id), "error"), Text(await LogAsync(id), "status")));
    }

    [Fact]
    public async Task Whatever_goes_wrong_while_a_message_is_sent_is_an_attempt_with_an_end_and_one_line_in_the_log()
    {
        _names.Broken = "broken.example";
        var id = await CreateAsync("https://broken.example/");
        await _acme.RegisterAsync();
        await FinishAsync();
        var first = await LogAsync(id);
        Assert.Equal(("internal", "pending", 1), (Text(first, "error"), Text(first, "status"), first.GetProperty("attempts").GetInt32()));
        Assert.True(first.GetProperty("next_attempt_at").GetDateTimeOffset() > _server.Clock.Now);
        Assert.Single(_server.Logs.All, line => line.Contains(id, StringComparison.Ordinal));

        for (var attempt = 2; attempt <= 5; attempt++)
        {
            _server.Clock.Advance(TimeSpan.FromHours(4));
            await FinishAsync();
        }

        var last = await LogAsync(id);
        Assert.Equal(("internal", "failed", 5), (Text(last, "error"), Text(last, "status"), last.GetProperty("attempts").GetInt32()));
        Assert.False((await _acme.GetAsync($"{WebhookSide.Route}/{id}")).TryGetProperty("failing_since", out _));
    }

    [Fact]
    public async Task A_host_that_documents_may_be_fetched_from_is_no_receiver()
    {
        var server = await TestServer.StartAsync(("AuthServer:Outbound:AllowedPrivateHosts:0", _receiver.Name));
        await using (server)
        {
            var organization = await OrganizationSide.CreateAsync(server);
            await organization.AskAsync(HttpMethod.Post, WebhookSide.Route, new { url = _receiver.Url(), events = new[] { "agent.created" } }, HttpStatusCode.BadRequest);
        }
    }

    [Fact]
    public async Task The_answers_body_and_headers_are_nowhere()
    {
        await SendAsync(_receiver.Url("/talks", http =>
        {
            (http.Response.StatusCode, http.Response.Headers["X-Inner"]) = (500, "inner-header");
            return http.Response.WriteAsync("inner-body");
        }));
        var listed = (await _acme.GetAsync(WebhookSide.Route)).GetRawText();

        Assert.DoesNotContain("inner-", listed, StringComparison.Ordinal);
        Assert.DoesNotContain(_server.Logs.All, line => line.Contains("inner-", StringComparison.Ordinal));
    }

    /// <summary>The log entry of one event that was sent there.</summary>
    private async Task<JsonElement> SendAsync(string url)
    {
        var id = await CreateAsync(url);
        await _acme.RegisterAsync();

        // Few lanes are an organization's at once: what one round leaves for want of them the next one sends.
        await FinishAsync();
        await FinishAsync();
        return await LogAsync(id);
    }

    private async Task<string> CreateAsync(string url)
    {
        var made = await _acme.AskAsync(HttpMethod.Post, WebhookSide.Route, new { url, events = new[] { "agent.created" } }, HttpStatusCode.Created);
        _server.Clock.Advance(TimeSpan.FromMilliseconds(5));
        return WebhookSide.IdOf(made);
    }

    private async Task<JsonElement> LogAsync(string id) => (await _acme.GetAsync($"{WebhookSide.Route}/{id}/logs")).GetProperty("data")[0];

    private Task FinishAsync() => _server.Services.GetRequiredService<WebhookWork>().FinishAsync(default);

    private sealed class Names : IHostNames
    {
        public Dictionary<string, IPAddress[]> Answers { get; } = new() { ["localhost"] = [IPAddress.Loopback] };

        /// <summary>A name over which the resolver stumbles.</summary>
        public string? Broken { get; set; }

        public Task<IPAddress[]> ResolveAsync(string host) =>
            host == Broken ? throw new InvalidOperationException("broken") : Task.FromResult(Answers.GetValueOrDefault(host, []));
    }
}
