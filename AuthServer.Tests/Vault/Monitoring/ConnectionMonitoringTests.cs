using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Organizations;
using AuthServer.Tests.Support;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Monitoring;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using static AuthServer.Tests.Support.AgentSide;

namespace AuthServer.Tests.Vault.Monitoring;

/// <summary>How connections fare, as members read it: what was called is counted exactly, and where it belongs.</summary>
public sealed class ConnectionMonitoringTests : IAsyncLifetime
{
    private const long FiveMinutes = 5 * TimeSpan.TicksPerMinute;

    private VaultSide _side = null!;
    private Connection _connection = null!;
    private ConnectedAccount _account = null!;
    private string _agent = null!;
    private string _key = null!;

    public async Task InitializeAsync()
    {
        _side = await VaultSide.StartAsync(definition => definition["api"]!["rate_limit"] = JsonNode.Parse("""{ "limit": "X-Limit", "remaining": "X-Left", "reset": "X-Reset" }"""));
        _connection = await _side.ConnectionAsync(new ConnectionSettings { Retries = 0 });
        _account = await _side.AccountAsync(_connection);
        (_agent, _key) = await _side.AgentAsync("vault:tokens:use");
        var now = _side.Server.Clock.Now;
        _side.Server.Clock.Advance(TimeSpan.FromTicks(FiveMinutes - (now.UtcTicks % FiveMinutes)));
    }

    public async Task DisposeAsync() => await _side.DisposeAsync();

