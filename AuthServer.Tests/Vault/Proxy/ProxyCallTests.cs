using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Proxy;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Tests.Vault.Proxy;

/// <summary>An agent calls a provider's API through the vault, and sees no credential of it.</summary>
[Trait("negative", "55")]
public sealed class ProxyCallTests : IAsyncLifetime
{
    private VaultSide _side = null!;
    private Connection _connection = null!;
    private ConnectedAccount _account = null!;
    private string _agent = null!;
    private string _key = null!;

    public async Task InitializeAsync()
    {
        _side = await VaultSide.StartAsync();
        _connection = await _side.ConnectionAsync(new ConnectionSettings { Headers = new Dictionary<string, string> { ["X-Team"] = "blue" }, UserAgent = "Acme/1.0" });
        _account = await _side.AccountAsync(_connection);
        (_agent, _key) = await _side.AgentAsync("vault:tokens:use");
    }

    public async Task DisposeAsync() => await _side.DisposeAsync();

    [Fact]
    public async Task A_call_goes_to_the_provider_with_its_token_and_nothing_of_the_callers_own()
    {
        using var answer = await CallAsync(
            HttpMethod.Get, "/users/a%2Fb?q=1&r=%20", null, ("X-Custom", "yes"), ("X-Team", "red"), ("Cookie", "s=1"), ("X-Forwarded-For", "6.6.6.6"), ("User-Agent", "curl"),
            ("X-HTTP-Method-Override", "DELETE"), ("X_HTTP_Method_Override", "DELETE"), ("X_Original_URL", "/admin"), ("X_Forwarded_For", "6.6.6.6"), ("X-Drop", "me"), ("Connection", "X-Drop"), ("traceparent", "00-00000000000000000000000000000001-0000000000000001-01"));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("provider", Assert.Single(answer.Headers.GetValues("Vault-Answered-By")));
        var call = Assert.Single(_side.Provider.Calls);
        Assert.Equal(("GET", "/api/users/a%2Fb", "?q=1&r=%20"), (call.Method, call.Path, call.Query));
        Assert.Equal(
            ["Authorization", "Host", "User-Agent", "X-Custom", "X-Team"], call.Headers.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(("Bearer " + _side.Open(_account)!.AccessToken, "Acme/1.0", "blue", "yes"),
            (call.Headers["Authorization"], call.Headers["User-Agent"], call.Headers["X-Team"], call.Headers["X-Custom"]));
    }

    [Fact]
    public async Task Options_go_through_as_any_method_and_a_browsers_question_about_this_server_does_not()
    {
        using var asked = await CallAsync(HttpMethod.Options, "/things");
        Assert.Equal(HttpStatusCode.OK, asked.StatusCode);
        Assert.Equal("OPTIONS", Assert.Single(_side.Provider.Calls).Method);

        using var preflight = await CallAsync(HttpMethod.Options, "/things", null, ("Origin", "https://evil.example"), ("Access-Control-Request-Method", "GET"));
        Assert.DoesNotContain(preflight.Headers, header => header.Key.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase));
        Assert.Single(_side.Provider.Calls);
    }

