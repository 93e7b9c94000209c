using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Approvals;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Proxy;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Vault.Tools;

/// <summary>Tools as agents find and use them, by REST and by MCP.</summary>
public sealed class ConnectionToolsTests : IAsyncLifetime
{
    private const string Tools =
        """
        [
          { "name": "list_things", "title": "List", "description": "Lists things.", "path": "/things", "query": { "max": "{limit}" }, "scopes": ["read", "write"],
            "input_schema": { "type": "object", "properties": { "limit": { "type": "integer", "minimum": 1 } }, "additionalProperties": false } },
          { "name": "add_thing", "title": "Add", "description": "Adds a thing.", "method": "POST", "effect": "write", "path": "/things/{kind}", "body": { "name": "{name}" }, "scopes": ["write"],
            "input_schema": { "type": "object", "properties": { "kind": { "type": "string" }, "name": { "type": "string" } }, "required": ["kind"] } },
          { "name": "drop_things", "title": "Drop", "description": "Drops all things.", "method": "DELETE", "effect": "destructive", "path": "/things",
            "input_schema": { "type": "object", "properties": {} } }
        ]
        """;

    private VaultSide _side = null!;
    private Connection _connection = null!;
    private ConnectedAccount _account = null!;
    private string _agent = null!;
    private string _key = null!;

    private string Path => $"/connections/{_connection.Id}/tools";

    public async Task InitializeAsync()
    {
        _side = await VaultSide.StartAsync(definition => definition["tools"] = JsonNode.Parse(Tools));
        _connection = await _side.ConnectionAsync();
        _account = await _side.AccountAsync(_connection);
        (_agent, _key) = await _side.AgentAsync("vault:tokens:use");
    }

    public async Task DisposeAsync() => await _side.DisposeAsync();

    [Fact]
    public async Task What_is_listed_is_what_the_accounts_scopes_allow()
    {
        var list = await AskAsync(HttpMethod.Get, Path);

        Assert.Equal(["list_things", "drop_things"], Names(list));
        Assert.Equal([_account.Id], list.GetProperty("accounts").EnumerateArray().Select(account => account.GetProperty("id").GetString()));
        Assert.Equal(("read", "GET", "/things", "object"), (Text(list, "effect"), Text(list, "method"), Text(list, "path"), list.GetProperty("data")[0].GetProperty("input_schema").GetProperty("type").GetString()));
        await _side.ChangeAsync(_account.Id, row => row.GrantedScopes = """["write"]""");
        Assert.Equal(["list_things", "add_thing", "drop_things"], Names(await AskAsync(HttpMethod.Get, Path)));
        await _side.ChangeAsync(_account.Id, row => row.GrantedScopes = null);
        Assert.Equal(["list_things", "add_thing", "drop_things"], Names(await AskAsync(HttpMethod.Get, Path)));
    }

    [Fact]
    public async Task What_a_policy_denies_is_neither_listed_nor_done()
    {
        await _side.Acme.AskAsync(HttpMethod.Post, "/api/v1/policies", new
        {
            agentId = _agent,
            name = "Drops nothing there",
            effect = "deny",
            resources = new[] { $"/connections/{_connection.Id}/DELETE/*" },
        }, HttpStatusCode.Created);
        _side.Server.Clock.Advance(TimeSpan.FromSeconds(6));

        Assert.Equal(["list_things"], Names(await AskAsync(HttpMethod.Get, Path)));
        var answer = await AskAsync(HttpMethod.Post, Path + "/drop_things", new { });

        Assert.Equal((403, "policy_denies", "vault"), (answer.GetProperty("status").GetInt32(), answer.GetProperty("code").GetString(), answer.GetProperty("answered_by").GetString()));
        Assert.Empty(_side.Provider.Calls);
        Assert.Single(await _side.Server.TrailAsync(ProxyEvents.Called), row => row.Outcome == AuditOutcomes.Denied && row.AgentId == _agent);
    }

