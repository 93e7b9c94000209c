using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Organizations;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Proxy;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Vault.Proxy;

/// <summary>Who may call by what: a scope, the connection, the account, and the policies have a say, and each decision is in the trail.</summary>
[Trait("negative", "55")]
public sealed class ProxyRightsTests : IAsyncLifetime
{
    private VaultSide _side = null!;
    private Connection _connection = null!;
    private ConnectedAccount _account = null!;

    public async Task InitializeAsync()
    {
        _side = await VaultSide.StartAsync();
        _connection = await _side.ConnectionAsync();
        _account = await _side.AccountAsync(_connection);
    }

    public async Task DisposeAsync() => await _side.DisposeAsync();

    [Fact]
    public async Task An_agent_needs_the_scope_and_is_told_which()
    {
        var (_, key) = await _side.AgentAsync("agents.read");

        using var answer = await _side.CallAsync(HttpMethod.Get, Path(_account, "/x"), key);

        Assert.Equal((HttpStatusCode.Forbidden, "insufficient_scope"), await ProblemAsync(answer));
        Assert.Contains("vault:tokens:use", answer.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        Assert.Empty(_side.Provider.Calls);
    }

    [Fact]
    public async Task A_suspended_organization_reads_nothing_by_its_connections_either()
    {
        var path = Path(_account, "/x");
        using var before = await _side.CallAsync(HttpMethod.Get, path, _side.Acme.Key);
        Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        await _side.Server.QueryAsync(context => context.Organizations.Where(row => row.Id == _side.Acme.Id)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.SuspendedAt, _side.Server.Clock.Now)));
        _side.Server.Clock.Advance(TimeSpan.FromSeconds(10));
        var calls = _side.Provider.Calls.Count;

        foreach (var asked in new[] { path, $"/connected-accounts/{_account.Id}/token", $"/connections/{_connection.Id}/tools" })
        {
            using var answer = await _side.CallAsync(HttpMethod.Get, asked, _side.Acme.Key);
            Assert.Equal((HttpStatusCode.Forbidden, "organization_suspended"), await ProblemAsync(answer));
        }

