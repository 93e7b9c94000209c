using AuthServer.Tests.Support;

namespace AuthServer.Tests.Seeds;

/// <summary>AgentAuth's acceptance list, groups 4 and 5: which agents an agent sees, and whose keys it makes. What is not visible is 404, where the seed has 403 for
/// the keys of strangers: nobody learns by an answer which agents exist.</summary>
public sealed class AgentAuthAgentAcceptanceTests(ChainSide side) : IClassFixture<ChainSide>
{
    [Theory, BothDoors]
    public async Task _4_1_An_agent_is_in_its_own_list(Door door)
    {
        var agent = await At(door).StartAsync();

        Assert.Contains(agent.Id, (await agent.Door.ListAsync(agent.Token)).Is(200).Ids);
    }

    [Theory, BothDoors]
    public async Task _4_2_An_agent_gets_itself(Door door)
    {
        var agent = await At(door).StartAsync("self " + Guid.NewGuid());
        var found = (await agent.Door.FindAsync(agent.Token, agent.Id)).Is(200);

        Assert.Equal((agent.Id, "autonomous", "root", "active"), (found.Text("id"), found.Text("agent_type"), found.Text("trust_level"), found.Text("status")));
        Assert.Equal(agent.Started.Member("agent").GetProperty("name").GetString(), found.Text("name"));
    }

    [Theory, BothDoors]
    public async Task _4_3_An_unrelated_agent_is_made_beside_it(Door door)
    {
        var (agent, stranger) = (await At(door).StartAsync(), await At(door).StartAsync());

        (await stranger.Door.FindAsync(stranger.Token, stranger.Id)).Is(200);
        Assert.NotEqual(agent.Started.Member("agent").GetProperty("organization_id").GetString(), stranger.Started.Member("agent").GetProperty("organization_id").GetString());
    }

    [Theory, BothDoors]
    public async Task _4_4_An_unrelated_agent_is_not_listed(Door door)
    {
        var (agent, stranger) = (await At(door).StartAsync(), await At(door).StartAsync());

        Assert.Equal([agent.Id], (await agent.Door.ListAsync(agent.Token)).Is(200).Ids);
        Assert.Equal([stranger.Id], (await stranger.Door.ListAsync(stranger.Token)).Is(200).Ids);
    }

    [Theory, BothDoors]
    public async Task _4_5_An_unrelated_agent_is_404_and_no_other_than_one_that_does_not_exist(Door door)
    {
        var (agent, stranger) = (await At(door).StartAsync(), await At(door).StartAsync());
        var strange = (await agent.Door.FindAsync(agent.Token, stranger.Id)).Is(404, "not_found");
        var none = (await agent.Door.FindAsync(agent.Token, Nobody)).Is(404, "not_found");
        strange.Json.Remove("traceId");
        none.Json.Remove("traceId");

        Assert.Equal(none.Json.ToJsonString().Replace(Nobody, stranger.Id, StringComparison.Ordinal), strange.Json.ToJsonString());
    }

    [Theory, BothDoors]
    public async Task _5_1_A_key_is_made_and_shown_once(Door door)
    {
        var agent = await At(door).StartAsync();
        var made = (await agent.Door.MakeKeyAsync(agent.Token, agent.Id, "api.read", "agents.read")).IsMade(door);

        Assert.StartsWith("ak_live_", made.Text("raw_key"), StringComparison.Ordinal);
        Assert.StartsWith(made.Text("prefix"), made.Text("raw_key"), StringComparison.Ordinal);
        Assert.Equal((agent.Id, "api_key", true), (made.Text("agent_id"), made.Text("type"), made.Flag("is_valid")));
        Assert.Equal(["api.read", "agents.read"], made.Texts("scopes"));
        using var rest = side.As(agent.Token);
        var read = (await rest.GetAsync("/credentials/" + made.Text("id"))).Is(System.Net.HttpStatusCode.OK);
        Assert.DoesNotContain(made.Text("raw_key"), read.Text, StringComparison.Ordinal);
    }

    [Theory, BothDoors]
    public async Task _5_2_A_keys_scopes_bind_what_it_gives(Door door)
    {
        var agent = await At(door).StartAsync();
        var key = (await agent.Door.MakeKeyAsync(agent.Token, agent.Id, "agents.read")).IsMade(door).Text("raw_key");
        var token = (await agent.Door.AuthenticateAsync(key)).Is(200).Text("access_token");

        (await agent.Door.ListAsync(token)).Is(200);
        (await agent.Door.MakeKeyAsync(token, agent.Id)).Is(403, "insufficient_scope");
        (await agent.Door.AuthenticateAsync(key, "credentials.write")).Is(400, "invalid_scope");
    }

