using System.Net;
using System.Text.Json.Nodes;
using AuthServer.Data;
using AuthServer.Organizations;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Mcp;

/// <summary>What somebody tries who means harm.</summary>
[Trait("negative", "62")]
public sealed class AttackTests(ChainSide side) : IClassFixture<ChainSide>
{
    private readonly McpCalls _mcp = new(side.Server);

    [Theory]
    [InlineData(McpCalls.Modern)]
    [InlineData(McpCalls.Legacy)]
    public async Task A_header_that_names_an_open_tool_does_not_open_another(string version)
    {
        var calls = _mcp with { Version = version, Headers = [("Mcp-Name", "discover")] };
        var answer = await calls.CallAsync("list_agents");

        Assert.Equal((HttpStatusCode.BadRequest, -32020), (answer.Status, answer.ErrorCode));
        Assert.Equal(HttpStatusCode.BadRequest, (await (calls with { Headers = [("Mcp-Method", "tools/list"), ("Mcp-Name", null)] }).CallAsync("list_agents")).Status);
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":["list_agents"]}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":[{"name":"list_agents"}]}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","Params":{"name":"list_agents"},"params":{}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"Name":"list_agents","arguments":{"limit":1}}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"Method":"tools/call","method":"tools/list","params":{"name":"list_agents"}}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"tools/call","params":{"name":"list_agents"}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools\/call","params":{"name":"list\u005fagents"}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_agents","arguments":{"access_token":7}}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_agents","arguments":{"access_token":null}}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_agents","arguments":{"access_token":""}}}""")]
    public async Task No_way_to_write_a_call_gets_past_the_gate(string body)
    {
        await side.AgentAsync();
        var answer = await (_mcp with { Version = McpCalls.Legacy }).SendRawAsync(body);

        Assert.DoesNotContain("agt_", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("https://evil.example")]
    [InlineData("http://localhost")]
    [InlineData("")]
    [InlineData("HTTP://")]
    public async Task A_web_page_of_another_origin_is_refused(string origin)
    {
        foreach (var path in new[] { "/mcp", "/mcp/oauth" })
        {
            var answer = await (_mcp with { Path = path, Headers = [("Origin", origin)] }).CallAsync("discover");
            Assert.Equal(HttpStatusCode.Forbidden, answer.Status);
            Assert.False(answer.Response.Headers.Contains("Access-Control-Allow-Origin"));
        }
    }

    [Fact]
    public async Task Pages_of_this_server_and_of_registered_clients_may_call_it()
    {
        Assert.Equal(HttpStatusCode.OK, (await (_mcp with { Headers = [("Origin", side.Server.Issuer)] }).CallAsync("discover")).Status);
        var answer = await (_mcp with { Headers = [("Origin", "https://spa.example")] }).CallAsync("discover");
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("https://spa.example", answer.Response.Headers.GetValues("Access-Control-Allow-Origin").Single());

        using var http = side.Server.CreateClient();
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "/mcp");
        preflight.Headers.Add("Origin", "https://spa.example");
        preflight.Headers.Add("Access-Control-Request-Method", "POST");
        preflight.Headers.Add("Access-Control-Request-Headers", "authorization,content-type,mcp-protocol-version,mcp-session-id,mcp-method,mcp-name");
        using var response = await http.SendAsync(preflight);
        Assert.Contains("mcp-session-id", response.Headers.GetValues("Access-Control-Allow-Headers").Single(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_host_that_points_here_by_another_name_is_not_believed()
    {
        var answer = await (_mcp with { Headers = [("Host", "rebound.example"), ("Origin", "http://rebound.example")] }).CallAsync("discover");

        Assert.Equal(HttpStatusCode.Forbidden, answer.Status);
    }

    [Fact]
    public async Task A_session_is_no_proof_of_anything_and_not_for_another_caller()
    {
        var legacy = _mcp with { Version = McpCalls.Legacy };
        var (mine, theirs) = (await side.AgentAsync(), await side.AgentAsync());
        var my = legacy with { Bearer = await ToolTokenAsync(mine) };
        var session = (await my.SendAsync("initialize", McpCalls.Hello())).Response.Headers.GetValues("Mcp-Session-Id").Single();
        (string, string?)[] headers = [("Mcp-Session-Id", session)];

        Assert.Equal(HttpStatusCode.OK, (await (my with { Headers = headers }).CallAsync("list_agents")).Status);
        Assert.Equal(HttpStatusCode.OK, (await (legacy with { Bearer = await ToolTokenAsync(mine), Headers = headers }).CallAsync("list_agents")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await (legacy with { Headers = headers }).CallAsync("list_agents")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await (legacy with { Headers = headers }).CallAsync("discover")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await (legacy with { Bearer = await ToolTokenAsync(theirs), Headers = headers }).CallAsync("list_agents")).Status);
    }

    [Fact]
    public async Task A_session_that_was_begun_without_a_token_is_good_for_who_signs_in_later()
    {
        var legacy = _mcp with { Version = McpCalls.Legacy };
        var session = (await legacy.SendAsync("initialize", McpCalls.Hello())).Response.Headers.GetValues("Mcp-Session-Id").Single();
        var agent = await side.AgentAsync();

        Assert.Equal(HttpStatusCode.OK, (await (legacy with { Bearer = await ToolTokenAsync(agent), Headers = [("Mcp-Session-Id", session)] }).CallAsync("list_agents")).Status);
    }

    [Fact]
    public async Task Who_calls_by_an_argument_is_who_it_says_whoever_holds_the_connection()
    {
        var (holder, named) = (await side.AgentAsync("agents.read"), await side.AgentAsync());
        var calls = _mcp with { Bearer = await ToolTokenAsync(holder) };

        var list = await calls.ResultAsync("list_agents", new { access_token = await ToolTokenAsync(named) });
        Assert.Equal(named.Id, Assert.Single(list.GetProperty("data").EnumerateArray()).GetProperty("id").GetString());
        (await calls.CallAsync("list_agents", new { access_token = "garbage" })).Fails(401, "unauthenticated");
    }

    [Fact]
    public async Task A_consent_for_the_tools_is_no_way_to_the_rights_of_others()
    {
        var (person, foreign) = (new McpPerson(side.Server), await OrganizationSide.CreateAsync(side.Server));
        await person.JoinAsync(foreign, Role.Admin);
        var agent = await side.AgentAsync();
        var calls = _mcp with { Bearer = await person.TokenAsync("agents.read credentials.write credentials.delete delegations.write") };

        (await calls.CallAsync("get_agent", new { agent_id = agent.Id })).Fails(404, "not_found");
        (await calls.CallAsync("create_credential", new { agent_id = agent.Id })).Fails(404, "not_found");
        (await calls.CallAsync("rotate_credential", new { credential_id = agent.KeyId })).Fails(404, "not_found");
        (await calls.CallAsync("revoke_credential", new { credential_id = agent.KeyId })).Fails(404, "not_found");
        (await calls.CallAsync("create_delegation", new { delegate_agent_id = agent.Id, delegator_agent_id = agent.Id, scopes = new[] { "api.read" } })).Fails(400, "invalid_request");
    }

    [Fact]
    public async Task A_member_who_let_a_client_make_keys_has_not_let_it_make_any_that_may_do_more()
    {
        var (person, agent) = (new McpPerson(side.Server), await side.AgentAsync());
        await person.JoinAsync(side.Organization, Role.Admin);
        var calls = _mcp with { Bearer = await person.TokenAsync("credentials.write") };

        var made = await calls.ResultAsync("create_credential", new { agent_id = agent.Id });
        var tokens = await _mcp.ResultAsync("authenticate", new { api_key = made.GetProperty("raw_key").GetString() });
        Assert.Equal("credentials.write", Assert.Single(tokens.GetProperty("scopes").EnumerateArray()).GetString());
        await calls.ResultAsync("rotate_credential", new { credential_id = made.GetProperty("id").GetString() });
        (await calls.CallAsync("create_credential", new { agent_id = agent.Id, scopes = new[] { "api.read" } })).Fails(400, "invalid_request");
        (await calls.CallAsync("rotate_credential", new { credential_id = agent.KeyId })).Fails(403, "beyond_own_rights");
        await agent.TokenAsync();
    }

    [Fact]
    public async Task A_member_who_let_a_client_delegate_has_not_let_it_pass_on_all_that_their_agents_may()
    {
        var (person, agent, peer, third) = (new McpPerson(side.Server), await side.AgentAsync("api.read", "agents.read"), await side.AgentAsync(), await side.AgentAsync());
        await person.JoinAsync(side.Organization, Role.Admin);
        var calls = _mcp with { Bearer = await person.TokenAsync("delegations.write agents.read") };
        await peer.DelegatedAsync(agent, ["api.write"]);

        foreach (var scope in new[] { "api.read", "api.write" })
        {
            var arguments = new { delegator_agent_id = agent.Id, delegate_agent_id = third.Id, scopes = new[] { scope } };
            (await calls.CallAsync("create_delegation", arguments)).Fails(403, "delegation_refused");
        }

        await calls.ResultAsync("create_delegation", new { delegator_agent_id = agent.Id, delegate_agent_id = third.Id, scopes = new[] { "agents.read" } });
    }

    [Fact]
    public async Task A_token_for_another_API_is_not_passed_on_nor_taken()
    {
        var tokens = await Flows.TokensAsync(side.Server, ("scope", "openid things.read"), ("resource", Flows.Api));
        var answer = await (_mcp with { Bearer = tokens.GetProperty("access_token").GetString() }).CallAsync("list_agents");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.Status);
        (await _mcp.CallAsync("list_agents", new { access_token = tokens.GetProperty("access_token").GetString() })).Fails(401, "unauthenticated");
    }

    [Fact]
    public async Task No_key_or_token_reaches_a_log_or_the_trail_whatever_goes_wrong_with_it()
    {
        await using var server = await Flows.StartAsync(
            ("Logging:LogLevel:Default", "Trace"), ("Logging:LogLevel:ModelContextProtocol", "Trace"), ("Logging:LogLevel:ModelContextProtocol.Server.McpServer", "Trace"));
        var organization = await OrganizationSide.CreateAsync(server);
        var agent = await organization.RegisterAsync(OrganizationSide.Agent(("allowedScopes", new JsonArray("agents.read", "credentials.write"))));
        var key = (await organization.AskAsync(HttpMethod.Post, "/api/v1/credentials", new { agent_id = agent.GetProperty("id").GetString() }, HttpStatusCode.Created)).GetProperty("raw_key").GetString()!;
        var mcp = new McpCalls(server);
        var tokens = await mcp.ResultAsync("authenticate", new { api_key = key });
        var (access, refresh) = (tokens.GetProperty("access_token").GetString()!, tokens.GetProperty("refresh_token").GetString()!);
        var made = await mcp.ResultAsync("create_credential", new { agent_id = agent.GetProperty("id").GetString(), access_token = access });
        await mcp.CallAsync("revoke_credential", new { credential_id = made.GetProperty("id").GetString(), access_token = access });
        await mcp.CallAsync("authenticate", new { api_key = key + "x", scopes = new[] { access } });
        await mcp.CallAsync("list_agents", new { access_token = access, limit = 1000, api_key = key });
        await mcp.CallAsync("introspect_token", new { token = access });
        await mcp.CallAsync("no_such_tool", new { access_token = access, api_key = key });
        await mcp.ResultAsync("refresh_token", new { refresh_token_value = refresh });
        await mcp.CallAsync("revoke_token", new { token = access });

        var trail = await server.QueryAsync(context => context.AuditEvents.AsNoTracking().ToListAsync());
        var written = string.Join('\n', server.Logs.All) + System.Text.Json.JsonSerializer.Serialize(trail);
        Assert.All(new[] { key, access, refresh, made.GetProperty("raw_key").GetString()! }, secret => Assert.DoesNotContain(secret, written, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_tool_that_fails_tells_its_model_that_and_nothing_of_why()
    {
        var outage = new Outage();
        await using var server = await TestServer.StartAsync(
            services =>
            {
                var real = services.Last(service => service.ServiceType == typeof(IDbContextFactory<AuthDbContext>));
                services.AddSingleton<IDbContextFactory<AuthDbContext>>(provider =>
                    new Contexts((IDbContextFactory<AuthDbContext>)ActivatorUtilities.CreateInstance(provider, real.ImplementationType!), outage));
            },
            [.. Flows.Settings, ("AuthServer:Resources:1:Url", Flows.Other)]);
        var organization = await OrganizationSide.CreateAsync(server);
        var agent = await organization.RegisterAsync(OrganizationSide.Agent(("allowedScopes", new JsonArray("agents.read"))));
        var key = (await organization.AskAsync(HttpMethod.Post, "/api/v1/credentials", new { agent_id = agent.GetProperty("id").GetString() }, HttpStatusCode.Created)).GetProperty("raw_key").GetString()!;
        var mcp = new McpCalls(server);
        var token = (await mcp.CallAsync("authenticate", new { api_key = key })).Blocks[0];
        outage.IsOn = true;

        var answer = (await mcp.CallAsync("list_agents", new { access_token = token })).Fails(500, "server_error");
        Assert.DoesNotContain(Outage.Secret, answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Guesses_are_limited_by_address_and_calls_by_caller()
    {
        await using var server = await Flows.StartAsync(("AuthServer:RateLimits:PerAddress", "3"), ("AuthServer:RateLimits:PerKey", "4"));
        var organization = await OrganizationSide.CreateAsync(server);
        var mcp = new McpCalls(server);
        var agent = await organization.RegisterAsync(OrganizationSide.Agent(("allowedScopes", new JsonArray("agents.read"))));
        var key = (await organization.AskAsync(HttpMethod.Post, "/api/v1/credentials", new { agent_id = agent.GetProperty("id").GetString() }, HttpStatusCode.Created)).GetProperty("raw_key").GetString()!;
        var calls = mcp with { Bearer = key };
        for (var i = 0; i < 4; i++)
        {
            await calls.ResultAsync("list_agents");
        }

        var paced = await calls.CallAsync("list_agents");
        Assert.Equal(HttpStatusCode.TooManyRequests, paced.Status);
        Assert.NotNull(paced.Response.Headers.RetryAfter);
        Assert.Empty(paced.Challenge);
        for (var i = 0; i < 3; i++)
        {
            (await mcp.CallAsync("authenticate", new { api_key = "ak_live_" + new string('x', 43) })).Fails(401, "invalid_client");
        }

        (await mcp.CallAsync("authenticate", new { api_key = "ak_live_" + new string('x', 43) })).Fails(429, "too_many_requests");
        var legacy = await (mcp with { Version = McpCalls.Legacy }).CallAsync("introspect_token", new { token = "garbage" });
        Assert.NotNull(legacy.Fails(429, "too_many_requests").Response.Headers.RetryAfter);
        (await mcp.CallAsync("revoke_token", new { token = "garbage" })).Fails(429, "too_many_requests");
        (await mcp.CallAsync("refresh_token", new { refresh_token_value = "garbage" })).Fails(429, "too_many_requests");
        Assert.Equal(HttpStatusCode.TooManyRequests, (await (mcp with { Bearer = "garbage" }).CallAsync("discover")).Status);
        Assert.Equal(HttpStatusCode.OK, (await mcp.CallAsync("discover")).Status);
    }

    private async Task<string> ToolTokenAsync(KeyedAgent agent) => (await _mcp.CallAsync("authenticate", new { api_key = agent.Key })).Blocks[0];

    private sealed class Outage
    {
        public const string Secret = "the connection string and all";

        public bool IsOn { get; set; }
    }

    /// <summary>A database that stops answering.</summary>
    private sealed class Contexts(IDbContextFactory<AuthDbContext> real, Outage outage) : IDbContextFactory<AuthDbContext>
    {
        public AuthDbContext CreateDbContext() => outage.IsOn ? throw new InvalidOperationException(Outage.Secret) : real.CreateDbContext();
    }
}