    [Fact]
    public async Task Calls_and_errors_are_counted_by_what_came_of_them_by_whom_and_when()
    {
        var noon = _side.Server.Clock.Now;
        await CallAsync(200, 200, 404, 404, 503);
        await CallAsync(_key, 200, 404);
        _side.Server.Clock.Advance(TimeSpan.FromSeconds(59.9));
        await CallAsync(429);
        _side.Server.Clock.Advance(TimeSpan.FromSeconds(0.1));
        await CallAsync(200);
        _side.Server.Clock.Advance(TimeSpan.FromSeconds(60));
        await _side.WriteUsageAsync();

        var seen = await SeenAsync($"?from={At(noon)}&to={At(noon.AddMinutes(2))}&step=1m");

        Assert.Equal((_connection.Id, "fake", At(noon), At(noon.AddMinutes(2)), 60), (Text(seen, "connection_id"), Text(seen, "provider"), Range(seen, "from"), Range(seen, "to"), seen.GetProperty("range").GetProperty("step").GetInt32()));
        Assert.Equal("calls 9, succeeded 4, redirected 0, client_errors 4, server_errors 1, unanswered 0, rate_limited 1", Numbers(seen.GetProperty("totals")));
        Assert.Equal((0.5556, 4.5, 0.075), (Number(seen.GetProperty("totals"), "error_rate"), Number(seen.GetProperty("totals"), "calls_per_minute"), Number(seen.GetProperty("totals"), "calls_per_second")));
        var series = seen.GetProperty("series").EnumerateArray().ToArray();
        Assert.Equal(2, series.Length);
        Assert.Equal((noon, 8, noon.AddMinutes(1), 1), (Moment(series[0], "at"), series[0].GetProperty("calls").GetInt32(), Moment(series[1], "at"), series[1].GetProperty("calls").GetInt32()));
        Assert.False(seen.GetProperty("totals").TryGetProperty("p99_ms", out _));
        Assert.Equal(["404 Not Found 3", "429 Too Many Requests 1", "503 Service Unavailable 1"], seen.GetProperty("errors").EnumerateArray()
            .Select(error => $"{error.GetProperty("status").GetInt32()} {Text(error, "words")} {error.GetProperty("count").GetInt32()}"));
        var agents = seen.GetProperty("agents").EnumerateArray().ToArray();
        Assert.Equal((7, 2, _agent), (agents[0].GetProperty("calls").GetInt32(), agents[1].GetProperty("calls").GetInt32(), Text(agents[1], "agent_id")));
        Assert.False(agents[0].TryGetProperty("agent_id", out _));
        Assert.StartsWith("agent ", Text(agents[1], "name"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_bucket_has_its_beginning_and_not_its_end()
    {
        var noon = _side.Server.Clock.Now;
        for (var minute = 0; minute < 11; minute++)
        {
            await CallAsync(200);
            _side.Server.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        await _side.WriteUsageAsync();

        var seen = await SeenAsync($"?from={At(noon)}&to={At(noon.AddMinutes(10))}&step=5m");
        Assert.Equal([5, 5], seen.GetProperty("series").EnumerateArray().Select(point => point.GetProperty("calls").GetInt32()));
        seen = await SeenAsync($"?from={At(noon.AddMinutes(-5))}&step=5m");
        Assert.Equal([0, 5, 5, 1], seen.GetProperty("series").EnumerateArray().Select(point => point.GetProperty("calls").GetInt32()));
        seen = await SeenAsync($"?from={At(noon.AddDays(-7))}&step=1d");

        // Days begin at midnight, which may come amid the calls.
        var today = Enumerable.Range(0, 11).Count(minute => noon.AddMinutes(minute).UtcDateTime.Date == _side.Server.Clock.Now.UtcDateTime.Date);
        Assert.Equal(today, seen.GetProperty("series").EnumerateArray().Last().GetProperty("calls").GetInt32());
        Assert.Equal(11, seen.GetProperty("totals").GetProperty("calls").GetInt32());
    }

    [Fact]
    public async Task How_long_calls_took_is_told_by_the_clock_of_the_server()
    {
        _side.Provider.Serve("/api/slow", async http =>
        {
            _side.Server.Clock.Advance(TimeSpan.FromMilliseconds(200));
            await http.Response.WriteAsync("{}");
        });
        for (var i = 0; i < 4; i++)
        {
            using var answer = await _side.CallAsync(HttpMethod.Get, $"/connected-accounts/{_account.Id}/proxy/slow", _key);
        }

        await _side.WriteUsageAsync();
        var totals = (await SeenAsync("")).GetProperty("totals");

        // Between 100 and 250 ms, taken as spread evenly.
        Assert.Equal((175, 242.5), (Number(totals, "p50_ms"), Number(totals, "p95_ms")));
    }

    [Fact]
    public async Task What_never_reached_the_provider_is_an_error_by_its_code_and_took_no_time()
    {
        _side.Provider.OnApi(FakeFaults.Unreached);
        await GetAsync("x");
        await GetAsync("x", ("Vault-Base-Url", "https://elsewhere.example"));
        await _side.ChangeAsync(_account.Id, account => (account.Status, account.Fault) = (AccountStatus.Expired, "account_expired"));
        await GetAsync("x");
        await _side.WriteUsageAsync();
        var seen = await SeenAsync("");

        Assert.Equal(["account_unusable", "host_refused", "provider_unreachable"], seen.GetProperty("errors").EnumerateArray().Select(error => Text(error, "code")).Order(StringComparer.Ordinal));
        Assert.Equal("calls 3, succeeded 0, redirected 0, client_errors 0, server_errors 0, unanswered 3, rate_limited 0", Numbers(seen.GetProperty("totals")));
        Assert.Equal(1, seen.GetProperty("totals").GetProperty("error_rate").GetInt32());
        Assert.InRange(Number(seen.GetProperty("totals"), "p95_ms"), 0, 10);
    }

    [Fact]
    public async Task Accounts_refreshes_and_the_last_success_and_failure_show_how_authentication_stands()
    {
        await _side.AccountAsync(_connection, account => (account.Status, account.Health) = (AccountStatus.Expired, AccountHealth.Failing));
        await _side.AccountAsync(_connection, account => account.Health = AccountHealth.Degraded);
        await CallAsync(200);
        var good = _side.Server.Clock.Now;
        _side.Server.Clock.Advance(TimeSpan.FromMinutes(10));
        await CallAsync(500);
        var bad = _side.Server.Clock.Now;
        _side.Server.Clock.Advance(TimeSpan.FromMinutes(49));
        Assert.NotNull((await _side.GetAsync(_account.Id)).Value);
        var refreshed = _side.Server.Clock.Now;
        await _side.WriteUsageAsync();

        var seen = await SeenAsync("?step=5m");
        var authentication = seen.GetProperty("authentication");

        Assert.Equal((1, 3), (authentication.GetProperty("connections").GetProperty("active").GetInt32(), authentication.GetProperty("accounts").GetInt32()));
        Assert.Equal("""{"active":2,"error":0,"expired":1,"pending":0,"revoked":0}""", authentication.GetProperty("accounts_by_status").GetRawText());
        Assert.Equal("""{"degraded":1,"failing":1,"healthy":1}""", authentication.GetProperty("accounts_by_health").GetRawText());
        Assert.Equal((1, 0), (seen.GetProperty("totals").GetProperty("refreshed").GetInt32(), seen.GetProperty("totals").GetProperty("refreshes_failed").GetInt32()));
        Assert.Equal((refreshed, bad, refreshed), (Moment(authentication, "last_success_at"), Moment(authentication, "last_failure_at"), Moment(authentication, "last_refresh_at")));
        Assert.True(good < bad);
    }

    [Fact]
    public async Task What_the_provider_says_is_left_is_told_until_there_is_more()
    {
        _side.Provider.OnApi(FakeFaults.Status(200, "{}", ("X-Limit", "100"), ("X-Left", "42"), ("X-Reset", "90")));
        await GetAsync("x");
        await _side.WriteUsageAsync();

        var quota = Assert.Single((await SeenAsync("")).GetProperty("quota").EnumerateArray());
        Assert.Equal((_account.Id, 100, 42), (Text(quota, "account_id"), quota.GetProperty("limit").GetInt32(), quota.GetProperty("left").GetInt32()));
        Assert.InRange((Moment(quota, "resets_at") - Moment(quota, "seen_at")).TotalSeconds, 89, 91);
        _side.Server.Clock.Advance(TimeSpan.FromSeconds(92));
        Assert.Empty((await SeenAsync("")).GetProperty("quota").EnumerateArray());
    }

    [Fact]
    public async Task Where_a_provider_counts_by_app_its_accounts_share_one_number_and_an_organization_has_the_sum_of_its_apps()
    {
        await _side.DefineAsync(definition => definition["api"]!["rate_limit"] = JsonNode.Parse("""{ "per": "app", "limit": "X-Limit", "remaining": "X-Left", "reset": "X-Reset" }"""));
        var same = await _side.ConnectionAsync(new ConnectionSettings { Retries = 0 });
        var other = await _side.ConnectionAsync(new ConnectionSettings { Retries = 0 }, connection => connection.ClientId = "another-app");
        var left = 50;
        foreach (var account in new[] { _account, await _side.AccountAsync(_connection), await _side.AccountAsync(same), await _side.AccountAsync(other) })
        {
            _side.Provider.OnApi(FakeFaults.Status(200, "{}", ("X-Limit", "100"), ("X-Left", $"{left--}"), ("X-Reset", "90")));
            using var answer = await _side.CallAsync(HttpMethod.Get, $"/connected-accounts/{account.Id}/proxy/x");
            _side.Server.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        await _side.WriteUsageAsync();
        var quota = Assert.Single((await SeenAsync("")).GetProperty("quota").EnumerateArray());
        Assert.Equal((false, 100, 48), (quota.TryGetProperty("account_id", out _), quota.GetProperty("limit").GetInt32(), quota.GetProperty("left").GetInt32()));
        var all = Assert.Single((await _side.Acme.GetAsync("/api/v1/connections/monitoring")).GetProperty("quota").EnumerateArray());
        Assert.Equal(
            ("fake", 2, 200, 48 + 47), (Text(all, "provider"), all.GetProperty("apps").GetInt32(), all.GetProperty("limit").GetInt32(), all.GetProperty("left").GetInt32()));
        Assert.InRange((Moment(all, "resets_at") - Moment(all, "seen_at")).TotalSeconds, 89, 91);
    }

    [Fact]
    public async Task More_than_can_be_added_up_at_once_is_refused_and_a_larger_step_is_answered()
    {
        await using var side = await VaultSide.StartAsync(services => services.AddSingleton(new MonitoringLimit(3)), null);
        var connection = await side.ConnectionAsync();
        var account = await side.AccountAsync(connection);
        for (var minute = 0; minute < 4; minute++)
        {
            using var answer = await side.CallAsync(HttpMethod.Get, $"/connected-accounts/{account.Id}/proxy/x");
            await side.WriteUsageAsync();
            if (minute == 2)
            {
                await side.Acme.GetAsync($"/api/v1/connections/{connection.Id}/monitoring?step=1m");
            }

            side.Server.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        foreach (var path in new[] { "/api/v1/connections/monitoring", $"/api/v1/connections/{connection.Id}/monitoring" })
        {
            var refused = await side.Acme.AskAsync(HttpMethod.Get, path + "?step=1m", null, HttpStatusCode.BadRequest);
            Assert.Contains("larger step", refused.GetProperty("errors").GetProperty("from")[0].GetString(), StringComparison.Ordinal);
            Assert.Equal(4, (await side.Acme.GetAsync(path + "?step=1h")).GetProperty("totals").GetProperty("calls").GetInt32());
        }
    }

    [Fact]
    public async Task All_connections_are_added_up_as_far_as_the_member_may_see_them()
    {
        var hidden = await _side.ConnectionAsync(change: connection => connection.Access = """{"view":["admin"]}""");
        var account = await _side.AccountAsync(hidden);
        await CallAsync(200, 404);
        using (await _side.CallAsync(HttpMethod.Get, $"/connected-accounts/{account.Id}/proxy/x"))
        {
        }

        await _side.WriteUsageAsync();
        var (all, some) = (await _side.Acme.GetAsync("/api/v1/connections/monitoring"), await (await _side.Acme.ColleagueAsync(Role.Auditor)).GetAsync("/api/v1/connections/monitoring"));

        Assert.Equal((3, 2, 2), (all.GetProperty("totals").GetProperty("calls").GetInt32(), all.GetProperty("connections").GetArrayLength(), all.GetProperty("authentication").GetProperty("accounts").GetInt32()));
        Assert.Equal((2, 1), (some.GetProperty("totals").GetProperty("calls").GetInt32(), some.GetProperty("authentication").GetProperty("accounts").GetInt32()));
        Assert.Equal(_connection.Id, Text(Assert.Single(some.GetProperty("connections").EnumerateArray()), "connection_id"));
        Assert.DoesNotContain(hidden.Id, some.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Members_read_it_and_nobody_else_does()
    {
        var path = $"/api/v1/connections/{_connection.Id}/monitoring";
        var (auditor, stranger) = (await _side.Acme.ColleagueAsync(Role.Auditor), await OrganizationSide.CreateAsync(_side.Server));
        (await RestAnswer.ReadAsync(await auditor.SendAsync(HttpMethod.Get, path))).Is(HttpStatusCode.OK);
        (await RestAnswer.ReadAsync(await stranger.SendAsync(HttpMethod.Get, path))).Is(HttpStatusCode.NotFound, "not_found");
        Assert.Equal(0, (await stranger.GetAsync("/api/v1/connections/monitoring")).GetProperty("connections").GetArrayLength());
        (await RestAnswer.ReadAsync(await auditor.SendAsync(HttpMethod.Get, "/api/v1/connections/conn_nothing/monitoring"))).Is(HttpStatusCode.NotFound, "not_found");
        (await RestAnswer.ReadAsync(await auditor.SendAsync(HttpMethod.Get, path + "?step=2m&from=x"))).Is(HttpStatusCode.BadRequest, "invalid_request");
        foreach (var refused in new[] { path, "/api/v1/connections/monitoring" })
        {
            using var answer = await _side.CallAsync(HttpMethod.Get, refused["/api/v1".Length..], _key);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }
    }

    private Task CallAsync(params int[] statuses) => CallAsync(null, statuses);

    private async Task CallAsync(string? key, params int[] statuses)
    {
        foreach (var status in statuses)
        {
            _side.Provider.OnApi(status == 200 ? FakeFaults.None : FakeFaults.Status(status));
            using var answer = await _side.CallAsync(HttpMethod.Get, $"/connected-accounts/{_account.Id}/proxy/x", key);
            Assert.Equal(status, (int)answer.StatusCode);
        }
    }

    private async Task GetAsync(string path, params (string Name, string Value)[] headers)
    {
        using var answer = await _side.CallAsync(HttpMethod.Get, $"/connected-accounts/{_account.Id}/proxy/{path}", null, null, headers);
    }

    private Task<JsonElement> SeenAsync(string query) => _side.Acme.GetAsync($"/api/v1/connections/{_connection.Id}/monitoring{query}");

    private static string At(DateTimeOffset at) => at.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Range(JsonElement seen, string name) => At(Moment(seen.GetProperty("range"), name));

    private static DateTimeOffset Moment(JsonElement of, string name) => of.GetProperty(name).GetDateTimeOffset();

    private static double Number(JsonElement of, string name) => of.GetProperty(name).GetDouble();

    private static string Numbers(JsonElement totals) => string.Join(
        ", ", new[] { "calls", "succeeded", "redirected", "client_errors", "server_errors", "unanswered", "rate_limited" }.Select(name => $"{name} {totals.GetProperty(name).GetInt64()}"));
}
