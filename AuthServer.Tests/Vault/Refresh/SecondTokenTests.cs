using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Tests.Support;
using AuthServer.Tests.Vault.Dialect;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Dialect;
using AuthServer.Vault.Refresh;

namespace AuthServer.Tests.Vault.Refresh;

/// <summary>A second token beside the first, such as Slack's of the user beside the bot's, lives by a refresh token of its own.</summary>
public sealed class SecondTokenTests : IAsyncLifetime
{
    private const string Answer =
        """
        { "second": { "kind": "user", "access_token": "authed_user.access_token", "refresh_token": "authed_user.refresh_token", "expires_in": "authed_user.expires_in", "scope": "authed_user.scope" } }
        """;

    private const string Tools =
        """
        [
          { "name": "list_things", "title": "List", "description": "Lists things.", "path": "/things", "input_schema": { "type": "object", "properties": {} } },
          { "name": "find_things", "title": "Find", "description": "Finds things.", "path": "/found", "scopes": ["search:read"], "input_schema": { "type": "object", "properties": {} } }
        ]
        """;

    private VaultSide _side = null!;
    private Connection _connection = null!;

    public async Task InitializeAsync()
    {
        _side = await VaultSide.StartAsync(provider =>
        {
            provider["oauth"]!["token"]!["answer"] = JsonNode.Parse(Answer);
            provider["tools"] = JsonNode.Parse(Tools);
        });
        _connection = await _side.ConnectionAsync();
    }

    public async Task DisposeAsync() => await _side.DisposeAsync();

