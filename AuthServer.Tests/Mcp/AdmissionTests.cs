using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Organizations;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Mcp;

/// <summary>Who may call what, and how they are asked for a token.</summary>
[Trait("negative", "62")]
public sealed class AdmissionTests(ChainSide side) : IClassFixture<ChainSide>
{
    private static readonly (string Tool, string Scope)[] Private =
    [
        ("list_agents", "agents.read"), ("get_agent", "agents.read"), ("create_credential", "credentials.write"), ("rotate_credential", "credentials.write"),
        ("revoke_credential", "credentials.delete"), ("create_delegation", "delegations.write"), ("check_permission", "policies.read"),
    ];

    private readonly McpCalls _mcp = new(side.Server);

    private string Issuer => side.Server.Issuer;

    [Fact]
    public async Task Every_tool_that_needs_a_caller_asks_for_a_token_with_the_scope_that_it_needs()
    {
        foreach (var (tool, scope) in Private)
        {
            foreach (var calls in new[] { _mcp, _mcp with { Version = McpCalls.Legacy } })
            {
                var answer = await calls.CallAsync(tool, new { });
                Assert.Equal(HttpStatusCode.Unauthorized, answer.Status);
                Assert.Equal($"Bearer resource_metadata=\"{Issuer}/.well-known/oauth-protected-resource/mcp\", scope=\"{scope}\"", answer.Challenge);
                answer.Fails(401, "unauthenticated");
            }
        }
    }

