using AuthServer.Tests.Support;

namespace AuthServer.Tests.Seeds;

/// <summary>AgentAuth's acceptance list, groups 6 to 8: delegations, bad input, and a whole life.</summary>
public sealed class AgentAuthDelegationAcceptanceTests(ChainSide side) : IClassFixture<ChainSide>
{
    [Theory, BothDoors]
    public async Task _6_1_A_delegation_is_made(Door door)
    {
        var (agent, peer) = (await At(door).StartAsync(), await At(door).StartAsync());
        var made = (await agent.Door.DelegateAsync(agent.Token, peer.Id, ["api.read", "agents.read"], 1, 24)).IsMade(door);

        Assert.Equal((agent.Id, peer.Id, true), (made.Text("delegator_agent_id"), made.Text("delegate_agent_id"), made.Flag("is_active")));
        Assert.Equal(["api.read", "agents.read"], made.Texts("scopes"));
        Assert.Equal((0, 1, 1), (made.Member("chain_depth").GetInt32(), made.Member("max_absolute_chain_depth").GetInt32(), made.Member("chain_depth_remaining").GetInt32()));
        Assert.Equal(TimeSpan.FromHours(24), made.Member("expires_at").GetDateTimeOffset() - made.Member("created_at").GetDateTimeOffset());
    }

    [Theory, BothDoors]
    public async Task _6_2_A_peer_is_listed_from_then_on_by_both(Door door)
    {
        var (agent, peer) = (await At(door).StartAsync(), await At(door).StartAsync());
        Assert.DoesNotContain(peer.Id, (await agent.Door.ListAsync(agent.Token)).Is(200).Ids);
        (await agent.Door.DelegateAsync(agent.Token, peer.Id, ["api.read"])).IsMade(door);

        Assert.Contains(peer.Id, (await agent.Door.ListAsync(agent.Token)).Is(200).Ids);
        Assert.Contains(agent.Id, (await peer.Door.ListAsync(peer.Token)).Is(200).Ids);
    }

    [Theory, BothDoors]
    public async Task _6_3_A_peer_is_got(Door door)
    {
        var (agent, peer) = await PeersAsync(door);

        Assert.Equal(peer.Id, (await agent.Door.FindAsync(agent.Token, peer.Id)).Is(200).Text("id"));
        Assert.Equal(agent.Id, (await peer.Door.FindAsync(peer.Token, agent.Id)).Is(200).Text("id"));
    }

    [Theory, BothDoors]
    public async Task _6_4_The_keys_of_a_peer_are_403_in_either_direction(Door door)
    {
        var (agent, peer) = await PeersAsync(door);
        foreach (var (one, other) in new[] { (agent, peer), (peer, agent) })
        {
            (await one.Door.MakeKeyAsync(one.Token, other.Id)).Is(403, "not_yours");
            (await one.Door.RotateKeyAsync(one.Token, other.KeyId)).Is(403, "not_yours");
            (await one.Door.RevokeKeyAsync(one.Token, other.KeyId)).Is(403, "not_yours");
            (await other.Door.AuthenticateAsync(other.Key)).Is(200);
        }
    }

    [Theory, BothDoors]
    public async Task _6_5_What_a_delegation_gives_is_allowed_by_it_and_what_it_does_not_give_is_not(Door door)
    {
        var (agent, peer) = (await At(door).StartAsync(), await side.AgentAsync("policies.read"));
        Assert.False(await MayAsync(await OwnAsync(peer), "read"));
        var delegation = (await agent.Door.DelegateAsync(agent.Token, peer.Id, ["api.read"])).IsMade(door).Text("id");
        var asked = (await agent.Door.CheckAsync(agent.Token, peer.Id, "read", "/api/v1/api")).Is(200);

        Assert.Equal((true, "allow", delegation), (asked.Flag("allowed"), asked.Text("effect"), asked.Text("delegation_id")));
        Assert.EndsWith(".", asked.Text("reason"), StringComparison.Ordinal);
        Assert.True(await MayAsync(await OwnAsync(peer), "read"));
        Assert.False((await agent.Door.CheckAsync(agent.Token, peer.Id, "write", "/api/v1/api")).Is(200).Flag("allowed"));

        async Task<string> OwnAsync(KeyedAgent one) => (await At(door).AuthenticateAsync(one.Key)).Is(200).Text("access_token");
        async Task<bool> MayAsync(string token, string action) => (await At(door).CheckAsync(token, peer.Id, action, "/api/v1/api")).Is(200).Flag("allowed");
    }

    [Theory, BothDoors]
    public async Task _6_6_More_than_was_received_is_not_passed_on(Door door)
    {
        var (agent, peer, third) = (await At(door).StartAsync(), await side.AgentAsync("delegations.write"), await side.AgentAsync("policies.read"));
        (await agent.Door.DelegateAsync(agent.Token, peer.Id, ["api.read"])).IsMade(door);
        var token = (await At(door).AuthenticateAsync(peer.Key)).Is(200).Text("access_token");

        (await At(door).DelegateAsync(token, third.Id, ["api.write"])).Is(403, "delegation_refused");
        (await At(door).DelegateAsync(token, third.Id, ["api.read", "api.write"])).Is(403, "delegation_refused");
        (await At(door).DelegateAsync(token, third.Id, ["api.*"])).Is(403, "delegation_refused");
        (await At(door).DelegateAsync(token, third.Id, ["api.read"])).IsMade(door);
    }