    [Theory]
    [InlineData("POST", 5)]
    [InlineData("PUT", 3_000_000)]
    [InlineData("PATCH", 64 * 1024)]
    [InlineData("DELETE", 0)]
    public async Task Every_method_and_any_length_of_body_goes_through(string method, int length)
    {
        var body = Enumerable.Range(0, length).Select(i => (byte)i).ToArray();
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new("image/png");

        using var answer = await CallAsync(new HttpMethod(method), "/things/1", content);

        var call = Assert.Single(_side.Provider.Calls);
        Assert.Equal((method, (long)length, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(body))), (call.Method, call.Length, call.Sha256));
        Assert.Equal(length == 0 ? null : "image/png", call.Headers.GetValueOrDefault("Content-Type"));
    }

    [Fact]
    public async Task A_body_is_on_its_way_before_its_end_is_known()
    {
        var arrived = new TaskCompletionSource<int>();
        _side.Provider.Serve("/api/upload", async http =>
        {
            var first = new byte[100_000];
            await http.Request.Body.ReadExactlyAsync(first);
            arrived.SetResult(first.Length);
            var rest = 0L;
            while (await http.Request.Body.ReadAsync(first) is > 0 and var read)
            {
                rest += read;
            }

            await http.Response.WriteAsync(rest.ToString(System.Globalization.CultureInfo.InvariantCulture));
        });

        // It ends only after its beginning has arrived.
        using var answer = await CallAsync(HttpMethod.Post, "/upload", new GatedContent(100_000, arrived.Task, 64 * 1024 * 1024));

        Assert.Equal("67108864", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task An_answer_arrives_before_its_end_is_known()
    {
        var read = new TaskCompletionSource();
        _side.Provider.Serve("/api/events", async http =>
        {
            http.Response.ContentType = "text/event-stream";
            await http.Response.WriteAsync("data: 1\n\n");
            await http.Response.Body.FlushAsync();
            await read.Task;
            await http.Response.WriteAsync("data: 2\n\n");
        });

        using var answer = await CallAsync(HttpMethod.Get, "/events");
        await using var body = await answer.Content.ReadAsStreamAsync();
        var first = new byte[9];
        await body.ReadExactlyAsync(first);
        read.SetResult();
        using var rest = new StreamReader(body);

        Assert.Equal("data: 1\n\ndata: 2\n\n", Encoding.ASCII.GetString(first) + await rest.ReadToEndAsync());
    }

    [Fact]
    public async Task What_would_speak_to_browsers_in_this_servers_name_does_not_come_through()
    {
        var token = _side.Open(_account)!.AccessToken;
        _side.Provider.Serve("/api/page", http =>
        {
            http.Response.StatusCode = 201;
            foreach (var (name, value) in new[] { ("Set-Cookie", "a=1"), ("Access-Control-Allow-Origin", "*"), ("X-Echo", "Bearer " + token), ("X-Kept", "1"), ("ETag", "\"7\""),
                ("Strict-Transport-Security", "max-age=0"), ("Clear-Site-Data", "*"), ("Content-Security-Policy", "default-src *"), ("X-Hop", "1"), ("Connection", "X-Hop") })
            {
                http.Response.Headers[name] = value;
            }

            http.Response.ContentType = "text/html";
            return http.Response.WriteAsync("<script>alert(1)</script>");
        });

        using var answer = await CallAsync(HttpMethod.Get, "/page");

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var names = answer.Headers.Concat(answer.Content.Headers).Select(header => header.Key).ToArray();
        Assert.Empty(names.Intersect(["Set-Cookie", "Access-Control-Allow-Origin", "X-Echo", "Clear-Site-Data", "X-Hop"]));
        Assert.Equal(("1", "\"7\"", "nosniff"), (Header(answer, "X-Kept"), Header(answer, "ETag"), Header(answer, "X-Content-Type-Options")));
        Assert.StartsWith("sandbox;", Header(answer, "Content-Security-Policy"), StringComparison.Ordinal);
        Assert.Equal("<script>alert(1)</script>", await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("/../../connections")]
    [InlineData("/%2e%2e/x")]
    [InlineData("/a/..%2f..%2fx")]
    [InlineData("//169.254.169.254/latest")]
    [InlineData("/a%5c..%5cb")]
    public async Task A_path_that_leads_elsewhere_is_not_called(string path)
    {
        using var answer = await CallAsync(HttpMethod.Get, path);

        Assert.True(answer.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.NotFound or HttpStatusCode.Forbidden, $"{answer.StatusCode}");
        Assert.False(answer.Headers.Contains("Vault-Answered-By"));
        Assert.Empty(_side.Provider.Calls);
    }

    [Fact]
    public async Task Redirects_of_reads_are_followed_within_the_API_and_nowhere_else()
    {
        _side.Provider.Serve("/api/here", http => Redirect(http, _side.Provider.At("/api/there?x=1").ToString()));
        _side.Provider.Serve("/api/metadata", http => Redirect(http, "http://169.254.169.254/latest/meta-data"));
        _side.Provider.Serve("/api/loop", http => Redirect(http, "/api/loop"));

        using var followed = await CallAsync(HttpMethod.Get, "/here");
        Assert.Equal("/api/there", (await JsonAsync(followed)).GetProperty("path").GetString());
        using var elsewhere = await CallAsync(HttpMethod.Get, "/metadata");
        Assert.Equal(HttpStatusCode.Found, elsewhere.StatusCode);
        using var written = await CallAsync(HttpMethod.Post, "/here", JsonContent.Create(new { }));
        Assert.Equal(HttpStatusCode.Found, written.StatusCode);
        using var round = await CallAsync(HttpMethod.Get, "/loop");
        Assert.Equal(HttpStatusCode.Found, round.StatusCode);
        Assert.Equal(6, _side.Provider.Calls.Count(call => call.Path == "/api/loop"));
    }

    [Fact]
    public async Task A_token_that_was_revoked_before_its_time_is_renewed_once_and_the_call_made_again()
    {
        _side.Server.Clock.Advance(TimeSpan.FromMinutes(5));
        _side.Provider.Grants.EndAccess();

        using var answer = await CallAsync(HttpMethod.Post, "/things", Json("""{"a":1}"""));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(1, _side.Provider.Grants.Refreshes);
        Assert.Equal([0, 7], _side.Provider.Calls.Select(call => call.Length));
    }

    [Fact]
    public async Task What_is_still_refused_then_is_the_providers_answer()
    {
        _side.Server.Clock.Advance(TimeSpan.FromMinutes(5));
        _side.Provider.OnApi(FakeFaults.Status(401, """{"error":"nope"}"""), FakeFaults.Status(401, """{"error":"nope"}"""));

        using var answer = await CallAsync(HttpMethod.Get, "/things");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("provider", Header(answer, "Vault-Answered-By"));
        Assert.Equal(1, _side.Provider.Grants.Refreshes);
    }

    [Fact]
    public async Task A_provider_that_says_so_in_a_body_with_200_is_understood()
    {
        await _side.DefineAsync(definition => definition["api"]!["unauthorized"] = new JsonArray(new JsonObject { ["values"] = new JsonObject { ["error"] = new JsonArray("token_expired") } }));
        _side.Server.Clock.Advance(TimeSpan.FromMinutes(5));
        _side.Provider.OnApi(FakeFaults.OkWithError("token_expired"));

        using var answer = await CallAsync(HttpMethod.Get, "/things");

        Assert.Equal("/api/things", (await JsonAsync(answer)).GetProperty("path").GetString());
        Assert.Equal(1, _side.Provider.Grants.Refreshes);
    }

    [Theory]
    [InlineData("GET", 3)]
    [InlineData("PUT", 3)]
    [InlineData("POST", 1)]
    [InlineData("PATCH", 1)]
    public async Task Only_what_may_be_repeated_is_and_only_as_often_as_the_connection_says(string method, int calls)
    {
        _side.Provider.OnApi(FakeFaults.Status(503), FakeFaults.Status(502), FakeFaults.Status(504), FakeFaults.Status(500));

        var asking = CallAsync(new HttpMethod(method), "/things", method == "GET" ? null : Json("{}"));
        using var answer = await WhileTimePassesAsync(asking);

        Assert.Equal(calls == 3 ? HttpStatusCode.GatewayTimeout : HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("provider", Header(answer, "Vault-Answered-By"));
    }

    [Fact]
    public async Task A_provider_that_asks_to_wait_longer_than_a_call_may_is_passed_on_as_it_is()
    {
        _side.Provider.OnApi(FakeFaults.Status(429, "{}", ("Retry-After", "60")));

        using var answer = await CallAsync(HttpMethod.Get, "/things");

        Assert.Equal((HttpStatusCode.TooManyRequests, "60"), (answer.StatusCode, Header(answer, "Retry-After")));
        await _side.WriteUsageAsync();
        var usage = await _side.Server.QueryAsync(context => Task.FromResult(context.ConnectionUsages.Single(row => row.Seconds == 3600)));
        Assert.Equal((1, 1, 1, _agent), (usage.Calls, usage.ClientErrors, usage.RateLimited, usage.AgentId));
    }

    [Fact]
    public async Task A_provider_that_says_nothing_is_given_up_when_the_connections_timeout_has_passed()
    {
        var (reached, never) = (new TaskCompletionSource(), new TaskCompletionSource());
        _side.Provider.OnApi((_, _) =>
        {
            reached.SetResult();
            return never.Task;
        });

        var asking = CallAsync(HttpMethod.Post, "/things", JsonContent.Create(new { }));
        await reached.Task;
        _side.Server.Clock.Advance(TimeSpan.FromSeconds(31));
        using var answer = await asking;
        never.SetResult();

        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        Assert.Equal("provider_timeout", (await JsonAsync(answer)).GetProperty("code").GetString());
    }

    [Fact]
    public async Task The_time_that_new_tokens_take_is_not_the_providers_silence()
    {
        var account = await _side.AccountAsync(await _side.ConnectionAsync(new ConnectionSettings { Timeout = 5 }));
        _side.Server.Clock.Advance(TimeSpan.FromMinutes(59));
        _side.Provider.OnToken((_, proceed) =>
        {
            _side.Server.Clock.Advance(TimeSpan.FromSeconds(6));
            return proceed();
        });

        using var answer = await _side.CallAsync(HttpMethod.Get, $"/connected-accounts/{account.Id}/proxy/things", _key);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(1, _side.Provider.Grants.Refreshes);
    }

    [Fact]
    public async Task An_answer_that_breaks_off_is_not_taken_for_a_whole_one()
    {
        var seen = new TaskCompletionSource();
        _side.Provider.Serve("/api/broken", async http =>
        {
            await http.Response.WriteAsync("half");
            await http.Response.Body.FlushAsync();
            await seen.Task;
            http.Abort();
        });

        using var answer = await CallAsync(HttpMethod.Get, "/broken");
        await using var body = await answer.Content.ReadAsStreamAsync();
        var read = new byte[4];
        await body.ReadExactlyAsync(read);
        seen.SetResult();

        Assert.IsNotType<EndOfStreamException>(await Assert.ThrowsAnyAsync<IOException>(() => body.ReadExactlyAsync(read).AsTask()));
    }

    [Fact]
    public async Task An_account_that_needs_its_owner_says_so()
    {
        _side.Provider.Grants.EndAll();
        _side.Server.Clock.Advance(TimeSpan.FromMinutes(61));

        using var answer = await CallAsync(HttpMethod.Get, "/things");

        Assert.Equal(HttpStatusCode.FailedDependency, answer.StatusCode);
        Assert.Equal("account_unusable", (await JsonAsync(answer)).GetProperty("code").GetString());
        Assert.Empty(_side.Provider.Calls);
    }

    [Fact]
    public async Task No_credential_is_in_the_log_the_trail_or_a_problem()
    {
        _side.Provider.OnApi(FakeFaults.Unreached, FakeFaults.Unreached, FakeFaults.Unreached);
        using var failed = await WhileTimePassesAsync(CallAsync(HttpMethod.Get, "/things?access_token=mine"));
        using var good = await CallAsync(HttpMethod.Get, "/things");

        Assert.Equal(HttpStatusCode.BadGateway, failed.StatusCode);
        var trail = JsonSerializer.Serialize(await _side.Server.QueryAsync(context => Task.FromResult(context.AuditEvents.ToList())));
        var told = string.Join('\n', [.. _side.Server.Logs.All, trail, await failed.Content.ReadAsStringAsync(), await good.Content.ReadAsStringAsync()]);
        foreach (var secret in new[] { _side.Open(_account)!.AccessToken, _side.Open(_account)!.RefreshToken!, FakeProvider.ClientSecret, _key, "access_token=mine" })
        {
            Assert.DoesNotContain(secret, told, StringComparison.Ordinal);
        }

        Assert.Equal(2, (await _side.Server.TrailAsync(ProxyEvents.Called)).Count(row => row.Outcome == AuditOutcomes.Success && row.Target == _account.Id && row.AgentId == _agent));
    }

    private Task<HttpResponseMessage> CallAsync(HttpMethod method, string path, HttpContent? content = null, params (string Name, string Value)[] headers) =>
        _side.CallAsync(method, $"/connected-accounts/{_account.Id}/proxy{path}", _key, content, headers);

    private async Task<HttpResponseMessage> WhileTimePassesAsync(Task<HttpResponseMessage> asking)
    {
        // A pause before a call is made again is short; the patience for one is not.
        var pause = TimeSpan.FromSeconds(1);
        await Waiting.UntilAsync(() => asking.IsCompleted, done => done, () =>
        {
            if (_side.Server.Clock.HasWait(pause))
            {
                _side.Server.Clock.Advance(pause);
            }
        });
        return await asking;
    }

    // Its length is said, so that it can be kept.
    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private static Task Redirect(HttpContext http, string to)
    {
        http.Response.Redirect(to);
        return Task.CompletedTask;
    }

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage answer) => JsonElement.Parse(await answer.Content.ReadAsStringAsync());

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) || answer.Content.Headers.TryGetValues(name, out values) ? string.Join(", ", values) : null;

    /// <summary>Sends its beginning, waits, and sends the rest.</summary>
    private sealed class GatedContent(int first, Task gate, int rest) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(new byte[first]);
            await stream.FlushAsync();
            await gate;
            var chunk = new byte[1024 * 1024];
            for (var sent = 0; sent < rest; sent += chunk.Length)
            {
                await stream.WriteAsync(chunk);
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
