using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Http.Api;
using AuthServer.Organizations;
using AuthServer.Outbound;
using AuthServer.Tests.Support;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Dialect;
using AuthServer.Vault.Providers;
using Microsoft.EntityFrameworkCore;
using static AuthServer.Tests.Support.AgentSide;
using static AuthServer.Tests.Vault.Connections.ConnectionSide;

namespace AuthServer.Tests.Vault.Connections;

/// <summary>Tests of connections by real calls: what the answer shows, and where it moves the connection.</summary>
public sealed class ConnectionTestTests(ConnectSide side) : IClassFixture<ConnectSide>
{
    private static int _made;

    [Fact]
    public async Task A_good_API_key_is_accepted_and_its_draft_becomes_active()
    {
        var id = await KeyAsync(FakeProvider.ApiKey);

        var result = await TestAsync(id);

        Assert.Equal(("accepted", "active", 200), (Text(result, "verdict"), Text(result, "status"), result.GetProperty("http_status").GetInt32()));
        Assert.False(result.TryGetProperty("cause", out _));
        Assert.True(side.Provider.Calls.TryPeek(out _));
        var told = Assert.Single(await side.Server.TrailAsync(ConnectionEvents.Tested), row => row.Target == id);
        Assert.Equal("accepted", told.Reason);
        Assert.DoesNotContain(FakeProvider.ApiKey, told.Detail + result.GetRawText() + string.Join('\n', side.Server.Logs.All), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_API_key_is_refused_with_the_cause_and_the_next_step_and_a_good_one_mends_it()
    {
        var id = await KeyAsync("fk_wrong_0123456789");

        var result = await TestAsync(id);

        Assert.Equal(("refused", "error", "invalid_credentials"), (Text(result, "verdict"), Text(result, "status"), Text(result, "cause")));
        Assert.Contains("new key", Text(result, "next_step"), StringComparison.Ordinal);
        var shown = await side.Acme.GetAsync(Path(id));
        Assert.Equal(("error", "app_refused"), (Text(shown, "status"), Text(shown, "fault")));
        await side.Acme.AskAsync(HttpMethod.Patch, Path(id), new { credentials = new { api_key = FakeProvider.ApiKey } });
        Assert.Equal("active", Text(await TestAsync(id), "status"));
        Assert.False((await side.Acme.GetAsync(Path(id))).TryGetProperty("fault", out _));
    }

    [Theory]
    [InlineData(500, "provider_unavailable", "provider_unavailable")]
    [InlineData(429, "exceeded_request_limits", "provider_busy")]
    [InlineData(404, "incorrect_endpoint_urls", "provider_answer")]
    [InlineData(302, "provider_api_changes", "provider_answer")]
    public async Task What_says_nothing_of_the_key_moves_a_draft_to_testing_and_an_active_one_nowhere(int status, string cause, string fault)
    {
        var draft = await KeyAsync(FakeProvider.ApiKey);
        side.Provider.OnApi(FakeFaults.Status(status), FakeFaults.None, FakeFaults.Status(status));

        var result = await TestAsync(draft);
        Assert.Equal(("cannot_tell", "testing", cause, fault), (Text(result, "verdict"), Text(result, "status"), Text(result, "cause"), Text(result, "fault")));
        Assert.Contains("test it again", Text(result, "next_step"), StringComparison.Ordinal);
        Assert.Equal("active", Text(await TestAsync(draft), "status"));
        Assert.Equal("active", Text(await TestAsync(draft), "status"));
    }

    [Theory]
    [InlineData("stripe", null, ConnectionCause.ProviderUnavailable)]
    [InlineData("stripe", "https://stripe.acme.example", ConnectionCause.IncorrectEndpointUrls)]
    public void A_name_that_is_not_found_is_a_wrong_address_only_where_somebody_here_wrote_it(string provider, string? own, ConnectionCause cause)
    {
        var row = new Connection { Settings = JsonSerializer.Serialize(new ConnectionSettings { BaseUrl = own }, ApiJson.Options) };
        var finding = ConnectionProbe.CannotTell(row, ShippedProviders.Find(provider)!, ProviderFaults.Unreachable, new OutboundResult { Failure = "dns" });
        Assert.Equal(cause, finding.Cause);
    }

    [Fact]
    public async Task The_key_goes_where_the_connection_says()
    {
        var id = await KeyAsync(FakeProvider.ApiKey, new { key = new { @in = "query", name = "key" }, headers = new Dictionary<string, string> { ["X-Team"] = "red" }, user_agent = "acme/2" });
        side.Provider.Calls.Clear();

        Assert.Equal("accepted", Text(await TestAsync(id), "verdict"));
        Assert.True(side.Provider.Calls.TryDequeue(out var call));
        Assert.Equal(("?key=" + FakeProvider.ApiKey, "red", "acme/2"), (call.Query, call.Headers["X-Team"], call.Headers["User-Agent"]));
        Assert.False(call.Headers.ContainsKey("X-Api-Key"));
    }

    [Theory]
    [InlineData(null, null, "exceeded_request_limits")]
    [InlineData(60, null, "incorrect_rate_limit_configuration")]
    [InlineData(60, "4", "burst_limit_violations")]
    [InlineData(null, "0", "exceeded_request_limits")]
    public async Task Too_many_calls_have_causes_of_their_own(int? limit, string? left, string cause)
    {
        var id = await KeyAsync(FakeProvider.ApiKey, new { rate_limit = limit });
        side.Provider.OnApi(FakeFaults.Status(429, "{}", [.. left is null ? Array.Empty<(string, string)>() : [("X-Left", left)]]));

        Assert.Equal(cause, Text(await TestAsync(id), "cause"));
    }

    [Fact]
    public async Task What_a_provider_wants_first_is_a_cause_too()
    {
        var id = await KeyAsync(FakeProvider.ApiKey);
        side.Provider.OnApi(FakeFaults.Status(422));

        Assert.Equal("provider_specific_requirements", Text(await TestAsync(id), "cause"));
    }

    [Fact]
    public async Task A_connection_with_an_account_is_tested_by_a_real_call_with_its_token()
    {
        var connection = await side.ConnectionAsync(
            provider => provider["oauth"]!["test"] = new JsonObject { ["call"] = new JsonObject { ["method"] = "GET", ["url"] = side.Provider.At("/api/whoami").ToString() }, ["limited"] = new JsonArray(new JsonObject { ["statuses"] = new JsonArray(403) }) },
            settings: new ConnectionSettings());
        var account = await side.ConnectedAsync(connection, null, new FakePerson($"p-{Guid.NewGuid():N}", "t@example.com", "T"));
        side.Provider.Calls.Clear();

        var good = await TestAsync(connection.Id);
        Assert.Equal(("accepted", Id(account)), (Text(good, "verdict"), Text(good, "account_id")));
        Assert.Equal("Bearer " + (await side.TokensAsync(account))!.AccessToken, Assert.Single(side.Provider.Calls, call => call.Path == "/api/whoami").Headers["Authorization"]);
        side.Provider.OnApi(FakeFaults.Status(403), FakeFaults.Status(503));
        Assert.Equal("incorrect_scopes", Text(await TestAsync(connection.Id), "cause"));
        var down = await TestAsync(connection.Id);
        Assert.Equal(("cannot_tell", "provider_unavailable"), (Text(down, "verdict"), Text(down, "cause")));

        Assert.Contains(await side.Server.TrailAsync(ConnectionEvents.Tested), row => row.Target == connection.Id && row.Detail!.Contains(Id(account), StringComparison.Ordinal));

        // A person's own is theirs alone.
        await OwnAsync(account, "usr_somebody");
        Assert.False((await TestAsync(connection.Id)).TryGetProperty("account_id", out _));
        await OwnAsync(account, null);

        // The account's access has ended. Others may live by the connection.
        side.Provider.Grants.EndAccess();
        var ended = await TestAsync(connection.Id);
        Assert.Equal(("refused", "expired_tokens", "active"), (Text(ended, "verdict"), Text(ended, "cause"), Text(ended, "status")));
        Assert.Contains("Connect the account again", Text(ended, "next_step"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_provider_that_can_be_asked_about_a_token_is_where_the_test_call_tells_nothing()
    {
        JsonObject Call(string path) => new() { ["method"] = "GET", ["url"] = side.Provider.At(path).ToString() };
        var connection = await side.ConnectionAsync(
            provider =>
            {
                provider["oauth"]!["test"] = new JsonObject { ["call"] = Call("/api/nowhere") };
                provider["oauth"]!["introspection"] = JsonNode.Parse("""{"active":[{"values":{"active":["true"]}}],"dead":[{"values":{"active":["false"]}}]}""");
                provider["oauth"]!["introspection"]!["call"] = Call("/api/introspect");
            },
            settings: new ConnectionSettings());
        await side.ConnectedAsync(connection, null, new FakePerson($"p-{Guid.NewGuid():N}", "t@example.com", "T"));
        side.Provider.Serve("/api/nowhere", http =>
        {
            http.Response.StatusCode = 404;
            return Task.CompletedTask;
        });
        foreach (var (active, verdict) in new[] { (true, "accepted"), (false, "refused") })
        {
            side.Provider.Serve("/api/introspect", http => Microsoft.AspNetCore.Http.HttpResponseJsonExtensions.WriteAsJsonAsync(http.Response, new { active }));
            Assert.Equal(verdict, Text(await TestAsync(connection.Id), "verdict"));
        }
    }

    [Fact]
    public async Task An_app_is_known_to_its_provider_or_not()
    {
        var good = await side.ConnectionAsync();
        var result = await TestAsync(good.Id);
        Assert.Equal(("accepted", "active"), (Text(result, "verdict"), Text(result, "status")));

        await side.Acme.AskAsync(HttpMethod.Patch, Path(good.Id), new { credentials = new { client_secret = "not the right one" } });
        result = await TestAsync(good.Id);
        Assert.Equal(("refused", "error", "invalid_credentials", "app_refused"), (Text(result, "verdict"), Text(result, "status"), Text(result, "cause"), Text(result, "fault")));
    }

    [Fact]
    public async Task Addresses_that_lead_inside_are_not_asked()
    {
        var connection = await side.ConnectionAsync(settings: new ConnectionSettings { TokenUrl = "http://169.254.169.254/latest/meta-data" });
        var result = await TestAsync(connection.Id);
        Assert.Equal(("cannot_tell", "incorrect_endpoint_urls", "address_refused"), (Text(result, "verdict"), Text(result, "cause"), Text(result, "fault")));
        Assert.False(result.TryGetProperty("http_status", out _));
    }

    [Fact]
    public async Task One_that_is_switched_off_stays_so_and_an_incomplete_one_is_not_tested()
    {
        var id = await KeyAsync(FakeProvider.ApiKey);
        await side.Acme.PostAsync(Path(id, "/activate"));
        await side.Acme.PostAsync(Path(id, "/deactivate"));
        Assert.Equal(("accepted", "inactive"), (Text(await TestAsync(id), "verdict"), Text(await TestAsync(id), "status")));

        var empty = Id(await side.Acme.AskAsync(HttpMethod.Post, Route, new { provider = "openai", name = "No key yet" }, HttpStatusCode.Created));
        (await RestAnswer.ReadAsync(await side.Acme.SendAsync(HttpMethod.Post, Path(empty, "/test")))).Is(HttpStatusCode.Conflict, "incomplete");
        (await RestAnswer.ReadAsync(await side.Acme.SendAsync(HttpMethod.Post, "/credentials/check", new { name = "anthropicApiKey" }))).Is(HttpStatusCode.NotFound, "not_found");
        (await RestAnswer.ReadAsync(await side.Acme.SendAsync(HttpMethod.Post, "/credentials/check", new { name = "anyKey" }))).Is(HttpStatusCode.BadRequest, "invalid_request");
    }

    [Fact]
    public async Task Tests_are_for_those_who_may_change_it_and_ten_in_a_minute()
    {
        var id = await KeyAsync(FakeProvider.ApiKey);
        var (auditor, stranger) = (await side.Acme.ColleagueAsync(Role.Auditor), await OrganizationSide.CreateAsync(side.Server));
        (await RestAnswer.ReadAsync(await auditor.SendAsync(HttpMethod.Post, Path(id, "/test")))).Is(HttpStatusCode.Forbidden, "role");
        (await RestAnswer.ReadAsync(await stranger.SendAsync(HttpMethod.Post, Path(id, "/test")))).Is(HttpStatusCode.NotFound, "not_found");
        for (var i = 0; i < 10; i++)
        {
            await TestAsync(id);
        }

        var refused = (await RestAnswer.ReadAsync(await side.Acme.SendAsync(HttpMethod.Post, Path(id, "/test")))).Is(HttpStatusCode.TooManyRequests);
        Assert.NotNull(refused.Response.Headers.RetryAfter);
    }

    private Task<int> OwnAsync(JsonElement account, string? person) => side.Server.QueryAsync(
        context => context.ConnectedAccounts.Where(row => row.Id == Id(account)).ExecuteUpdateAsync(set => set.SetProperty(row => row.UserId, person)));

    /// <summary>A draft by API key, with everything that it needs.</summary>
    private async Task<string> KeyAsync(string key, object? settings = null)
    {
        var provider = await side.DefineAsync(
            side.Acme.Id,
            definition =>
            {
                definition.Remove("oauth");
                definition["api"]!["rate_limit"] = new JsonObject { ["remaining"] = "X-Left" };
                definition["api_key"] = JsonNode.Parse($$$"""
                    {
                      "fields": [{ "name": "api_key", "label": "API key" }],
                      "credential": [{ "name": "X-Api-Key", "value": "{api_key}" }],
                      "test": { "call": { "method": "GET", "url": "{{{side.Provider.ApiUrl}}}/me" } }
                    }
                    """);
            },
            $"keyed_{Interlocked.Increment(ref _made)}");
        return Id(await side.Acme.AskAsync(
            HttpMethod.Post, Route, JsonSerializer.Serialize(new { provider, name = provider, status = "draft", credentials = new { api_key = key }, settings }), HttpStatusCode.Created));
    }

    private Task<JsonElement> TestAsync(string id) => side.Acme.PostAsync(Path(id, "/test"));
}
