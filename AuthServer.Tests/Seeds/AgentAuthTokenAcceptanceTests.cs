using AuthServer.Tests.Support;

namespace AuthServer.Tests.Seeds;

/// <summary>AgentAuth's acceptance list, groups 1 to 3: discovery, quickstart, and what becomes of tokens.</summary>
public sealed class AgentAuthTokenAcceptanceTests(ChainSide side) : IClassFixture<ChainSide>
{
    [Theory, BothDoors]
    public async Task _1_1_Discovery_names_grants_scopes_and_lifetimes(Door door)
    {
        var found = (await At(door).DiscoverAsync()).Is(200);

        Assert.Superset(new HashSet<string> { "client_credentials", "refresh_token", "agent_delegation", ChainSide.Exchange }, found.Texts("grant_types_supported").ToHashSet());
        Assert.Superset(
            new HashSet<string>
            {
                "agents.read", "agents.write", "agents.delete", "credentials.read", "credentials.write", "credentials.delete", "policies.read", "policies.write", "policies.delete",
                "delegations.read", "delegations.write", "delegations.delete", "tokens.issue", "tokens.introspect", "tokens.revoke", "files.read", "files.write", "files.delete",
                "email.send", "email.read", "admin.full", "api.read", "api.write",
            },
            found.Texts("scopes_supported").ToHashSet());
        Assert.Equal((900, 604_800), (found.Member("token_lifetimes").GetProperty("access_token").GetInt32(), found.Member("token_lifetimes").GetProperty("refresh_token").GetInt32()));
    }