    [Theory, BothDoors]
    public async Task _5_3_A_rotation_gives_a_new_key_and_names_the_old_one(Door door)
    {
        var agent = await At(door).StartAsync();
        var old = (await agent.Door.MakeKeyAsync(agent.Token, agent.Id, "api.read")).IsMade(door);
        var rotated = (await agent.Door.RotateKeyAsync(agent.Token, old.Text("id"))).Is(200);

        Assert.Equal(old.Text("id"), rotated.Text("old_credential_id"));
        Assert.NotEqual(old.Text("id"), rotated.Text("id"));
        Assert.NotEqual(old.Text("raw_key"), rotated.Text("raw_key"));
        Assert.Equal(["api.read"], rotated.Texts("scopes"));
    }

    [Theory, BothDoors]
    public async Task _5_4_The_old_key_is_401_at_once_and_what_it_gave_is_dead(Door door)
    {
        var agent = await At(door).StartAsync();
        var old = (await agent.Door.MakeKeyAsync(agent.Token, agent.Id, "agents.read")).IsMade(door);
        var token = (await agent.Door.AuthenticateAsync(old.Text("raw_key"))).Is(200);
        (await agent.Door.RotateKeyAsync(agent.Token, old.Text("id"))).Is(200);

        (await agent.Door.AuthenticateAsync(old.Text("raw_key"))).Is(401, "invalid_client");
        (await agent.Door.ListAsync(token.Text("access_token"))).Is(401);
        (await agent.Door.RefreshAsync(token.Text("refresh_token"))).Is(400, "invalid_grant");
    }

    [Theory, BothDoors]
    public async Task _5_5_The_new_key_works(Door door)
    {
        var agent = await At(door).StartAsync();
        var old = (await agent.Door.MakeKeyAsync(agent.Token, agent.Id, "api.read")).IsMade(door);
        var key = (await agent.Door.RotateKeyAsync(agent.Token, old.Text("id"))).Is(200).Text("raw_key");

        Assert.Equal(["api.read"], (await agent.Door.AuthenticateAsync(key)).Is(200).Scopes);
    }

    [Theory, BothDoors]
    public async Task _5_6_A_key_is_revoked_for_good(Door door)
    {
        var agent = await At(door).StartAsync();
        var key = (await agent.Door.MakeKeyAsync(agent.Token, agent.Id, "api.read")).IsMade(door);
        var revoked = (await agent.Door.RevokeKeyAsync(agent.Token, key.Text("id"))).Is(200);

        Assert.False(revoked.Flag("is_valid"));
        (await agent.Door.RevokeKeyAsync(agent.Token, key.Text("id"))).Is(200);
        (await agent.Door.RotateKeyAsync(agent.Token, key.Text("id"))).Is(409, "key_ended");
    }

    [Theory, BothDoors]
    public async Task _5_7_A_revoked_key_is_401_and_what_it_gave_is_dead(Door door)
    {
        var agent = await At(door).StartAsync();
        var key = (await agent.Door.MakeKeyAsync(agent.Token, agent.Id, "agents.read")).IsMade(door);
        var token = (await agent.Door.AuthenticateAsync(key.Text("raw_key"))).Is(200);
        (await agent.Door.RevokeKeyAsync(agent.Token, key.Text("id"))).Is(200);

        (await agent.Door.AuthenticateAsync(key.Text("raw_key"))).Is(401, "invalid_client");
        (await agent.Door.ListAsync(token.Text("access_token"))).Is(401);
        (await agent.Door.RefreshAsync(token.Text("refresh_token"))).Is(400, "invalid_grant");
    }

    [Theory, BothDoors]
    public async Task _5_8_A_key_for_an_unrelated_agent_is_not_made(Door door)
    {
        var (agent, stranger) = (await At(door).StartAsync(), await At(door).StartAsync());

        (await agent.Door.MakeKeyAsync(agent.Token, stranger.Id)).Is(404, "not_found");
        (await agent.Door.MakeKeyAsync(agent.Token, stranger.Id, "api.read")).Is(404, "not_found");
        Assert.Equal(1, await KeysOfAsync(stranger));
    }

    [Theory, BothDoors]
    public async Task _5_9_A_key_of_an_unrelated_agent_is_not_rotated(Door door)
    {
        var (agent, stranger) = (await At(door).StartAsync(), await At(door).StartAsync());

        (await agent.Door.RotateKeyAsync(agent.Token, stranger.KeyId)).Is(404, "not_found");
        (await stranger.Door.AuthenticateAsync(stranger.Key)).Is(200);
        Assert.Equal(1, await KeysOfAsync(stranger));
    }

    [Theory, BothDoors]
    public async Task _5_10_A_key_of_an_unrelated_agent_is_not_revoked(Door door)
    {
        var (agent, stranger) = (await At(door).StartAsync(), await At(door).StartAsync());

        (await agent.Door.RevokeKeyAsync(agent.Token, stranger.KeyId)).Is(404, "not_found");
        (await stranger.Door.AuthenticateAsync(stranger.Key)).Is(200);
    }

    private const string Nobody = "agt_01h00000000000000000000000";

    private Task<int> KeysOfAsync(SeedAgent agent) => side.Server.QueryAsync(context => Task.FromResult(context.ApiKeys.Count(key => key.AgentId == agent.Id)));

    private SeedDoor At(Door door) => new(side.Server, door);
}