    [Fact]
    public async Task Both_are_renewed_in_one_turn_each_refresh_token_once()
    {
        var (account, before) = await LinkedAsync();
        _side.Server.Clock.Advance(TimeSpan.FromMinutes(57));
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _side.GetAsync(account.Id)));

        Assert.All(answers, answer => Assert.Null(answer.Problem));
        Assert.Equal([1, 1], new[] { before.RefreshToken!, before.Secondary!.RefreshToken! }.Select(token => _side.Provider.Grants.Redemptions[token]));
        var after = _side.Open(await _side.ReadAsync(account.Id))!;
        Assert.NotEqual(before.Secondary.AccessToken, after.Secondary!.AccessToken);
        Assert.NotEqual(before.Secondary.RefreshToken, after.Secondary.RefreshToken);
        Assert.NotEqual(before.AccessToken, after.AccessToken);
        Assert.NotNull(_side.Provider.Grants.FindAccess(after.Secondary.AccessToken));
    }

    [Fact]
    public async Task A_call_says_which_of_them_it_needs()
    {
        var (account, tokens) = await LinkedAsync();
        foreach (var (kind, expected) in new[] { (null, tokens.AccessToken), ("user", tokens.Secondary!.AccessToken) })
        {
            using var answer = await _side.CallAsync(HttpMethod.Get, $"/connected-accounts/{account.Id}/proxy/x", null, null, kind is null ? [] : [("Vault-Token-Kind", kind)]);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            var call = _side.Provider.Calls.Last();
            Assert.Equal("Bearer " + expected, call.Headers["Authorization"]);
            Assert.DoesNotContain("Vault-Token-Kind", call.Headers.Keys);
        }

        using var unknown = await _side.CallAsync(HttpMethod.Get, $"/connected-accounts/{account.Id}/proxy/x", null, null, ("Vault-Token-Kind", "admin"));
        Assert.Equal(HttpStatusCode.BadRequest, unknown.StatusCode);
        var plain = await _side.AccountAsync(_connection);
        using var none = await _side.CallAsync(HttpMethod.Get, $"/connected-accounts/{plain.Id}/proxy/x", null, null, ("Vault-Token-Kind", "user"));
        Assert.Equal(HttpStatusCode.FailedDependency, none.StatusCode);
    }

    [Fact]
    public async Task Each_call_of_a_batch_says_which_of_them_it_needs()
    {
        var (account, tokens) = await LinkedAsync();
        var calls = new object[] { new { method = "GET", path = "x" }, new { method = "GET", path = "x", token_kind = "user" }, new { method = "GET", path = "x", token_kind = "admin" } };
        var answers = (await AskAsync($"/connected-accounts/{account.Id}/proxy", new { calls })).GetProperty("answers");

        Assert.Equal([(200, null), (200, null), (400, "token_kind")], answers.EnumerateArray().Select(one => (one.GetProperty("status").GetInt32(), one.TryGetProperty("code", out var code) ? code.GetString() : null)));
        Assert.Equal(["Bearer " + tokens.AccessToken, "Bearer " + tokens.Secondary!.AccessToken], _side.Provider.Calls.Select(call => call.Headers["Authorization"]));
    }

    [Fact]
    public async Task A_tool_is_called_with_the_one_that_is_named_by_REST_and_by_MCP()
    {
        var (account, tokens) = await LinkedAsync();
        var (_, key) = await _side.AgentAsync("vault:tokens:use");
        var tools = $"/connections/{_connection.Id}/tools";
        using var listed = await _side.CallAsync(HttpMethod.Get, tools, key);
        var list = JsonElement.Parse(await listed.Content.ReadAsStringAsync());
        Assert.Equal(("user", 1), (list.GetProperty("token_kind").GetString(), list.GetProperty("data").GetArrayLength()));

        foreach (var (tool, body) in new (string, object)[] { ("list_things", new { }), ("list_things", new { token_kind = "user" }), ("find_things", new { token_kind = "user" }), ("list_things", new { token_kind = "admin" }) })
        {
            using var answer = await _side.CallAsync(HttpMethod.Post, $"{tools}/{tool}", key, JsonContent.Create(body));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        var mcp = new McpCalls(_side.Server, key, $"/mcp/connections/{_connection.Id}");
        var schema = (await mcp.SendAsync("tools/list")).Message.GetProperty("result").GetProperty("tools")[0].GetProperty("inputSchema");
        Assert.Equal("user", schema.GetProperty("properties").GetProperty("token_kind").GetProperty("enum")[0].GetString());
        await mcp.CallAsync("list_things", new { token_kind = "user" });
        await mcp.CallAsync("list_things", new { });
        Assert.Contains("token_kind", (await mcp.CallAsync("list_things", new { token_kind = 1 })).Blocks[0], StringComparison.Ordinal);
        Assert.Contains("token_kind", (await mcp.CallAsync("list_things", new { token_kind = "admin" })).Blocks[0], StringComparison.Ordinal);

        var (first, second) = ("Bearer " + tokens.AccessToken, "Bearer " + tokens.Secondary!.AccessToken);
        Assert.Equal([first, second, second, second, first], _side.Provider.Calls.Select(call => call.Headers["Authorization"]));
    }

    [Fact]
    public async Task A_second_one_that_is_refused_takes_nothing_from_the_first_and_is_told_once()
    {
        var (account, before) = await LinkedAsync();
        _side.Provider.Grants.Revoke(before.Secondary!.RefreshToken!);
        _side.Server.Clock.Advance(TimeSpan.FromMinutes(57));

        Assert.Null((await _side.GetAsync(account.Id)).Problem);
        _side.Server.Clock.Advance(TimeSpan.FromMinutes(57));
        Assert.Null((await _side.GetAsync(account.Id)).Problem);

        var row = await _side.ReadAsync(account.Id);
        Assert.Equal((AccountStatus.Active, AccountHealth.Healthy), (row.Status, row.Health));
        Assert.Null(_side.Open(row)!.Secondary!.RefreshToken);
        Assert.Single(await _side.Server.TrailAsync(RefreshEvents.SecondLost), told => told.Target == account.Id);
        Assert.Single(_side.Provider.Grants.Refused);
    }

    [Fact]
    public async Task An_outage_of_the_second_is_tried_again_and_not_at_every_call()
    {
        var (account, before) = await LinkedAsync();
        _side.Server.Clock.Advance(TimeSpan.FromMinutes(57));
        _side.Provider.OnToken((http, proceed) => proceed(), FakeFaults.Status(503));
        for (var i = 0; i < 5; i++)
        {
            Assert.Null((await _side.GetAsync(account.Id)).Problem);
        }

        Assert.Equal(before.Secondary!.AccessToken, _side.Open(await _side.ReadAsync(account.Id))!.Secondary!.AccessToken);
        _side.Server.Clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Null((await _side.GetAsync(account.Id)).Problem);
        Assert.NotEqual(before.Secondary.AccessToken, _side.Open(await _side.ReadAsync(account.Id))!.Secondary!.AccessToken);
    }

    [Fact]
    public void Where_there_is_only_the_users_it_is_the_first_and_no_second()
    {
        const string Answer = """{"ok":true,"authed_user":{"id":"U1","access_token":"xoxp-1","refresh_token":"xoxe-1","expires_in":43200,"scope":"search:read"},"team":{"id":"T1"}}""";
        var read = TokenReading.Read(DialectSamples.App("slack"), DialectSamples.Answer(200, Answer), DateTimeOffset.UnixEpoch, null, null).Tokens!;

        Assert.Equal(("xoxp-1", "xoxe-1", null), (read.AccessToken, read.RefreshToken, read.Secondary));
    }

    private async Task<JsonElement> AskAsync(string path, object body)
    {
        using var answer = await _side.CallAsync(HttpMethod.Post, path, null, JsonContent.Create(body));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return JsonElement.Parse(await answer.Content.ReadAsStringAsync());
    }

    private async Task<(ConnectedAccount Account, TokenSet Tokens)> LinkedAsync()
    {
        TokenSet? both = null;
        var account = await _side.AccountAsync(_connection, row =>
        {
            var (tokens, second) = (_side.Open(row)!, _side.Provider.Grants.Give());
            both = tokens with { Secondary = new TokenSet { AccessToken = second.AccessToken, RefreshToken = second.RefreshToken, ExpiresAt = tokens.ExpiresAt } };
            row.Tokens = _side.Seal(row, both);
        });
        return (account, both!);
    }
}