    [Fact]
    public async Task What_a_person_has_to_approve_tells_a_model_where_they_answer_and_what_to_do_then()
    {
        await _side.Acme.AskAsync(HttpMethod.Post, "/api/v1/policies", new
        {
            agentId = _agent,
            name = "Ask before dropping",
            resources = new[] { $"/connections/{_connection.Id}/DELETE/*" },
            rules = new[] { new { type = "require_approval", config = new { } } },
        }, HttpStatusCode.Created);
        _side.Server.Clock.Advance(TimeSpan.FromSeconds(6));
        var mcp = new McpCalls(_side.Server, await TokenAsync("/mcp/connections"), $"/mcp/connections/{_connection.Id}");

        var refused = (await mcp.CallAsync("drop_things")).Fails(403, "approval_required").ToolError;
        var id = refused.GetProperty("approval_id").GetString()!;
        Assert.Equal($"{_side.Server.Issuer}/developer/approvals/{id}?organization={_side.Acme.Id}", refused.GetProperty("approval_url").GetString());
        Assert.Equal(_side.Server.Clock.Now.AddDays(1), refused.GetProperty("expires_at").GetDateTimeOffset());
        Assert.StartsWith("Ask the person to answer at approval_url.", refused.GetProperty("what_to_do").GetString(), StringComparison.Ordinal);
        Assert.Equal(id, (await mcp.CallAsync("drop_things")).ToolError.GetProperty("approval_id").GetString());

        await _side.Server.QueryAsync(async context =>
        {
            (await context.Approvals.SingleAsync(row => row.Id == id)).Status = ApprovalStatus.Denied;
            return await context.SaveChangesAsync();
        });
        var denied = (await mcp.CallAsync("drop_things")).Fails(403, "approval_denied").ToolError;
        Assert.StartsWith("Do not repeat the call", denied.GetProperty("what_to_do").GetString(), StringComparison.Ordinal);
        Assert.Empty(_side.Provider.Calls);
    }

    [Fact]
    public async Task A_call_reaches_the_provider_with_the_credential_and_its_answer_comes_back()
    {
        await _side.ChangeAsync(_account.Id, row => row.GrantedScopes = """["write"]""");

        var answer = await AskAsync(HttpMethod.Post, Path + "/add_thing", new { arguments = new { kind = "big one", name = "N" } });

        var call = Assert.Single(_side.Provider.Calls);
        Assert.Equal(("POST", "/api/things/big%20one", "application/json", 12), (call.Method, call.Path, call.Headers["Content-Type"], call.Length));
        Assert.StartsWith("Bearer ", call.Headers["Authorization"], StringComparison.Ordinal);
        Assert.DoesNotContain(_key, call.Headers["Authorization"], StringComparison.Ordinal);
        Assert.Equal((200, "provider", "POST"), (answer.GetProperty("status").GetInt32(), answer.GetProperty("answered_by").GetString(), answer.GetProperty("body").GetProperty("method").GetString()));
        Assert.Single(await _side.Server.TrailAsync(ProxyEvents.Called), row => row.Outcome == AuditOutcomes.Success && row.AgentId == _agent && row.Target == _account.Id);
    }

    [Fact]
    public async Task Arguments_that_do_not_fit_are_refused_by_their_path_before_anything_is_called()
    {
        using var answer = await _side.CallAsync(HttpMethod.Post, Path + "/list_things", _key, JsonContent.Create(new { arguments = new { limit = 0 } }));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(["arguments.limit"], (await ReadAsync(answer)).GetProperty("errors").EnumerateObject().Select(error => error.Name));
        Assert.Empty(_side.Provider.Calls);
    }

    [Fact]
    public async Task Where_there_are_several_accounts_the_caller_says_which_and_a_persons_is_theirs_alone()
    {
        var other = await _side.AccountAsync(_connection);
        var theirs = await _side.AccountAsync(_connection, row => row.UserId = _side.Acme.UserId);

        var list = await AskAsync(HttpMethod.Get, Path);
        Assert.Equal(new[] { _account.Id, other.Id }.Order(StringComparer.Ordinal), list.GetProperty("accounts").EnumerateArray().Select(account => account.GetProperty("id").GetString()).Order(StringComparer.Ordinal));
        using var open = await _side.CallAsync(HttpMethod.Post, Path + "/list_things", _key, JsonContent.Create(new { }));
        Assert.Equal(HttpStatusCode.BadRequest, open.StatusCode);
        using var foreign = await _side.CallAsync(HttpMethod.Post, Path + "/list_things", _key, JsonContent.Create(new { account_id = theirs.Id }));
        Assert.Equal(HttpStatusCode.NotFound, foreign.StatusCode);
        Assert.Empty(_side.Provider.Calls);

        await AskAsync(HttpMethod.Post, Path + "/list_things", new { account_id = other.Id, arguments = new { limit = 2 } });
        Assert.Equal("?max=2", Assert.Single(_side.Provider.Calls).Query);
    }