    [Theory, BothDoors]
    public async Task _2_1_Quickstart_makes_a_root_agent_and_shows_its_key_once(Door door)
    {
        var agent = await At(door).StartAsync();
        var found = (await agent.Door.FindAsync(agent.Token, agent.Id)).Is(200);
        using var rest = side.As(agent.Token);
        var listed = (await rest.GetAsync("/credentials")).Is(System.Net.HttpStatusCode.OK);

        Assert.Equal(("root", "active"), (found.Text("trust_level"), found.Text("status")));
        Assert.False(found.Json.ContainsKey("parent_agent_id") && found.Json["parent_agent_id"] is not null);
        Assert.StartsWith("ak_live_", agent.Key, StringComparison.Ordinal);
        Assert.Contains(agent.KeyId, listed.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(agent.Key, found.Json.ToJsonString() + listed.Text, StringComparison.Ordinal);
    }

    [Theory, BothDoors]
    public async Task _2_2_A_name_that_is_taken_is_409_and_named(Door door)
    {
        var name = $"pipeline-{Guid.NewGuid():N}";
        await At(door).StartAsync(name);

        var refused = (await At(door).StartedAsync(name)).Is(409, "agent_name_conflict");
        Assert.Contains(name, refused.Text("detail"), StringComparison.Ordinal);
    }

    [Theory, BothDoors]
    public async Task _2_3_Two_names_make_two_agents(Door door)
    {
        var (one, other) = (await At(door).StartAsync(), await At(door).StartAsync());

        Assert.NotEqual(one.Id, other.Id);
        Assert.NotEqual(one.Key, other.Key);
        Assert.NotEqual(one.Token, other.Token);
    }

    [Theory, BothDoors]
    public async Task _3_1_A_key_of_some_scopes_gives_a_token_of_these(Door door)
    {
        var agent = await At(door).StartAsync();
        var key = (await agent.Door.MakeKeyAsync(agent.Token, agent.Id, "api.read")).IsMade(door).Text("raw_key");
        var token = (await agent.Door.AuthenticateAsync(key)).Is(200);

        Assert.Equal(["api.read"], token.Scopes);
        Assert.Equal("api.read", ChainSide.Claims(token.Text("access_token")).GetProperty("scope").GetString());
    }

    [Theory, BothDoors]
    public async Task _3_2_Introspection_shows_whose_a_live_token_is_what_it_may_and_until_when(Door door)
    {
        var agent = await At(door).StartAsync();
        var token = (await agent.Door.AuthenticateAsync(agent.Key, "api.read", "agents.read")).Is(200);
        var shown = (await agent.Door.IntrospectAsync(agent.Key, token.Text("access_token"))).Is(200);

        Assert.Equal((true, agent.Id, "autonomous", "root"), (shown.Flag("active"), shown.Text("sub"), shown.Text("agent_type"), shown.Text("trust_level")));
        Assert.Equal(["agents.read", "api.read"], shown.Scopes.Order(StringComparer.Ordinal));
        Assert.Equal(900, shown.Member("exp").GetInt64() - shown.Member("iat").GetInt64());
    }

    [Theory, BothDoors]
    public async Task _3_3_A_scope_beyond_the_key_is_400_invalid_scope(Door door)
    {
        var agent = await At(door).StartAsync();
        var key = (await agent.Door.MakeKeyAsync(agent.Token, agent.Id, "api.read")).IsMade(door).Text("raw_key");

        (await agent.Door.AuthenticateAsync(key, "api.write")).Is(400, "invalid_scope");
        (await agent.Door.AuthenticateAsync(key, "api.read", "admin.full")).Is(400, "invalid_scope");
        (await agent.Door.AuthenticateAsync(key, "api.*")).Is(400, "invalid_scope");
    }

    [Theory, BothDoors]
    public async Task _3_4_Less_than_the_key_may_can_be_asked_for(Door door)
    {
        var agent = await At(door).StartAsync();
        var key = (await agent.Door.MakeKeyAsync(agent.Token, agent.Id, "api.read", "api.write")).IsMade(door).Text("raw_key");

        Assert.Equal(["api.read"], (await agent.Door.AuthenticateAsync(key, "api.read")).Is(200).Scopes);
        Assert.Equal(["api.read", "api.write"], (await agent.Door.AuthenticateAsync(key)).Is(200).Scopes.Order(StringComparer.Ordinal));
    }

    [Theory, BothDoors]
    public async Task _3_5_A_refresh_gives_a_new_pair(Door door)
    {
        var agent = await At(door).StartAsync();
        var next = (await agent.Door.RefreshAsync(agent.RefreshToken)).Is(200);

        Assert.NotEqual(agent.Token, next.Text("access_token"));
        Assert.NotEqual(agent.RefreshToken, next.Text("refresh_token"));
        Assert.True(await agent.IsActiveAsync(next.Text("access_token")));
    }

    [Theory, BothDoors]
    public async Task _3_6_The_old_access_token_lives_on_after_a_refresh(Door door)
    {
        var agent = await At(door).StartAsync();
        (await agent.Door.RefreshAsync(agent.RefreshToken)).Is(200);

        Assert.True(await agent.IsActiveAsync(agent.Token));
        (await agent.Door.FindAsync(agent.Token, agent.Id)).Is(200);
    }

    [Theory, BothDoors]
    public async Task _3_7_An_access_token_that_was_revoked_is_inactive(Door door)
    {
        var agent = await At(door).StartAsync();
        (await agent.Door.RevokeAsync(agent.Key, agent.Token)).Is(200);

        Assert.Equal("""{"active":false}""", (await agent.Door.IntrospectAsync(agent.Key, agent.Token)).Is(200).Json.ToJsonString());
        (await agent.Door.FindAsync(agent.Token, agent.Id)).Is(401);
    }

    [Theory, BothDoors]
    public async Task _3_8_Revoking_an_access_token_ends_the_refresh_token_of_its_pair(Door door)
    {
        var agent = await At(door).StartAsync();
        Assert.True(await agent.IsActiveAsync(agent.RefreshToken));
        (await agent.Door.RevokeAsync(agent.Key, agent.Token)).Is(200);

        Assert.False(await agent.IsActiveAsync(agent.RefreshToken));
    }

    [Theory, BothDoors]
    public async Task _3_9_That_refresh_token_gives_nothing_and_is_400_invalid_grant(Door door)
    {
        var agent = await At(door).StartAsync();
        (await agent.Door.RevokeAsync(agent.Key, agent.Token)).Is(200);

        (await agent.Door.RefreshAsync(agent.RefreshToken)).Is(400, "invalid_grant");
    }

    [Theory, BothDoors]
    public async Task _3_10_Revoking_a_refresh_token_ends_the_access_token_of_its_pair(Door door)
    {
        var agent = await At(door).StartAsync();
        (await agent.Door.RevokeAsync(agent.Key, agent.RefreshToken)).Is(200);

        Assert.False(await agent.IsActiveAsync(agent.Token));
        (await agent.Door.FindAsync(agent.Token, agent.Id)).Is(401);
    }

    [Theory, BothDoors]
    public async Task _3_11_A_refresh_token_that_was_used_twice_ends_its_family_the_new_access_token_included(Door door)
    {
        var agent = await At(door).StartAsync();
        var next = (await agent.Door.RefreshAsync(agent.RefreshToken)).Is(200);

        (await agent.Door.RefreshAsync(agent.RefreshToken)).Is(400, "invalid_grant");
        foreach (var token in new[] { agent.Token, next.Text("access_token"), next.Text("refresh_token") })
        {
            Assert.False(await agent.IsActiveAsync(token));
        }

        (await agent.Door.RefreshAsync(next.Text("refresh_token"))).Is(400, "invalid_grant");
        (await agent.Door.AuthenticateAsync(agent.Key)).Is(200);
    }

    private SeedDoor At(Door door) => new(side.Server, door);
}