        Assert.Equal(calls, _side.Provider.Calls.Count);
    }

    [Fact]
    public async Task A_policy_about_the_connection_its_method_and_its_path_is_heard_and_named_in_the_trail()
    {
        var (agent, key) = await _side.AgentAsync("vault:tokens:use");
        var policy = await _side.Acme.AskAsync(HttpMethod.Post, "/api/v1/policies", new
        {
            agentId = agent,
            name = "Deletes nothing there",
            effect = "deny",
            resources = new[] { $"/connections/{_connection.Id}/DELETE/things*" },
        }, HttpStatusCode.Created);
        _side.Server.Clock.Advance(TimeSpan.FromSeconds(6));

        using var denied = await _side.CallAsync(HttpMethod.Delete, Path(_account, "/th%69ngs/1"), key);
        using var allowed = await _side.CallAsync(HttpMethod.Get, Path(_account, "/things/1"), key);

        Assert.Equal((HttpStatusCode.Forbidden, "policy_denies"), await ProblemAsync(denied));
        Assert.Equal(HttpStatusCode.OK, allowed.StatusCode);
        Assert.Equal("GET", Assert.Single(_side.Provider.Calls).Method);
        var told = await _side.Server.TrailAsync(ProxyEvents.Called);
        Assert.Equal([(AuditOutcomes.Denied, AgentSide.Text(policy, "id")), (AuditOutcomes.Success, null)], told.OrderBy(row => row.Outcome, StringComparer.Ordinal).Select(row => (row.Outcome, row.PolicyId)));
        Assert.All(told, row => Assert.Equal((agent, _account.Id, _side.Acme.Id), (row.AgentId, row.Target, row.OrganizationId)));
    }

    [Fact]
    public async Task Whoever_names_the_bases_own_host_gets_around_no_policy_and_not_out_of_the_base()
    {
        var (agent, key) = await _side.AgentAsync("vault:tokens:use");
        await DenyAsync(agent, $"/connections/{_connection.Id}/DELETE/things*");
        var origin = _side.Provider.At("").ToString().TrimEnd('/');

        using var denied = await _side.CallAsync(HttpMethod.Delete, Path(_account, "/things/1"), key, null, ("Vault-Base-Url", origin));
        using var around = await _side.CallAsync(HttpMethod.Delete, Path(_account, "/api/things/1"), key, null, ("Vault-Base-Url", origin.ToUpperInvariant()));
        using var batch = await _side.CallAsync(
            HttpMethod.Post, $"/connected-accounts/{_account.Id}/proxy", key, JsonContent.Create(new { calls = new[] { new { method = "DELETE", path = "/things/1", base_url = origin } } }));

        Assert.Equal((HttpStatusCode.Forbidden, "policy_denies"), await ProblemAsync(denied));
        Assert.Equal("policy_denies", (await batch.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("answers")[0].GetProperty("code").GetString());
        Assert.Equal("/api/api/things/1", Assert.Single(_side.Provider.Calls).Path);
    }

    [Theory]
    [InlineData("/things;v=1/secret/1")]
    [InlineData("/th%2569ngs/secret/1")]
    [InlineData("/things%20/secret/1")]
    [InlineData("/things/secret%3Bx/1")]
    public async Task What_some_servers_read_as_a_path_that_is_denied_is_denied(string path)
    {
        var (agent, key) = await _side.AgentAsync("vault:tokens:use");
        await DenyAsync(agent, $"/connections/{_connection.Id}/GET/things/secret/*");

        using var denied = await _side.CallAsync(HttpMethod.Get, Path(_account, path), key);
        using var other = await _side.CallAsync(HttpMethod.Get, Path(_account, "/things;v=1/open"), key);

        Assert.Equal((HttpStatusCode.Forbidden, "policy_denies"), await ProblemAsync(denied));
        Assert.Equal("/api/things;v=1/open", Assert.Single(_side.Provider.Calls).Path);
    }

    [Fact]
    public async Task Who_may_not_GET_a_thing_may_not_ask_by_HEAD_whether_it_is_there()
    {
        var (agent, key) = await _side.AgentAsync("vault:tokens:use");
        await DenyAsync(agent, $"/connections/{_connection.Id}/GET/things/secret*");

        using var denied = await _side.CallAsync(HttpMethod.Head, Path(_account, "/things/secret"), key);
        using var careless = await _side.CallAsync(HttpMethod.Head, Path(_account, "/things;v=1/secret"), key);
        using var allowed = await _side.CallAsync(HttpMethod.Head, Path(_account, "/things/1"), key);

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (denied.StatusCode, careless.StatusCode));
        Assert.Equal(HttpStatusCode.OK, allowed.StatusCode);
        Assert.Equal("HEAD", Assert.Single(_side.Provider.Calls).Method);
    }

    [Fact]
    public async Task Another_host_of_the_API_is_a_part_of_what_policies_are_asked_about()
    {
        await _side.DefineAsync(provider => provider["api"]!["hosts"] = new JsonArray("files.example.com", "xn--bcher-kva.example"));
        var (agent, key) = await _side.AgentAsync("vault:tokens:use");
        await DenyAsync(agent, $"/connections/{_connection.Id}/GET//files.example.com/secret*", $"/connections/{_connection.Id}/GET//xn--bcher-kva.example/*");

        foreach (var (origin, path, code) in new[]
        {
            ("https://files.example.com", "/secret/1", "policy_denies"), ("https://FILES.example.com:443/", "/s%65cret/1", "policy_denies"),
            ("https://b\u00fccher.example", "/x", "policy_denies"), ("https://elsewhere.example", "/secret/1", "host_refused"),
        })
        {
            using var answer = await _side.CallAsync(
                HttpMethod.Post, $"/connected-accounts/{_account.Id}/proxy", key, JsonContent.Create(new { calls = new[] { new { method = "GET", path, base_url = origin } } }));
            Assert.Equal(code, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("answers")[0].GetProperty("code").GetString());
        }

        using var own = await _side.CallAsync(HttpMethod.Get, Path(_account, "/secret/1"), key);
        Assert.Equal(HttpStatusCode.OK, own.StatusCode);
    }

    private async Task DenyAsync(string agent, params string[] resources)
    {
        await _side.Acme.AskAsync(HttpMethod.Post, "/api/v1/policies", new { agentId = agent, name = "Not there", effect = "deny", resources }, HttpStatusCode.Created);
        _side.Server.Clock.Advance(TimeSpan.FromSeconds(6));
    }

    [Fact]
    public async Task The_version_that_a_connection_sets_is_the_one_that_is_called()
    {
        await _side.DefineAsync(provider =>
        {
            provider["fields"] = new JsonArray(new JsonObject { ["name"] = "api_version", ["label"] = "Version", ["default"] = "1", ["pattern"] = "[0-9]" });
            provider["api"]!["headers"] = new JsonObject { ["Fake-Version"] = "{api_version}" };
            provider["api"]!["base_url"] = _side.Provider.ApiUrl + "/v{api_version}";
        });
        var connection = await _side.ConnectionAsync(new ConnectionSettings { ApiVersion = "3", Fields = new Dictionary<string, string> { ["api_version"] = "2" } });
        var account = await _side.AccountAsync(connection);

        using var answer = await _side.CallAsync(HttpMethod.Get, Path(account, "/x"));
        using var usual = await _side.CallAsync(HttpMethod.Get, Path(_account, "/x"));

        Assert.Equal([("/api/v3/x", "3"), ("/api/v1/x", "1")], _side.Provider.Calls.Select(call => (call.Path, call.Headers["Fake-Version"])));
    }

    [Fact]
    public async Task Headers_about_a_body_that_were_stored_before_they_were_refused_break_no_call()
    {
        var connection = await _side.KeyConnectionAsync(new ConnectionSettings { Headers = new Dictionary<string, string> { ["Content-Language"] = "en", ["Expires"] = "0", ["X-Team"] = "a" } });

        using var answer = await _side.CallAsync(HttpMethod.Get, $"/connections/{connection.Id}/proxy/models");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("a", Assert.Single(_side.Provider.Calls).Headers["X-Team"]);
    }

    [Fact]
    public async Task An_agents_own_budget_ends_its_calls_and_nobody_elses()
    {
        var (agent, key) = await _side.AgentAsync("vault:tokens:use");
        var (_, other) = await _side.AgentAsync("vault:tokens:use");
        await _side.Acme.AskAsync(HttpMethod.Post, "/api/v1/policies", new
        {
            agentId = agent,
            name = "Two calls an hour",
            rules = new[] { new { type = "rate_limit", config = new { maxRequests = 2, windowSeconds = 3600, scope = "per_agent" } } },
        }, HttpStatusCode.Created);
        _side.Server.Clock.Advance(TimeSpan.FromSeconds(6));

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => _side.CallAsync(HttpMethod.Get, Path(_account, "/x"), key)));
        using var others = await _side.CallAsync(HttpMethod.Get, Path(_account, "/x"), other);

        Assert.Equal(2, answers.Count(answer => answer.StatusCode == HttpStatusCode.OK));
        Assert.Equal((HttpStatusCode.Forbidden, "rate_limit_exceeded"), await ProblemAsync(answers.First(answer => !answer.IsSuccessStatusCode)));
        Assert.Equal(HttpStatusCode.OK, others.StatusCode);
        Assert.Equal(3, _side.Provider.Calls.Count);
    }

    [Fact]
    public async Task The_connections_pace_holds_however_many_call_at_once()
    {
        var connection = await _side.ConnectionAsync(new ConnectionSettings { RateLimit = 5 });
        var account = await _side.AccountAsync(connection);
        var (_, key) = await _side.AgentAsync("vault:tokens:use");

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => _side.CallAsync(HttpMethod.Get, Path(account, "/x"), key)));

        Assert.Equal(5, answers.Count(answer => answer.StatusCode == HttpStatusCode.OK));
        var refused = answers.First(answer => answer.StatusCode == HttpStatusCode.TooManyRequests);
        Assert.True(refused.Headers.RetryAfter?.Delta > TimeSpan.Zero);
        Assert.False(refused.Headers.Contains("Vault-Answered-By"));
        Assert.Equal(5, _side.Provider.Calls.Count);
        _side.Server.Clock.Advance(TimeSpan.FromSeconds(62));
        using var later = await _side.CallAsync(HttpMethod.Get, Path(account, "/x"), key);
        Assert.Equal(HttpStatusCode.OK, later.StatusCode);
    }

    [Fact]
    public async Task What_another_organization_has_is_not_there()
    {
        var other = await OrganizationSide.CreateAsync(_side.Server);
        foreach (var path in new[] { Path(_account, "/x"), $"/connections/{_connection.Id}/proxy/x", $"/connected-accounts/{_account.Id}/token", "/connected-accounts/ca_nobody/proxy/x" })
        {
            using var answer = await other.SendAsync(HttpMethod.Get, "/api/v1" + path);
            Assert.Equal((HttpStatusCode.NotFound, "not_found"), await ProblemAsync(answer));
        }

        Assert.Empty(_side.Provider.Calls);
    }

    [Fact]
    public async Task An_account_of_a_person_is_used_by_that_person_alone()
    {
        var (_, key) = await _side.AgentAsync("vault:tokens:use");
        var theirs = await _side.AccountAsync(_connection, row => row.UserId = _side.Acme.UserId);
        var colleague = await _side.Acme.ColleagueAsync(Role.Admin);

        using var agent = await _side.CallAsync(HttpMethod.Get, Path(theirs, "/x"), key);
        Assert.Equal((HttpStatusCode.Forbidden, "account_of_person"), await ProblemAsync(agent));
        using var other = await colleague.SendAsync(HttpMethod.Get, "/api/v1" + Path(theirs, "/x"));
        Assert.Equal((HttpStatusCode.Forbidden, "account_of_person"), await ProblemAsync(other));
        using var owner = await _side.CallAsync(HttpMethod.Get, Path(theirs, "/x"));
        Assert.Equal(HttpStatusCode.OK, owner.StatusCode);
    }

    [Theory]
    [InlineData(ConnectionStatus.Draft)]
    [InlineData(ConnectionStatus.Inactive)]
    [InlineData(ConnectionStatus.Error)]
    public async Task Nothing_is_called_by_a_connection_that_is_not_active(ConnectionStatus status)
    {
        var account = await _side.AccountAsync(await _side.ConnectionAsync(change: row => row.Status = status));

        using var answer = await _side.CallAsync(HttpMethod.Get, Path(account, "/x"));

        Assert.Equal((HttpStatusCode.Conflict, "connection_inactive"), await ProblemAsync(answer));
        Assert.Empty(_side.Provider.Calls);
    }

    [Fact]
    public async Task A_member_who_only_reads_calls_nothing()
    {
        var auditor = await _side.Acme.ColleagueAsync(Role.Auditor);

        using var answer = await auditor.SendAsync(HttpMethod.Get, "/api/v1" + Path(_account, "/x"));

        Assert.Equal((HttpStatusCode.Forbidden, "role"), await ProblemAsync(answer));
    }

    [Theory]
    [InlineData("header", "X-Api-Key")]
    [InlineData("query", "key")]
    [InlineData("basic", "pat@example.com")]
    public async Task An_API_key_goes_where_the_definition_says_and_never_comes_back(string place, string name)
    {
        await _side.DefineAsync(definition => definition["api_key"]!["credential"] = new JsonArray(new JsonObject { ["in"] = place, ["name"] = name, ["value"] = "{api_key}" }));
        var connection = await _side.KeyConnectionAsync();
        var (_, key) = await _side.AgentAsync("vault:tokens:use");

        using var answer = await _side.CallAsync(HttpMethod.Get, $"/connections/{connection.Id}/proxy/models?key=forged&a=1", key, null, ("X-Custom", "1"));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var call = Assert.Single(_side.Provider.Calls);
        Assert.Equal(place == "query" ? $"?a=1&key={FakeProvider.ApiKey}" : "?key=forged&a=1", call.Query);
        Assert.Equal(place == "basic", call.Headers.ContainsKey("Authorization"));
        Assert.DoesNotContain(key, string.Join(' ', call.Headers.Values), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connections_own_place_of_the_key_comes_first()
    {
        var connection = await _side.KeyConnectionAsync(new ConnectionSettings { Key = new KeyPlacement("header", "Authorization", "Bearer ") });

        using var answer = await _side.CallAsync(HttpMethod.Get, $"/connections/{connection.Id}/proxy/models");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("Bearer " + FakeProvider.ApiKey, Assert.Single(_side.Provider.Calls).Headers["Authorization"]);
    }

    [Fact]
    public async Task Each_kind_of_connection_is_called_in_its_own_way()
    {
        using var account = await _side.CallAsync(HttpMethod.Get, $"/connections/{_connection.Id}/proxy/x");
        Assert.Equal((HttpStatusCode.Conflict, "account_needed"), await ProblemAsync(account));
        var odd = await _side.AccountAsync(await _side.KeyConnectionAsync());
        using var key = await _side.CallAsync(HttpMethod.Get, Path(odd, "/x"));
        Assert.Equal((HttpStatusCode.Conflict, "api_key_connection"), await ProblemAsync(key));
    }

    [Fact]
    public async Task A_batch_is_answered_call_by_call()
    {
        var (_, key) = await _side.AgentAsync("vault:tokens:use");
        _side.Provider.Serve("/api/text", http => http.Response.Body.WriteAsync("plain"u8.ToArray()).AsTask());

        using var answer = await _side.CallAsync(HttpMethod.Post, $"/connected-accounts/{_account.Id}/proxy", key, JsonContent.Create(new
        {
            calls = new object[]
            {
                new { method = "GET", path = "/a?b=1", headers = new Dictionary<string, string> { ["X-One"] = "1" } },
                new { method = "POST", path = "things", body = new { name = "x" } },
                new { method = "GET", path = "text" },
                new { method = "GET", path = "x", base_url = "https://evil.example" },
            },
        }));

        var answers = JsonElement.Parse(await answer.Content.ReadAsStringAsync()).GetProperty("answers").EnumerateArray().ToArray();
        Assert.Equal([200, 200, 200, 400], answers.Select(one => one.GetProperty("status").GetInt32()));
        Assert.Equal("/api/a", answers[0].GetProperty("body").GetProperty("path").GetString());
        Assert.Equal(12, answers[1].GetProperty("body").GetProperty("length").GetInt32());
        Assert.Equal("plain", answers[2].GetProperty("text").GetString());
        Assert.Equal(("vault", "host_refused"), (answers[3].GetProperty("answered_by").GetString(), answers[3].GetProperty("code").GetString()));
        Assert.Equal(4, (await _side.Server.TrailAsync(ProxyEvents.Called)).Count);
    }

    [Theory]
    [InlineData("""{}""", "calls")]
    [InlineData("""{"calls":[{"method":"TRACE","path":"x"}]}""", "calls[0].method")]
    [InlineData("""{"calls":[{"method":"GET","path":"../x"}]}""", "calls[0].path")]
    [InlineData("""{"calls":[{"method":"GET","path":"x","headers":{"Authorization":"Bearer x"}}]}""", "calls[0].headers")]
    [InlineData("""{"calls":[{"method":"GET","path":"x","headers":{"X-A":"a\r\nHost: evil"}}]}""", "calls[0].headers")]
    public async Task A_batch_that_cannot_be_taken_is_refused_as_a_whole(string body, string field)
    {
        using var answer = await _side.Acme.SendAsync(HttpMethod.Post, $"/api/v1/connected-accounts/{_account.Id}/proxy", body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.True(JsonElement.Parse(await answer.Content.ReadAsStringAsync()).GetProperty("errors").TryGetProperty(field, out _));
        Assert.Empty(_side.Provider.Calls);
    }

    [Fact]
    public async Task A_raw_token_leaves_only_by_a_scope_a_flag_and_an_event_and_a_refresh_token_never()
    {
        var open = await _side.AccountAsync(await _side.ConnectionAsync(change: row => row.AllowsRawTokens = true));
        var (_, user) = await _side.AgentAsync("vault:tokens:use");
        var (agent, taker) = await _side.AgentAsync("vault:tokens:read");

        using var noScope = await _side.CallAsync(HttpMethod.Get, $"/connected-accounts/{open.Id}/token", user);
        Assert.Equal((HttpStatusCode.Forbidden, "insufficient_scope"), await ProblemAsync(noScope));
        using var noFlag = await _side.CallAsync(HttpMethod.Get, $"/connected-accounts/{_account.Id}/token", taker);
        Assert.Equal((HttpStatusCode.Forbidden, "raw_tokens_off"), await ProblemAsync(noFlag));
        using var taken = await _side.CallAsync(HttpMethod.Get, $"/connected-accounts/{open.Id}/token", taker);

        var text = await taken.Content.ReadAsStringAsync();
        Assert.Equal(_side.Open(open)!.AccessToken, JsonElement.Parse(text).GetProperty("access_token").GetString());
        Assert.DoesNotContain(_side.Open(open)!.RefreshToken!, text, StringComparison.Ordinal);
        var told = Assert.Single(await _side.Server.TrailAsync(ProxyEvents.TokenReleased));
        Assert.Equal((AuditOutcomes.Success, agent, open.Id), (told.Outcome, told.AgentId, told.Target));
    }

    [Fact]
    public async Task A_raw_token_that_a_policy_denies_leaves_one_event()
    {
        var open = await _side.AccountAsync(await _side.ConnectionAsync(change: row => row.AllowsRawTokens = true));
        var (agent, taker) = await _side.AgentAsync("vault:tokens:read");
        await _side.Acme.AskAsync(HttpMethod.Post, "/api/v1/policies", new { agentId = agent, name = "No tokens", effect = "deny", resources = new[] { "/connections/*" } }, HttpStatusCode.Created);
        _side.Server.Clock.Advance(TimeSpan.FromSeconds(6));

        using var denied = await _side.CallAsync(HttpMethod.Get, $"/connected-accounts/{open.Id}/token", taker);

        Assert.Equal((HttpStatusCode.Forbidden, "policy_denies"), await ProblemAsync(denied));
        Assert.Equal(AuditOutcomes.Denied, Assert.Single(await _side.Server.TrailAsync(ProxyEvents.TokenReleased)).Outcome);
        Assert.DoesNotContain(await _side.Server.TrailAsync(AuditEventTypes.AccessRefused), row => row.Subject == agent);
    }

    private static string Path(ConnectedAccount account, string path) => $"/connected-accounts/{account.Id}/proxy{path}";

    private static async Task<(HttpStatusCode, string?)> ProblemAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, text.Length == 0 ? null : JsonElement.Parse(text).GetProperty("code").GetString());
    }
}