    [Theory]
    [InlineData("no_such_tool")]
    [InlineData("add_thing")]
    [InlineData("LIST_THINGS")]
    public async Task A_tool_that_no_account_can_do_is_not_there(string name)
    {
        using var answer = await _side.CallAsync(HttpMethod.Post, $"{Path}/{name}", _key, JsonContent.Create(new { arguments = new { kind = "x" } }));

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Empty(_side.Provider.Calls);
    }

    [Fact]
    public async Task Without_the_scope_or_of_another_organization_nothing_is_there()
    {
        var (_, key) = await _side.AgentAsync("agents.read");
        using var scopeless = await _side.CallAsync(HttpMethod.Get, Path, key);
        Assert.Equal(HttpStatusCode.Forbidden, scopeless.StatusCode);

        var other = await OrganizationSide.CreateAsync(_side.Server);
        await other.AskAsync(HttpMethod.Get, "/api/v1" + Path, null, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task An_api_key_connection_needs_no_account()
    {
        var connection = await _side.KeyConnectionAsync();

        await AskAsync(HttpMethod.Post, $"/connections/{connection.Id}/tools/list_things", new { });

        Assert.Equal(FakeProvider.ApiKey, Assert.Single(_side.Provider.Calls).Headers["X-Api-Key"]);
    }

    [Fact]
    public async Task An_mcp_host_is_sent_for_a_token_at_its_first_request_and_learns_which()
    {
        var answer = await Mcp(null).SendAsync("tools/list");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.Status);
        Assert.Equal($"Bearer resource_metadata=\"{_side.Server.Issuer}/.well-known/oauth-protected-resource/mcp/connections/{_connection.Id}\", scope=\"vault:tokens:use\"", answer.Challenge);
        using var http = _side.Server.CreateClient();
        foreach (var path in new[] { $"/mcp/connections/{_connection.Id}", "/mcp/connections" })
        {
            // RFC 9728 §3.3: what is named is what was called.
            var metadata = JsonElement.Parse(await http.GetStringAsync(new Uri("/.well-known/oauth-protected-resource" + path, UriKind.Relative)));
            Assert.Equal((_side.Server.Issuer + path, "vault:tokens:use"), (metadata.GetProperty("resource").GetString(), metadata.GetProperty("scopes_supported")[0].GetString()));
        }

        using var none = await http.GetAsync(new Uri("/.well-known/oauth-protected-resource/mcp/connections/something", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    [Fact]
    public async Task A_token_for_one_connection_is_good_at_that_one_alone()
    {
        var other = await _side.ConnectionAsync();
        await _side.AccountAsync(other);
        var token = await TokenAsync($"/mcp/connections/{_connection.Id}");

        Assert.Equal(HttpStatusCode.OK, (await Mcp(token).SendAsync("tools/list")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await new McpCalls(_side.Server, token, $"/mcp/connections/{other.Id}").SendAsync("tools/list")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await new McpCalls(_side.Server, token, "/mcp/oauth").SendAsync("tools/list")).Status);
        using var rest = await _side.CallAsync(HttpMethod.Get, Path, token);
        Assert.Equal(HttpStatusCode.Unauthorized, rest.StatusCode);
    }

    [Fact]
    public async Task A_call_that_a_policy_denies_leaves_one_event_and_one_that_comes_too_early_is_told_when()
    {
        var connection = await _side.ConnectionAsync(new AuthServer.Vault.Connections.ConnectionSettings { RateLimit = 1 });
        await _side.AccountAsync(connection);
        var mcp = new McpCalls(_side.Server, await TokenAsync("/mcp/connections"), $"/mcp/connections/{connection.Id}");
        await mcp.CallAsync("list_things", new { limit = 3 });

        var early = await mcp.CallAsync("list_things", new { limit = 3 });

        Assert.Equal("too_many_requests", early.ToolError.GetProperty("code").GetString());
        Assert.True(early.Response.Headers.RetryAfter?.Delta > TimeSpan.Zero);
        using var rest = await _side.CallAsync(HttpMethod.Post, $"/connections/{connection.Id}/tools/list_things", _key, JsonContent.Create(new { arguments = new { limit = 3 } }));
        Assert.InRange((await ReadAsync(rest)).GetProperty("retry_after").GetInt32(), 1, 61);

        await _side.Acme.AskAsync(HttpMethod.Post, "/api/v1/policies", new { name = "No", effect = "deny", resources = new[] { $"/connections/{connection.Id}/*" } }, HttpStatusCode.Created);
        _side.Server.Clock.Advance(TimeSpan.FromMinutes(2));
        var denied = await mcp.CallAsync("list_things", new { limit = 3 });

        Assert.Equal("policy_denies", denied.ToolError.GetProperty("code").GetString());
        Assert.Single(await _side.Server.TrailAsync(AuthServer.Vault.Proxy.ProxyEvents.Called), row => row.Reason == "policy_denies");
        Assert.DoesNotContain(await _side.Server.TrailAsync("access.refused"), row => row.Target == "list_things");
    }

    [Fact]
    public async Task An_mcp_host_lists_and_calls_what_its_agent_may()
    {
        var token = await TokenAsync("/mcp/connections");

        var tools = (await Mcp(token).SendAsync("tools/list")).Message.GetProperty("result").GetProperty("tools");
        Assert.Equal(["list_things", "drop_things"], tools.EnumerateArray().Select(tool => tool.GetProperty("name").GetString()));
        Assert.Equal((true, true), (tools[0].GetProperty("annotations").GetProperty("readOnlyHint").GetBoolean(), tools[1].GetProperty("annotations").GetProperty("destructiveHint").GetBoolean()));
        var result = (await Mcp(token).CallAsync("list_things", new { limit = 3 })).Result;

        Assert.Equal(("GET", "?max=3"), (result.GetProperty("method").GetString(), result.GetProperty("query").GetString()));
        var refused = await Mcp(token).CallAsync("list_things", new { limit = 0 });
        Assert.Contains("arguments.limit", refused.Blocks[0], StringComparison.Ordinal);
        var unknown = await Mcp(token).CallAsync("add_thing", new { kind = "x" });
        Assert.Equal("unknown_tool", unknown.ToolError.GetProperty("code").GetString());
    }

    [Fact]
    public async Task An_mcp_host_is_told_which_accounts_there_are_and_what_the_provider_refused()
    {
        var other = await _side.AccountAsync(_connection);
        var token = await TokenAsync("/mcp/connections");
        var schema = (await Mcp(token).SendAsync("tools/list")).Message.GetProperty("result").GetProperty("tools")[0].GetProperty("inputSchema");
        Assert.Equal(2, schema.GetProperty("properties").GetProperty("account_id").GetProperty("enum").GetArrayLength());
        Assert.Equal("account_id", schema.GetProperty("required")[0].GetString());

        _side.Provider.Serve("/api/things", async http =>
        {
            http.Response.StatusCode = 422;
            await http.Response.WriteAsJsonAsync(new { error = "no more things" });
        });
        var answer = await Mcp(token).CallAsync("list_things", new { account_id = other.Id });

        Assert.True(answer.Message.GetProperty("result").GetProperty("isError").GetBoolean());
        Assert.Equal("""The provider answered HTTP 422. {"error":"no more things"}""", answer.Blocks[0]);
    }

    [Theory]
    [InlineData("/mcp")]
    [InlineData("")]
    public async Task A_token_for_another_resource_is_none_for_connections(string resource)
    {
        (_, _key) = await _side.AgentAsync("vault:tokens:use", "agents.read");

        var answer = await Mcp(await TokenAsync(resource)).SendAsync("tools/list");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.Status);
    }

    private McpCalls Mcp(string? token) => new(_side.Server, token, $"/mcp/connections/{_connection.Id}");

    private async Task<string> TokenAsync(string resource)
    {
        using var http = _side.Server.CreateClient();
        using var response = await http.PostAsJsonAsync(new Uri("/api/v1/auth/token", UriKind.Relative), new { grant_type = "client_credentials", client_secret = _key, resource = _side.Server.Issuer + resource });
        return (await ReadAsync(response)).GetProperty("access_token").GetString()!;
    }

    private async Task<JsonElement> AskAsync(HttpMethod method, string path, object? body = null)
    {
        using var answer = await _side.CallAsync(method, path, _key, body is null ? null : JsonContent.Create(body));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return await ReadAsync(answer);
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer) => JsonElement.Parse(await answer.Content.ReadAsStringAsync());

    private static IEnumerable<string?> Names(JsonElement list) => list.GetProperty("data").EnumerateArray().Select(tool => tool.GetProperty("name").GetString());

    private static string? Text(JsonElement list, string member) => list.GetProperty("data")[0].GetProperty(member).GetString();
}
