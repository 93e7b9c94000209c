using System.Net;
using System.Text;
using AuthServer.Data;
using AuthServer.Organizations;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using AuthServer.Webhooks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static AuthServer.Tests.Support.AgentSide;

namespace AuthServer.Tests.Webhooks;

/// <summary>Who may say where an organization's events go, and what they may say.</summary>
public sealed class WebhooksApiTests(WebhookSide side) : IClassFixture<WebhookSide>, IAsyncLifetime
{
    private const string Route = WebhookSide.Route;

    private OrganizationSide _acme = null!;

    public async Task InitializeAsync() => _acme = await OrganizationSide.CreateAsync(side.Server);

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_webhook_shows_its_secret_when_it_is_made_and_not_again()
    {
        using var response = await _acme.SendAsync(HttpMethod.Post, Route, new { url = "https://hooks.example/a?b=c", events = new[] { "agent.created", "agent.created" }, description = "CI 🗓️" });
        var made = await ReadAsync(response, HttpStatusCode.Created);
        var id = WebhookSide.IdOf(made);

        Assert.Equal($"{Route}/{id}", response.Headers.Location?.ToString());
        Assert.StartsWith("whk_", id, StringComparison.Ordinal);
        Assert.Equal(["agent.created"], Texts(made, "events"));
        var one = await _acme.GetAsync($"{Route}/{id}");
        Assert.Equal(one.GetRawText(), (await _acme.GetAsync(Route)).GetProperty("data")[0].GetRawText());
        Assert.False(one.TryGetProperty("secret", out _));
        Assert.Equal(("https://hooks.example/a?b=c", "CI 🗓️", true), (Text(one, "url"), Text(one, "description"), one.GetProperty("enabled").GetBoolean()));
    }