    [Theory]
    [InlineData("server/discover")]
    [InlineData("tools/list")]
    [InlineData("tools/call")]
    [InlineData("initialize")]
    public async Task The_other_address_asks_on_the_first_request_whatever_it_is(string method)
    {
        var closed = _mcp with { Path = "/mcp/oauth", Version = method == "initialize" ? McpCalls.Legacy : McpCalls.Modern };
        var answer = await closed.SendAsync(method, method == "tools/call" ? McpCalls.Call("discover") : McpCalls.Hello(), method == "tools/call" ? "discover" : null);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.Status);
        Assert.Equal($"Bearer resource_metadata=\"{Issuer}/.well-known/oauth-protected-resource/mcp/oauth\", scope=\"agents.read\"", answer.Challenge);
        Assert.False(answer.Response.Headers.Contains("Mcp-Session-Id"));
    }

    [Theory]
    [InlineData("/mcp", "/mcp")]
    [InlineData("/mcp/oauth", "/mcp/oauth")]
    [InlineData("", "/mcp")]
    public async Task Each_address_says_which_resource_it_is_and_who_gives_tokens_for_it(string path, string resource)
    {
        using var http = side.Server.CreateClient();
        using var response = await http.GetAsync("/.well-known/oauth-protected-resource" + path);
        var document = await TestServer.JsonAsync(response);

        Assert.Equal(Issuer + resource, document.GetProperty("resource").GetString());
        Assert.Equal([Issuer], Texts(document, "authorization_servers"));
        Assert.Equal(["header"], Texts(document, "bearer_methods_supported"));
        Assert.Superset(Private.Select(tool => tool.Scope).ToHashSet(), Texts(document, "scopes_supported").ToHashSet());
        Assert.DoesNotContain("offline_access", Texts(document, "scopes_supported"));
    }

    [Theory]
    [InlineData("/mcp")]
    [InlineData("/mcp/oauth")]
    public async Task A_person_connects_a_client_that_nobody_entered_and_sees_the_agents_of_their_organization(string path)
    {
        var (person, agent) = (new McpPerson(side.Server), await side.AgentAsync());
        await person.JoinAsync(side.Organization, Role.Auditor);
        var calls = _mcp with { Bearer = await person.TokenAsync("agents.read", path), Path = path };

        var list = await calls.ResultAsync("list_agents", new { limit = 100 });
        Assert.Contains(agent.Id, list.GetProperty("data").EnumerateArray().Select(item => item.GetProperty("id").GetString()));
        Assert.Equal(agent.Id, (await calls.ResultAsync("get_agent", new { agent_id = agent.Id })).GetProperty("id").GetString());
        Assert.Equal([Issuer + path], Texts(ChainSide.Claims(calls.Bearer!), "aud"));
    }

    [Fact]
    public async Task A_person_who_names_no_scope_is_asked_about_all_that_tools_need_and_one_who_names_no_resource_gets_a_token_for_them()
    {
        var tokens = await new McpPerson(side.Server).TokensAsync(null, null);

        Assert.Equal([Issuer + "/mcp"], Texts(ChainSide.Claims(tokens.GetProperty("access_token").GetString()!), "aud"));
        Assert.Superset(Private.Select(tool => tool.Scope).ToHashSet(), tokens.GetProperty("scope").GetString()!.Split(' ').ToHashSet());
    }

    [Fact]
    public async Task A_missing_scope_is_asked_for_together_with_those_that_the_token_has()
    {
        var person = new McpPerson(side.Server);
        await person.JoinAsync(side.Organization, Role.Admin);
        var (calls, agent) = (_mcp with { Bearer = await person.TokenAsync("agents.read") }, await side.AgentAsync());
        var answer = await calls.CallAsync("create_credential", new { agent_id = agent.Id });

        Assert.Equal(HttpStatusCode.Forbidden, answer.Status);
        Assert.Contains("error=\"insufficient_scope\"", answer.Challenge, StringComparison.Ordinal);
        Assert.Contains("scope=\"agents.read credentials.write\"", answer.Challenge, StringComparison.Ordinal);
        Assert.Contains($"resource_metadata=\"{Issuer}/.well-known/oauth-protected-resource/mcp\"", answer.Challenge, StringComparison.Ordinal);
        answer.Fails(403, "insufficient_scope");
        var told = Assert.Single(await side.Server.TrailAsync("access.refused"), row => row.Target == "create_credential" && row.Reason == "insufficient_scope");
        Assert.StartsWith("usr_", told.Subject, StringComparison.Ordinal);

        var wider = _mcp with { Bearer = await person.TokenAsync("agents.read credentials.write") };
        Assert.StartsWith("ak_live_", (await wider.ResultAsync("create_credential", new { agent_id = agent.Id })).GetProperty("raw_key").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_role_that_may_only_read_changes_nothing_and_a_stranger_of_every_organization_sees_nothing()
    {
        var (person, agent) = (new McpPerson(side.Server), await side.AgentAsync());
        var calls = _mcp with { Bearer = await person.TokenAsync("agents.read credentials.write") };
        await person.JoinAsync(side.Organization, Role.Auditor);
        (await calls.CallAsync("create_credential", new { agent_id = agent.Id })).Fails(403, "role");

        await side.Server.QueryAsync(async context =>
        {
            context.Members.RemoveRange(context.Members.Where(member => member.Role == Role.Auditor));
            return await context.SaveChangesAsync();
        });
        (await calls.CallAsync("list_agents")).Fails(403, "no_member");
        Assert.Equal(HttpStatusCode.OK, (await calls.SendAsync("tools/list")).Status);
    }

    [Theory]
    [InlineData("/mcp", "server/discover")]
    [InlineData("/mcp/oauth", "tools/list")]
    [InlineData("/mcp", "tools/call")]
    public async Task A_token_that_is_not_good_is_refused_even_where_none_is_needed(string path, string method)
    {
        var agent = await side.AgentAsync();
        var tools = await _mcp.ResultAsync("authenticate", new { api_key = agent.Key });
        var revoked = tools.GetProperty("access_token").GetString()!;
        await _mcp.ResultAsync("revoke_token", new { token = revoked });
        var elsewhere = await agent.TokenAsync();
        foreach (var bad in new[] { "", "garbage", revoked, elsewhere, elsewhere + "x", tools.GetProperty("refresh_token").GetString()!, "ak_live_" + new string('x', 43) })
        {
            var answer = await (_mcp with { Path = path, Bearer = bad }).SendAsync(
                method, method == "tools/call" ? McpCalls.Call("discover") : [], method == "tools/call" ? "discover" : null);
            Assert.True(answer.Status == HttpStatusCode.Unauthorized, $"{bad}: {answer.Text}");
            Assert.Contains("error=\"invalid_token\"", answer.Challenge, StringComparison.Ordinal);
            Assert.Contains($"resource_metadata=\"{Issuer}/.well-known/oauth-protected-resource{path}\"", answer.Challenge, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_expired_token_is_refused()
    {
        await using var server = await Flows.StartAsync();
        var organization = await OrganizationSide.CreateAsync(server);
        var agent = await organization.RegisterAsync(OrganizationSide.Agent(("allowedScopes", new JsonArray("agents.read"))));
        var key = (await organization.AskAsync(HttpMethod.Post, "/api/v1/credentials", new { agent_id = agent.GetProperty("id").GetString() }, HttpStatusCode.Created)).GetProperty("raw_key").GetString();
        var mcp = new McpCalls(server);
        var token = (await mcp.CallAsync("authenticate", new { api_key = key })).Blocks[0];
        server.Clock.Advance(TimeSpan.FromMinutes(16));

        Assert.Equal(HttpStatusCode.Unauthorized, (await (mcp with { Bearer = token }).CallAsync("list_agents")).Status);
        (await mcp.CallAsync("list_agents", new { access_token = token })).Fails(401, "unauthenticated");
    }

    [Fact]
    public async Task A_token_for_the_tools_alone_is_none_for_this_servers_own_API_nor_for_userinfo()
    {
        var token = await new McpPerson(side.Server).TokenAsync("openid agents.read");
        using var rest = side.As(token);
        (await rest.GetAsync("/agents")).Is(HttpStatusCode.Unauthorized);
        using var http = side.Server.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/connect/userinfo");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        using var response = await http.SendAsync(request);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task What_the_tools_gave_is_good_at_both_addresses_and_for_the_API()
    {
        var agent = await side.AgentAsync();
        var token = (await _mcp.CallAsync("authenticate", new { api_key = agent.Key })).Blocks[0];
        using var rest = side.As(token);

        Assert.Equal(HttpStatusCode.OK, (await (_mcp with { Bearer = token }).CallAsync("list_agents")).Status);
        Assert.Equal(HttpStatusCode.OK, (await (_mcp with { Bearer = token, Path = "/mcp/oauth" }).CallAsync("list_agents")).Status);
        (await rest.GetAsync("/agents")).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_agents_API_key_is_a_bearer_of_its_own()
    {
        var agent = await side.AgentAsync();
        var list = await (_mcp with { Bearer = agent.Key, Path = "/mcp/oauth" }).ResultAsync("list_agents");

        Assert.Equal(agent.Id, Assert.Single(list.GetProperty("data").EnumerateArray()).GetProperty("id").GetString());
    }

    [Fact]
    public async Task An_agent_may_ask_the_standard_endpoint_for_a_token_for_the_tools_alone()
    {
        var agent = await side.AgentAsync();
        using var http = side.Server.CreateClient();
        var token = (await RestAnswer.ReadAsync(await http.PostAsync("/connect/token", TokenSide.Form(
            ("grant_type", "client_credentials"), ("client_secret", agent.Key), ("resource", Issuer + "/mcp"))))).Is(HttpStatusCode.OK).Json.GetProperty("access_token").GetString()!;

        Assert.Equal(HttpStatusCode.OK, (await (_mcp with { Bearer = token }).CallAsync("list_agents")).Status);
        Assert.DoesNotContain("api.read", ChainSide.Claims(token).GetProperty("scope").GetString(), StringComparison.Ordinal);
    }

    private static string[] Texts(JsonElement json, string name) => json.GetProperty(name) is { ValueKind: JsonValueKind.Array } list
        ? [.. list.EnumerateArray().Select(item => item.GetString()!)]
        : [json.GetProperty(name).GetString()!];
}