    [Theory, BothDoors]
    public async Task _6_7_Nothing_is_passed_on_deeper_than_was_allowed(Door door)
    {
        var (agent, peer, third) = (await At(door).StartAsync(), await side.AgentAsync("delegations.write"), await side.AgentAsync("delegations.write"));
        (await agent.Door.DelegateAsync(agent.Token, peer.Id, ["api.read"], 1)).IsMade(door);
        var hop = (await At(door).DelegateAsync(await OwnAsync(peer), third.Id, ["api.read"], 9)).IsMade(door);
        Assert.Equal((1, 1, 0), (hop.Member("chain_depth").GetInt32(), hop.Member("max_absolute_chain_depth").GetInt32(), hop.Member("chain_depth_remaining").GetInt32()));

        (await At(door).DelegateAsync(await OwnAsync(third), (await side.AgentAsync("api.read")).Id, ["api.read"])).Is(403, "delegation_refused");

        async Task<string> OwnAsync(KeyedAgent one) => (await At(door).AuthenticateAsync(one.Key)).Is(200).Text("access_token");
    }

    [Theory, BothDoors]
    public async Task _7_1_A_key_of_nobody_is_401_invalid_client(Door door)
    {
        (await At(door).AuthenticateAsync("ak_live_" + new string('x', 43))).Is(401, "invalid_client");
        (await At(door).AuthenticateAsync("ak_live_bogus")).Is(401, "invalid_client");
    }

    [Theory, BothDoors]
    public async Task _7_2_Garbage_is_inactive(Door door)
    {
        var agent = await At(door).StartAsync();
        foreach (var garbage in new[] { "garbage", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", agent.Token[..^3], agent.Key })
        {
            Assert.Equal("""{"active":false}""", (await agent.Door.IntrospectAsync(agent.Key, garbage)).Is(200).Json.ToJsonString());
        }
    }

    [Theory, BothDoors]
    public async Task _7_3_An_agent_that_does_not_exist_is_404(Door door)
    {
        var agent = await At(door).StartAsync();
        foreach (var id in new[] { "agt_01h00000000000000000000000", "01927e6a-0000-7000-8000-000000000000", "nobody" })
        {
            (await agent.Door.FindAsync(agent.Token, id)).Is(404, "not_found");
        }
    }

    [Theory, BothDoors]
    public async Task _7_4_Revoking_a_token_again_is_200(Door door)
    {
        var agent = await At(door).StartAsync();
        (await agent.Door.RevokeAsync(agent.Key, agent.Token)).Is(200);

        (await agent.Door.RevokeAsync(agent.Key, agent.Token)).Is(200);
        (await agent.Door.RevokeAsync(agent.Key, agent.RefreshToken)).Is(200);
    }

    [Theory, BothDoors]
    public async Task _7_5_Revoking_garbage_is_200_and_ends_nothing(Door door)
    {
        var agent = await At(door).StartAsync();
        (await agent.Door.RevokeAsync(agent.Key, "garbage")).Is(200);
        (await agent.Door.RevokeAsync(agent.Key, "a.b.c")).Is(200);

        Assert.True(await agent.IsActiveAsync(agent.Token));
    }

    [Theory, BothDoors]
    public async Task _8_1_A_whole_life_in_nine_steps(Door door)
    {
        var agent = await At(door).StartAsync();
        var own = (await agent.Door.AuthenticateAsync(agent.Key)).Is(200);
        var key = (await agent.Door.MakeKeyAsync(own.Text("access_token"), agent.Id, "agents.read")).IsMade(door);
        var tokens = (await agent.Door.AuthenticateAsync(key.Text("raw_key"))).Is(200);
        Assert.True(await agent.IsActiveAsync(tokens.Text("access_token")));
        var next = (await agent.Door.RefreshAsync(tokens.Text("refresh_token"))).Is(200);
        Assert.Equal([agent.Id], (await agent.Door.ListAsync(next.Text("access_token"))).Is(200).Ids);
        var rotated = (await agent.Door.RotateKeyAsync(own.Text("access_token"), key.Text("id"))).Is(200);
        Assert.False(await agent.IsActiveAsync(next.Text("access_token")));
        var last = (await agent.Door.AuthenticateAsync(rotated.Text("raw_key"))).Is(200);
        (await agent.Door.RevokeAsync(agent.Key, last.Text("access_token"))).Is(200);
        Assert.False(await agent.IsActiveAsync(last.Text("refresh_token")));
        (await agent.Door.RevokeKeyAsync(own.Text("access_token"), rotated.Text("id"))).Is(200);

        (await agent.Door.AuthenticateAsync(rotated.Text("raw_key"))).Is(401, "invalid_client");
        Assert.True(await agent.IsActiveAsync(own.Text("access_token")));
    }

    private async Task<(SeedAgent Agent, SeedAgent Peer)> PeersAsync(Door door)
    {
        var (agent, peer) = (await At(door).StartAsync(), await At(door).StartAsync());
        (await agent.Door.DelegateAsync(agent.Token, peer.Id, ["api.read"])).IsMade(door);
        return (agent, peer);
    }

    private SeedDoor At(Door door) => new(side.Server, door);
}
