using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Delegations;

/// <summary>An agent passes on what it received without naming it: what strangers send it must not change what it does, nor must its credential be got round.</summary>
public sealed class ReceivedDelegationTests(ChainSide side) : IClassFixture<ChainSide>
{
    [Fact]
    public async Task A_thousand_delegations_of_strangers_change_nothing_of_what_an_agent_passes_on()
    {
        var (colleague, agent, last) = await ThreeAsync();
        var good = await colleague.DelegatedAsync(agent, ["api.read"]);
        await (await StrangerAsync()).CrowdAsync(agent, "api.read", 1000);

        var passed = (await agent.DelegateAsync(last, ["api.read"])).Is(HttpStatusCode.Created).Json;

        Assert.Equal(good, Text(passed, "parent_delegation_id"));
    }

    [Fact]
    public async Task A_thousand_delegations_of_something_else_hide_nothing()
    {
        var (_, agent, last) = await ThreeAsync();
        var good = await (await StrangerAsync()).DelegatedAsync(agent, ["api.*"]);
        await (await StrangerAsync()).CrowdAsync(agent, "api.write.some", 1000);

        var passed = (await agent.DelegateAsync(last, ["api.read"])).Is(HttpStatusCode.Created).Json;

        Assert.Equal(good, Text(passed, "parent_delegation_id"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Among_several_principals_the_agent_has_to_say_which_is_meant(bool ofItsOwn)
    {
        var (one, agent, last) = await ThreeAsync();
        var (first, second) = ofItsOwn ? (one, await side.AgentAsync()) : (await StrangerAsync(), await StrangerAsync());
        var named = await first.DelegatedAsync(agent, ["api.read"]);
        await second.DelegatedAsync(agent, ["api.read"]);

        var refused = (await agent.DelegateAsync(last, ["api.read"])).Is(HttpStatusCode.BadRequest, "invalid_request");

        Assert.True(refused.Json.GetProperty("errors").TryGetProperty("delegation_id", out _));
        Assert.Equal("delegation_ambiguous", (await side.ReasonsAsync("access.refused"))[^1]);
        var tools = new McpCalls(side.Server);
        var arguments = new JsonObject { ["delegate_agent_id"] = last.Id, ["scopes"] = new JsonArray("api.read"), ["access_token"] = Text(await tools.ResultAsync("authenticate", new { api_key = agent.Key }), "access_token") };
        Assert.Contains("name the delegation", (await tools.CallAsync("create_delegation", arguments)).Fails(400, "invalid_request").Text, StringComparison.Ordinal);
        arguments["delegation_id"] = named;
        Assert.Equal(named, Text(await tools.ResultAsync("create_delegation", arguments), "parent_delegation_id"));
    }

    [Fact]
    public async Task Of_one_principal_the_newest_counts_and_one_who_may_not_act_does_not()
    {
        var (colleague, agent, last) = await ThreeAsync();
        await colleague.DelegatedAsync(agent, ["api.read"]);
        side.Server.Clock.Advance(TimeSpan.FromSeconds(1));
        var newest = await colleague.DelegatedAsync(agent, ["api.read"]);
        var suspended = await side.AgentAsync();
        await suspended.DelegatedAsync(agent, ["api.read"]);
        await side.Organization.PostAsync($"/api/v1/agents/{suspended.Id}/suspend");

        Assert.Equal(newest, Text((await agent.DelegateAsync(last, ["api.read"])).Is(HttpStatusCode.Created).Json, "parent_delegation_id"));
    }

    [Fact]
    public async Task With_a_credential_that_may_do_less_no_more_of_what_was_received_is_passed_on()
    {
        var (colleague, _, last) = await ThreeAsync();
        var agent = await side.AgentAsync("delegations.write", "api.write");
        var id = new JsonObject { ["delegation_id"] = await colleague.DelegatedAsync(agent, ["api.read", "agents.read"]) };
        var narrow = await KeyAsync(agent, "delegations.write");
        var wider = await KeyAsync(agent, "delegations.write", "api.write");
        foreach (var credential in new[] { narrow, await TokenOfAsync(narrow), wider, await TokenOfAsync(wider), await agent.TokenAsync("delegations.write") })
        {
            foreach (var named in new[] { id, null })
            {
                (await agent.DelegateAsync(last, ["api.read"], named, credential)).Is(HttpStatusCode.Forbidden, "delegation_refused");
                Assert.Equal("beyond_own_rights", (await side.ReasonsAsync("access.refused"))[^1]);
            }
        }

        // What may do all that the agent may passes on all that it received.
        foreach (var credential in new[] { agent.Key, await agent.TokenAsync() })
        {
            (await agent.DelegateAsync(last, ["api.read"], id, credential)).Is(HttpStatusCode.Created);
        }
    }

    [Fact]
    public async Task A_delegation_ends_with_the_key_that_it_was_made_by()
    {
        var (agent, _, last) = await ThreeAsync();
        var until = side.Server.Clock.Now.AddHours(1);
        var made = await side.Organization.AskAsync(HttpMethod.Post, "/api/v1/credentials", new { agent_id = agent.Id, expires_at = until }, HttpStatusCode.Created);
        var key = Text(made, "raw_key");
        foreach (var credential in new[] { key, await TokenOfAsync(key) })
        {
            var given = (await agent.DelegateAsync(last, ["api.read"], new() { ["expires_in_hours"] = 24 }, credential)).Is(HttpStatusCode.Created).Json;
            Assert.Equal(until, given.GetProperty("expires_at").GetDateTimeOffset(), TimeSpan.FromMilliseconds(1));
        }
    }

    [Fact]
    public async Task An_exchange_goes_by_the_delegation_of_the_subject_tokens_agent_whatever_strangers_have_sent()
    {
        var (colleague, agent, _) = await ThreeAsync();
        var good = await colleague.DelegatedAsync(agent, ["api.read"]);
        await (await StrangerAsync()).CrowdAsync(agent, "api.read", 1000);

        var token = ChainSide.Claims(await agent.ExchangedAsync(await colleague.TokenAsync(), ("scope", "api.read")));

        Assert.Equal((good, colleague.Id), (Text(token, "delegation_id"), Text(token, "sub")));
    }

    /// <summary>One with rights, one that has none but to pass on, and one that gets what it passes on.</summary>
    private async Task<(KeyedAgent One, KeyedAgent Agent, KeyedAgent Last)> ThreeAsync() =>
        (await side.AgentAsync(), await side.AgentAsync("delegations.write"), await side.AgentAsync());

    private async Task<KeyedAgent> StrangerAsync() => await side.AgentAsync(await OrganizationSide.CreateAsync(side.Server), ["api.*", "delegations.write"]);

    private async Task<string> KeyAsync(KeyedAgent agent, params string[] scopes) => Text(
        await side.Organization.AskAsync(HttpMethod.Post, "/api/v1/credentials", new { agent_id = agent.Id, scopes }, HttpStatusCode.Created), "raw_key");

    private async Task<string> TokenOfAsync(string key) =>
        Text((await side.AuthAsync(new { grant_type = "client_credentials", client_secret = key })).Is(HttpStatusCode.OK).Json, "access_token");

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