    [Theory]
    [InlineData("http://hooks.example/")]
    [InlineData("https://user:secret@hooks.example/")]
    [InlineData("https://hooks.example/#part")]
    [InlineData("ftp://hooks.example/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("/relative")]
    [InlineData("https://127.0.0.1/")]
    [InlineData("https://2130706433/")]
    [InlineData("https://0x7f.1/")]
    [InlineData("https://[::1]/")]
    [InlineData("https://[::ffff:10.0.0.1]/")]
    [InlineData("https://169.254.169.254/latest/meta-data")]
    [InlineData("https://hooks.example/a b")]
    [InlineData("https://hooks.example/\r\nX-Injected: yes")]
    [InlineData("https://hooks.example/\u0000")]
    [InlineData("https://\u00ad.example/")]
    [InlineData("https://a\u0378.example/")]
    [InlineData("")]
    [InlineData(null)]
    [Trait("negative", "50")]
    public async Task An_address_where_nothing_may_be_sent_is_refused_with_one_sentence_for_all(string? url)
    {
        var refused = await _acme.AskAsync(HttpMethod.Post, Route, new { url, events = new[] { "agent.created" } }, HttpStatusCode.BadRequest);

        Assert.Equal("Give a public https URL of at most 1000 characters, without user, password and fragment.", refused.GetProperty("errors").GetProperty("url")[0].GetString());
        Assert.Equal(0, (await _acme.GetAsync(Route)).GetProperty("meta").GetProperty("total").GetInt32());
    }

    [Theory]
    [InlineData("https://hooks.example:25/")]
    [InlineData("https://hooks.example:444/")]
    [InlineData("https://10.0.0.1:1023/")]
    public async Task A_port_below_those_of_web_servers_is_refused_by_its_name(string url)
    {
        var refused = await _acme.AskAsync(HttpMethod.Post, Route, new { url, events = new[] { "agent.created" } }, HttpStatusCode.BadRequest);

        Assert.Equal("The port must be 443, or one from 1024 up.", refused.GetProperty("errors").GetProperty("url")[0].GetString());
    }

    [Fact]
    public async Task An_overlong_address_or_description_is_refused()
    {
        var longest = "https://hooks.example/" + new string('a', WebhookRules.LongestUrl - "https://hooks.example/".Length);
        await _acme.AskAsync(HttpMethod.Post, Route, new { url = longest, events = new[] { "agent.created" } }, HttpStatusCode.Created);

        // One character that becomes nine in its one spelling counts as nine.
        string[] hosts = [string.Concat(Enumerable.Repeat("abcdefghi.", 25)) + "test", string.Concat(Enumerable.Repeat("übermüdet.", 30)) + "test"];
        foreach (var url in (string[])[longest + "a", longest[..^1] + "€", .. hosts.Select(host => $"https://{host}/")])
        {
            await _acme.AskAsync(HttpMethod.Post, Route, new { url, events = new[] { "agent.created" } }, HttpStatusCode.BadRequest);
        }

        foreach (var description in new[] { new string('a', 201), "two\nlines", " ", "turned \u202e around" })
        {
            await _acme.AskAsync(HttpMethod.Post, Route, new { url = "https://hooks.example/", events = new[] { "agent.created" }, description }, HttpStatusCode.BadRequest);
        }
    }

    [Theory]
    [InlineData("*")]
    [InlineData("agent.*")]
    [InlineData("Agent.Created")]
    [InlineData("agent.created token.issued")]
    [InlineData("token.expiring_soon")]
    [InlineData("token.introspected")]
    [InlineData("webhook.test")]
    [InlineData("user.signed_in")]
    [InlineData("' OR 1=1 --")]
    [InlineData("")]
    [InlineData(null)]
    public async Task An_unknown_event_is_refused_and_the_known_ones_are_named(string? name)
    {
        var refused = await _acme.AskAsync(HttpMethod.Post, Route, new { url = "https://hooks.example/", events = new[] { "agent.created", name } }, HttpStatusCode.BadRequest);

        var fault = refused.GetProperty("errors").GetProperty("events[1]")[0].GetString()!;
        Assert.All(WebhookEventKinds.Names, known => Assert.Contains(known, fault, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"url":"https://hooks.example/","events":[]}""")]
    [InlineData("""{"url":"https://hooks.example/"}""")]
    [InlineData("""{"url":"https://hooks.example/","events":"agent.created"}""")]
    [InlineData("""{"url":"https://hooks.example/","events":["agent.created"],"secret":"whsec_mine"}""")]
    [InlineData("""{"url":["https://hooks.example/"],"events":["agent.created"]}""")]
    [InlineData("[]")]
    public async Task A_body_that_says_something_else_is_refused(string body) => await _acme.AskAsync(HttpMethod.Post, Route, body, HttpStatusCode.BadRequest);

    [Fact]
    public async Task An_organization_can_have_ten()
    {
        for (var i = 0; i < 10; i++)
        {
            await side.CreateAsync("https://hooks.example/", ["agent.created"], _acme);
        }

        var refused = await _acme.AskAsync(HttpMethod.Post, Route, new { url = "https://hooks.example/", events = new[] { "agent.created" } }, HttpStatusCode.Conflict);
        Assert.Equal("too_many_webhooks", Text(refused, "code"));
    }

    [Fact]
    public async Task Auditors_read_and_developers_write()
    {
        var id = WebhookSide.IdOf(await side.CreateAsync("https://hooks.example/", ["agent.created"], await _acme.ColleagueAsync(Role.Developer)));
        var auditor = await _acme.ColleagueAsync(Role.Auditor);
        foreach (var path in new[] { Route, $"{Route}/{id}", $"{Route}/{id}/logs" })
        {
            await auditor.GetAsync(path);
        }

        foreach (var (method, path, body) in Writes(id, "whd_01arz3ndektsv4rrffq69g5fav"))
        {
            Assert.Equal("role", Text(await auditor.AskAsync(method, path, body, HttpStatusCode.Forbidden), "code"));
        }

        var told = (await side.Server.TrailAsync("access.refused")).Where(row => row.OrganizationId == _acme.Id);
        Assert.Equal(Writes(id, "").Length, told.Count());
    }

    [Fact]
    public async Task Agents_and_strangers_have_no_say_in_it()
    {
        var id = WebhookSide.IdOf(await side.CreateAsync("https://hooks.example/", ["agent.created"], _acme));
        var agent = Text(await _acme.RegisterAsync(OrganizationSide.Agent(("allowedScopes", new System.Text.Json.Nodes.JsonArray("agents.*")))), "id");
        var key = Text(await _acme.AskAsync(HttpMethod.Post, "/api/v1/credentials", new { agent_id = agent }, HttpStatusCode.Created), "raw_key");
        using var nobody = new Rest(side.Server);
        using var byKey = nobody.As(key);
        foreach (var (method, path, body) in Writes(id, "whd_01arz3ndektsv4rrffq69g5fav").Append((HttpMethod.Get, Route, null)).Append((HttpMethod.Get, $"{Route}/{id}/logs", null)))
        {
            (await nobody.SendAsync(method, path["/api/v1".Length..], body)).Is(HttpStatusCode.Unauthorized);
            (await byKey.SendAsync(method, path["/api/v1".Length..], body)).Is(HttpStatusCode.Forbidden, "members_only");
        }
    }

    [Fact]
    public async Task What_belongs_to_others_is_not_there()
    {
        var id = WebhookSide.IdOf(await side.CreateAsync(side.Receiver.Url("/theirs"), ["agent.created"], _acme));
        await _acme.RegisterAsync();
        await side.FinishAsync();
        var delivery = Text((await _acme.GetAsync($"{Route}/{id}/logs")).GetProperty("data")[0], "id");
        var other = await OrganizationSide.CreateAsync(side.Server);
        var own = WebhookSide.IdOf(await side.CreateAsync("https://hooks.example/", ["agent.created"], other));

        foreach (var (method, path, body) in Writes(id, delivery).Append((HttpMethod.Get, $"{Route}/{id}", null)).Append((HttpMethod.Get, $"{Route}/{id}/logs", null))
            .Append((HttpMethod.Post, $"{Route}/{own}/logs/{delivery}/replay", null)).Append((HttpMethod.Get, $"{Route}/nonsense", null)))
        {
            await other.AskAsync(method, path, body, HttpStatusCode.NotFound);
        }

        Assert.Equal(1, (await other.GetAsync(Route)).GetProperty("meta").GetProperty("total").GetInt32());
        Assert.True((await _acme.GetAsync($"{Route}/{id}")).GetProperty("enabled").GetBoolean());
    }

    [Fact]
    public async Task A_change_meant_for_another_version_is_refused()
    {
        var made = await side.CreateAsync("https://hooks.example/", ["agent.created"], _acme);
        var (path, version) = ($"{Route}/{WebhookSide.IdOf(made)}", Text(made, "version"));
        using var changed = await _acme.SendAsync(HttpMethod.Patch, path, new { events = new[] { "consent.granted" } }, $"\"{version}\"");
        var now = await ReadAsync(changed, HttpStatusCode.OK);
        Assert.Equal(["consent.granted"], Texts(now, "events"));
        Assert.Equal($"\"{Text(now, "version")}\"", changed.Headers.ETag?.ToString());

        foreach (var method in new[] { HttpMethod.Patch, HttpMethod.Delete })
        {
            using var stale = await _acme.SendAsync(method, path, method == HttpMethod.Patch ? new { enabled = false } : null, $"\"{version}\"");
            await ReadAsync(stale, HttpStatusCode.PreconditionFailed);
        }

        await _acme.AskAsync(HttpMethod.Patch, path, new { url = "https://10.0.0.1/" }, HttpStatusCode.BadRequest);
        await _acme.AskAsync(HttpMethod.Patch, path, new { events = new[] { "*" } }, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task The_log_is_read_on_by_its_cursor()
    {
        var id = WebhookSide.IdOf(await side.CreateAsync(side.Receiver.Url("/log"), ["agent.created"], _acme));
        for (var i = 0; i < 3; i++)
        {
            await _acme.RegisterAsync();
            side.Server.Clock.Advance(TimeSpan.FromMilliseconds(5));
            await side.FinishAsync();
        }

        var first = await _acme.GetAsync($"{Route}/{id}/logs?limit=2");
        var rest = await _acme.GetAsync($"{Route}/{id}/logs?limit=2&cursor={Text(first.GetProperty("meta"), "nextCursor")}");
        string[] ids = [.. first.GetProperty("data").EnumerateArray().Concat(rest.GetProperty("data").EnumerateArray()).Select(item => Text(item, "id"))];
        Assert.Equal(3, ids.Length);
        Assert.Equal(ids.OrderDescending(StringComparer.Ordinal), ids);
        Assert.False(rest.GetProperty("meta").TryGetProperty("nextCursor", out _));
        await _acme.AskAsync(HttpMethod.Get, $"{Route}/{id}/logs?cursor=whk_1", null, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Every_change_is_in_the_trail_and_no_secret_is_anywhere()
    {
        var made = await side.CreateAsync(side.Receiver.Url("/secret-path"), ["agent.created"], _acme);
        var (id, path) = (WebhookSide.IdOf(made), $"{Route}/{WebhookSide.IdOf(made)}");
        var rotated = await _acme.PostAsync(path + "/rotate-secret", new { overlapSeconds = 60 });
        await _acme.AskAsync(HttpMethod.Patch, path, new { description = "new" });
        await _acme.PostAsync(path + "/test");
        await side.FinishAsync();
        await _acme.PostAsync($"{path}/logs/{Text((await _acme.GetAsync(path + "/logs")).GetProperty("data")[0], "id")}/replay");
        await _acme.AskAsync(HttpMethod.Delete, path, null, HttpStatusCode.NoContent);

        var trail = await side.Server.QueryAsync(context => context.AuditEvents.AsNoTracking().Where(row => row.Target == id).ToListAsync());
        Assert.Equal(
            [WebhookEvents.Created, WebhookEvents.Deleted, WebhookEvents.Replayed, WebhookEvents.SecretRotated, WebhookEvents.Tested, WebhookEvents.Updated],
            trail.Select(row => row.Type).Order(StringComparer.Ordinal));
        Assert.All(trail, row =>
        {
            Assert.Contains(side.Receiver.Name, row.Detail, StringComparison.Ordinal);
            Assert.DoesNotContain("secret-path", row.Detail, StringComparison.Ordinal);
            Assert.Equal((_acme.Id, _acme.UserId), (row.OrganizationId, row.Subject));
        });
        var stored = string.Concat(Directory.EnumerateFiles(Path.Combine(side.Server.Home, "data")).Select(Octets));
        foreach (var secret in new[] { Text(made, "secret"), Text(rotated, "secret") })
        {
            var key = Convert.FromBase64String(secret["whsec_".Length..]);
            Assert.DoesNotContain(secret["whsec_".Length..], stored, StringComparison.Ordinal);
            Assert.DoesNotContain(Encoding.Latin1.GetString(key), stored, StringComparison.Ordinal);
            Assert.DoesNotContain(side.Server.Logs.All, line => line.Contains(secret["whsec_".Length..], StringComparison.Ordinal));
        }

        Assert.DoesNotContain(side.Server.Logs.All, line => line.Contains("secret-path", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_closed_organization_has_no_webhooks()
    {
        var id = WebhookSide.IdOf(await side.CreateAsync(side.Receiver.Url("/closed"), ["agent.created", "agent.revoked"], _acme));
        await _acme.RegisterAsync();
        var closed = new AuditEvent
        {
            Id = Identifiers.New("aud_", side.Server.Clock.Now),
            At = side.Server.Clock.Now,
            Type = "organization.closed",
            Outcome = AuditOutcomes.Success,
            OrganizationId = _acme.Id,
        };
        Assert.True(await side.Server.Services.GetRequiredService<Closings>().TryCloseAsync(_acme.Id, _acme.UserId, Guid.NewGuid().ToString(), closed, default));
        await side.FinishAsync();

        Assert.False(await side.Server.QueryAsync(context => context.Webhooks.AnyAsync(row => row.Id == id)));
        Assert.DoesNotContain(side.Receiver.All, message => message.Path == "/closed");
    }

    [Fact]
    public async Task A_server_that_sends_none_takes_none()
    {
        await using var server = await TestServer.StartAsync(("AuthServer:Webhooks:Enabled", "false"));
        var acme = await OrganizationSide.CreateAsync(server);
        var refused = await acme.AskAsync(HttpMethod.Post, Route, new { url = "https://hooks.example/", events = new[] { "agent.created" } }, HttpStatusCode.Forbidden);

        Assert.Equal("webhooks_off", Text(refused, "code"));
        Assert.DoesNotContain(server.Services.GetServices<Microsoft.Extensions.Hosting.IHostedService>(), service => service is WebhookWork);
    }

    private static string Octets(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return Encoding.Latin1.GetString(memory.ToArray());
    }

    private static (HttpMethod Method, string Path, object? Body)[] Writes(string id, string delivery) =>
    [
        (HttpMethod.Patch, $"{Route}/{id}", new { enabled = false }),
        (HttpMethod.Post, $"{Route}/{id}/rotate-secret", null),
        (HttpMethod.Post, $"{Route}/{id}/test", null),
        (HttpMethod.Post, $"{Route}/{id}/logs/{delivery}/replay", null),
        (HttpMethod.Delete, $"{Route}/{id}", null),
    ];
}
