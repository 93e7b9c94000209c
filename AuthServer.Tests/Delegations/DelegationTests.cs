using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Delegations;

/// <summary>What agents may let others do, and how that ends.</summary>
public sealed class DelegationTests(ChainSide side) : IClassFixture<ChainSide>
{
    [Fact]
    public async Task An_agent_delegates_part_of_its_rights()
    {
        var (alice, bob) = (await side.AgentAsync(), await side.AgentAsync("email:read"));
        var made = (await alice.DelegateAsync(bob, ["api.read"], new() { ["max_chain_depth"] = 1, ["expires_in_hours"] = 24 })).Is(HttpStatusCode.Created).Json;

        Assert.StartsWith("dlg_", made.GetProperty("id").GetString(), StringComparison.Ordinal);
        Assert.Equal(
            (alice.Id, bob.Id, alice.Id, 0, 1, 1, true),
            (Text(made, "delegator_agent_id"), Text(made, "delegate_agent_id"), Text(made, "principal_id"), Number(made, "chain_depth"),
                Number(made, "max_absolute_chain_depth"), Number(made, "chain_depth_remaining"), made.GetProperty("is_active").GetBoolean()));
        Assert.Equal(side.Server.Clock.Now.AddHours(24), made.GetProperty("expires_at").GetDateTimeOffset(), TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public async Task Without_a_number_three_hops_may_follow()
    {
        var (alice, bob) = (await side.AgentAsync(), await side.AgentAsync());

        Assert.Equal(3, Number((await alice.DelegateAsync(bob, ["api.read"])).Is(HttpStatusCode.Created).Json, "chain_depth_remaining"));
    }

    [Theory]
    [InlineData("files.read")]
    [InlineData("api.*")]
    [InlineData("openid")]
    public async Task What_one_may_not_do_oneself_one_cannot_delegate(string scope)
    {
        var (alice, bob) = (await side.AgentAsync(), await side.AgentAsync("files.read"));

        (await alice.DelegateAsync(bob, ["api.read", scope])).Is(HttpStatusCode.Forbidden, "delegation_refused");
        Assert.Equal("beyond_own_rights", (await side.ReasonsAsync("access.refused"))[^1]);
    }

    [Fact]
    public async Task A_wildcard_covers_what_is_delegated_below_it()
    {
        var (alice, bob) = (await side.AgentAsync("files.*", "delegations.write"), await side.AgentAsync());

        (await alice.DelegateAsync(bob, ["files.read"])).Is(HttpStatusCode.Created);
        (await alice.DelegateAsync(bob, ["files.*"])).Is(HttpStatusCode.Created);
        (await alice.DelegateAsync(bob, ["filesystem.read"])).Is(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_narrow_token_delegates_no_more_than_it_may()
    {
        var (alice, bob) = (await side.AgentAsync(), await side.AgentAsync());
        var token = await alice.TokenAsync("delegations.write api.read");

        (await alice.DelegateAsync(bob, ["api.read"], credential: token)).Is(HttpStatusCode.Created);
        (await alice.DelegateAsync(bob, ["api.write"], credential: token)).Is(HttpStatusCode.Forbidden, "delegation_refused");
    }

    [Fact]
    public async Task What_was_received_is_passed_on_and_nothing_beyond_it()
    {
        var (alice, bob, carol) = (await side.AgentAsync(), await side.AgentAsync("delegations.write"), await side.AgentAsync());
        var first = await alice.DelegatedAsync(bob, ["api.read"], new() { ["max_chain_depth"] = 1, ["expires_in_hours"] = 2 });

        (await bob.DelegateAsync(carol, ["api.write"])).Is(HttpStatusCode.Forbidden, "delegation_refused");
        (await bob.DelegateAsync(carol, ["api.write"], new() { ["delegation_id"] = first })).Is(HttpStatusCode.Forbidden, "delegation_refused");
        var second = (await bob.DelegateAsync(carol, ["api.read"], new() { ["expires_in_hours"] = 24, ["max_chain_depth"] = 5 })).Is(HttpStatusCode.Created).Json;
        Assert.Equal((first, 1, 0, alice.Id), (Text(second, "parent_delegation_id"), Number(second, "chain_depth"), Number(second, "chain_depth_remaining"), Text(second, "principal_id")));
        Assert.Equal(side.Server.Clock.Now.AddHours(2), second.GetProperty("expires_at").GetDateTimeOffset(), TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public async Task A_chain_is_no_deeper_than_its_first_hops_allow()
    {
        var agents = new List<KeyedAgent>();
        for (var i = 0; i < 4; i++)
        {
            agents.Add(await side.AgentAsync("delegations.write", "api.read"));
        }

        var id = await agents[0].DelegatedAsync(agents[1], ["api.read"], new() { ["max_chain_depth"] = 1 });
        var next = await agents[1].DelegatedAsync(agents[2], ["api.read"], new() { ["delegation_id"] = id });
        (await agents[2].DelegateAsync(agents[3], ["api.read"], new() { ["delegation_id"] = next })).Is(HttpStatusCode.Forbidden, "delegation_refused");
        Assert.Equal("too_deep", (await side.ReasonsAsync("access.refused"))[^1]);
    }

    [Fact]
    public async Task Nobody_delegates_back_into_the_chain_or_to_themselves()
    {
        var (alice, bob, carol) = (await side.AgentAsync(), await side.AgentAsync("delegations.write"), await side.AgentAsync("delegations.write"));
        var id = await alice.DelegatedAsync(bob, ["api.read"]);
        var next = await bob.DelegatedAsync(carol, ["api.read"], new() { ["delegation_id"] = id });

        foreach (var back in new[] { alice, bob, carol })
        {
            (await carol.DelegateAsync(back, ["api.read"], new() { ["delegation_id"] = next })).Is(HttpStatusCode.Forbidden, "delegation_refused");
            Assert.Equal("delegation_cycle", (await side.ReasonsAsync("access.refused"))[^1]);
        }

        (await alice.DelegateAsync(alice, ["api.read"])).Is(HttpStatusCode.Forbidden, "delegation_refused");
    }

    [Fact]
    public async Task Revoking_cuts_the_branch_below_and_nothing_beside_it()
    {
        var (alice, bob, carol, dave) = (await side.AgentAsync(), await side.AgentAsync("delegations.write"), await side.AgentAsync("delegations.write"), await side.AgentAsync());
        var root = await alice.DelegatedAsync(bob, ["api.read"]);
        var cut = await bob.DelegatedAsync(carol, ["api.read"], new() { ["delegation_id"] = root });
        var below = await carol.DelegatedAsync(dave, ["api.read"], new() { ["delegation_id"] = cut });
        var beside = await bob.DelegatedAsync(dave, ["api.read"], new() { ["delegation_id"] = root });
        var (own, other) = (await bob.DelegatedAsync(carol, ["delegations.write"]), await alice.DelegatedAsync(carol, ["api.read"]));
        using var rest = alice.Rest();

        var radius = (await rest.GetAsync($"/delegations/{cut}/blast-radius")).Is(HttpStatusCode.OK).Json;
        Assert.Equal(2, Number(radius, "delegations"));
        Assert.Equal(new[] { carol.Id, dave.Id }.Order(StringComparer.Ordinal), radius.GetProperty("agents").EnumerateArray().Select(agent => agent.GetString()!));
        var tokens = new Dictionary<string, (KeyedAgent Agent, string Token)>();
        foreach (var (id, agent) in new[] { (root, bob), (cut, carol), (below, dave), (beside, dave), (own, carol), (other, carol) })
        {
            tokens[id] = (agent, Text((await agent.ActAsync(id)).Is(HttpStatusCode.OK).Json, "access_token"));
        }

        (await rest.DeleteAsync("/delegations/" + cut)).Is(HttpStatusCode.OK);

        foreach (var (id, (agent, token)) in tokens)
        {
            var lives = id != cut && id != below;
            Assert.Equal(lives, await side.IsActiveAsync(agent, token));
            Assert.Equal(lives ? HttpStatusCode.OK : HttpStatusCode.BadRequest, (await agent.ActAsync(id)).Status);
        }

        Assert.False((await rest.DeleteAsync("/delegations/" + cut)).Is(HttpStatusCode.OK).Json.GetProperty("is_active").GetBoolean());
    }

    [Fact]
    public async Task Only_who_gave_it_or_something_above_it_or_received_it_can_end_it()
    {
        var (alice, bob, carol, dave) = (await side.AgentAsync(), await side.AgentAsync(), await side.AgentAsync(), await side.AgentAsync());
        var root = await alice.DelegatedAsync(bob, ["api.read"]);
        var next = await bob.DelegatedAsync(carol, ["api.read"], new() { ["delegation_id"] = root });
        using var carols = carol.Rest();
        using var daves = dave.Rest();
        using var bobs = bob.Rest();

        (await daves.DeleteAsync("/delegations/" + next)).Is(HttpStatusCode.NotFound);
        (await carols.DeleteAsync("/delegations/" + root)).Is(HttpStatusCode.NotFound);
        (await carols.DeleteAsync("/delegations/" + next)).Is(HttpStatusCode.OK);
        (await bobs.DeleteAsync("/delegations/" + root)).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_chain_shows_its_hops_and_what_they_have_in_common_to_who_takes_part_in_it()
    {
        var (alice, bob, carol, dave) = (await side.AgentAsync(), await side.AgentAsync("delegations.write", "delegations.read"), await side.AgentAsync(), await side.AgentAsync());
        var root = await alice.DelegatedAsync(bob, ["api.read", "api.write"]);
        var next = await bob.DelegatedAsync(carol, ["api.read"], new() { ["delegation_id"] = root });
        using var carols = carol.Rest();
        using var daves = dave.Rest();
        using var bobs = bob.Rest();

        var chain = (await carols.GetAsync($"/delegations/{next}/chain")).Is(HttpStatusCode.OK).Json;
        Assert.Equal([root, next], chain.GetProperty("chain").EnumerateArray().Select(hop => Text(hop, "id")));
        Assert.Equal("api.read", Assert.Single(chain.GetProperty("effective_scopes").EnumerateArray()).GetString());
        (await daves.GetAsync($"/delegations/{next}/chain")).Is(HttpStatusCode.NotFound);
        Assert.Equal(2, (await bobs.GetAsync("/delegations")).Is(HttpStatusCode.OK).Json.GetProperty("meta").GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task A_developer_delegates_for_an_agent_of_the_organization_and_for_no_other()
    {
        var (alice, bob) = (await side.AgentAsync(), await side.AgentAsync());
        var elsewhere = await OrganizationSide.CreateAsync(side.Server);
        var stranger = await side.AgentAsync(elsewhere);
        object Body(KeyedAgent delegator) => new { delegator_agent_id = delegator.Id, delegate_agent_id = bob.Id, scopes = new[] { "api.read" } };

        var made = await side.Organization.AskAsync(HttpMethod.Post, "/api/v1/delegations", Body(alice), HttpStatusCode.Created);
        await side.Organization.AskAsync(HttpMethod.Post, "/api/v1/delegations", Body(stranger), HttpStatusCode.BadRequest);
        await elsewhere.AskAsync(HttpMethod.Get, $"/api/v1/delegations/{Text(made, "id")}", status: HttpStatusCode.NotFound);
        await side.Organization.AskAsync(HttpMethod.Delete, $"/api/v1/delegations/{Text(made, "id")}");
        Assert.Equal(HttpStatusCode.BadRequest, (await bob.ActAsync(Text(made, "id"))).Status);
    }

    [Fact]
    public async Task An_agent_delegates_to_another_organizations_agent_and_the_end_of_its_organization_ends_that()
    {
        var elsewhere = await OrganizationSide.CreateAsync(side.Server);
        var (alice, bob) = (await side.AgentAsync(elsewhere), await side.AgentAsync());
        var id = await alice.DelegatedAsync(bob, ["api.read"]);
        var token = Text((await bob.ActAsync(id)).Is(HttpStatusCode.OK).Json, "access_token");
        side.Server.Clock.Advance(TimeSpan.FromSeconds(2));

        var now = side.Server.Clock.Now;
        await side.Server.Services.GetRequiredService<ITokenFamilies>().EndSubjectAsync(
            elsewhere.Id, now, new() { Id = Identifiers.New("aud_", now), At = now, Type = "organization.ended", Outcome = "success" }, default);

        Assert.False(await side.IsActiveAsync(bob, token));
    }

    [Fact]
    public async Task Constraints_are_handed_on_and_only_narrowed_and_an_API_is_held_to_them()
    {
        var (alice, bob, carol) = (await side.AgentAsync(), await side.AgentAsync("delegations.write"), await side.AgentAsync());
        JsonObject Bounds(string json, string? parent = null) => parent is null
            ? new() { ["constraints"] = JsonNode.Parse(json) }
            : new() { ["constraints"] = JsonNode.Parse(json), ["delegation_id"] = parent };
        var first = await alice.DelegatedAsync(bob, ["api.read"], Bounds("""[{"key":"amount","max":100},{"key":"region","one_of":["eu","us"]}]"""));

        (await bob.DelegateAsync(carol, ["api.read"], Bounds("""[{"key":"amount","max":101}]""", first))).Is(HttpStatusCode.Forbidden, "delegation_refused");
        var second = (await bob.DelegateAsync(carol, ["api.read"], Bounds("""[{"key":"amount","max":50}]""", first))).Is(HttpStatusCode.Created).Json;
        Assert.Equal("""[{"key":"amount","max":50},{"key":"region","one_of":["eu","us"]}]""", second.GetProperty("constraints").GetRawText());

        var token = Text((await carol.ActAsync(Text(second, "id"))).Is(HttpStatusCode.OK).Json, "access_token");
        foreach (var (context, allowed) in new[]
        {
            ("""{"amount":50,"region":"eu"}""", true), ("""{"amount":51,"region":"eu"}""", false), ("""{"amount":50,"region":"cn"}""", false), ("""{"amount":50}""", false), ("{}", false),
        })
        {
            using var rest = side.As(null);
            var answer = (await rest.PostAsync("/tokens/verify", new JsonObject
            {
                ["token"] = token,
                ["requiredScopes"] = new JsonArray("api.read"),
                ["context"] = JsonNode.Parse(context),
            })).Is(HttpStatusCode.OK).Json;
            Assert.Equal((allowed, allowed ? "allowed" : "constraint_violated"), (answer.GetProperty("allowed").GetBoolean(), Text(answer, "reasonCode")));
        }
    }

    [Theory]
    [InlineData("""[{"key":"amount","at_most":5}]""")]
    public async Task A_constraint_that_nobody_would_hold_an_agent_to_is_refused(string constraints)
    {
        var (alice, bob) = (await side.AgentAsync(), await side.AgentAsync());

        (await alice.DelegateAsync(bob, ["api.read"], new() { ["constraints"] = JsonNode.Parse(constraints) })).Is(HttpStatusCode.Forbidden, "delegation_refused");
        Assert.Equal("unknown_constraint", (await side.ReasonsAsync("access.refused"))[^1]);
    }

    [Theory]
    [InlineData("delegate_agent_id", null)]
    [InlineData("delegate_agent_id", "agt_00000000000000000000000000")]
    [InlineData("scopes", "[]")]
    [InlineData("scopes", "[\"a b\"]")]
    [InlineData("max_chain_depth", "-1")]
    [InlineData("max_chain_depth", "11")]
    [InlineData("expires_in_hours", "0")]
    [InlineData("expires_at", "\"2020-01-01T00:00:00Z\"")]
    [InlineData("delegation_id", "\"dlg_1\"")]
    [InlineData("constraints", "{}")]
    [InlineData("constraints", "[{\"max\":1}]")]
    public async Task What_a_delegation_cannot_be_is_refused_by_its_field(string field, string? value)
    {
        var (alice, bob) = (await side.AgentAsync(), await side.AgentAsync());
        var body = new JsonObject { ["delegate_agent_id"] = bob.Id, ["scopes"] = new JsonArray("api.read") };
        body[field] = value is null or ['a', ..] ? value : JsonNode.Parse(value);
        using var rest = alice.Rest();

        var refused = (await rest.PostAsync("/delegations", body)).Is(HttpStatusCode.BadRequest, "invalid_request");
        Assert.True(refused.Json.GetProperty("errors").TryGetProperty(field, out _), refused.Text);
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;

    private static int Number(JsonElement json, string name) => json.GetProperty(name).GetInt32();
}
