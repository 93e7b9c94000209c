using System.Net;
using System.Text.Json;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Delegations;

/// <summary>An actor token proves who acts, and bounds what is made with it: it is worth no more there than by itself.</summary>
[Trait("negative", "4")]
public sealed class ActorTokenTests(PersonSide side) : IClassFixture<PersonSide>
{
    [Fact]
    public async Task A_narrow_keys_token_gives_a_client_no_more_than_the_key_may_and_ends_with_it()
    {
        var (agent, person) = (await side.AgentAsync(), await side.PersonAsync());
        await person.ConsentThroughPortalAsync(agent, "email:read email:send");
        var portals = await person.TokenAsync("email:read email:send");
        foreach (var byFamily in new[] { true, false })
        {
            var key = await NarrowAsync(agent);
            var actor = byFamily ? await key.TokenAsync() : await WithoutFamilyAsync(key);
            var acting = Text((await side.ExchangeAsync(PersonSide.Portal, portals, actor)).Is(HttpStatusCode.OK).Json, "access_token");

            var claims = ChainSide.Claims(acting);
            Assert.Equal((person.Id, agent.Id, "email:read"), (Text(claims, "sub"), Text(claims.GetProperty("act"), "sub"), Text(claims, "scope")));
            Assert.Equal([key.KeyId], claims.GetProperty("key_ids").EnumerateArray().Select(id => id.GetString()!));
            await RefusedAsync(await side.ExchangeAsync(PersonSide.Portal, portals, actor, ("scope", "email:send")), "beyond_own_rights", "invalid_scope");

            // What is made of it goes on naming the key.
            var narrower = Text((await side.ExchangeAsync(PersonSide.Portal, acting, await WithoutFamilyAsync(agent), ("scope", "email:read"))).Is(HttpStatusCode.OK).Json, "access_token");
            await EndAsync(key);
            Assert.False(await IsActiveAsync(acting));
            Assert.False(await IsActiveAsync(narrower));
            await RefusedAsync(await side.ExchangeAsync(PersonSide.Portal, portals, actor), "actor_token_invalid");
        }

        Assert.True(await IsActiveAsync(portals));
    }

    [Fact]
    public async Task What_is_made_with_it_ends_when_it_does()
    {
        var (agent, person) = (await side.AgentAsync(), await side.PersonAsync());
        await person.ConsentThroughPortalAsync(agent, "email:read");
        var actor = await agent.TokenAsync();
        side.Server.Clock.Advance(TimeSpan.FromMinutes(10));
        var acting = (await side.ExchangeAsync(PersonSide.Portal, await person.TokenAsync("email:read"), actor)).Is(HttpStatusCode.OK).Json;

        Assert.InRange(acting.GetProperty("expires_in").GetInt32(), 299, 300);
        Assert.Equal(ChainSide.Claims(actor).GetProperty("exp").GetInt64(), ChainSide.Claims(Text(acting, "access_token")).GetProperty("exp").GetInt64());
    }

    [Fact]
    public async Task One_that_may_do_nothing_of_what_is_asked_for_gives_nothing()
    {
        var (agent, person) = (await side.AgentAsync(), await side.PersonAsync());
        await person.ConsentThroughPortalAsync(agent, "email:send");

        await RefusedAsync(
            await side.ExchangeAsync(PersonSide.Portal, await person.TokenAsync("email:send"), await agent.TokenAsync("email:read")), "no_scope_left", "invalid_scope");
    }

    [Fact]
    public async Task In_a_chain_of_agents_it_bounds_as_well()
    {
        var (alice, bob) = (await side.AgentAsync(), await side.AgentAsync());
        await alice.DelegatedAsync(bob, ["email:read", "email:send"]);
        var key = await NarrowAsync(bob);
        var (subject, actor) = (await alice.TokenAsync(), await key.TokenAsync());
        (string, string)[] beside = [("actor_token", actor), ("actor_token_type", ChainSide.AccessToken)];
        var acting = await bob.ExchangedAsync(subject, beside);

        var claims = ChainSide.Claims(acting);
        Assert.Equal((bob.Id, "email:read"), (Text(claims.GetProperty("act"), "sub"), Text(claims, "scope")));
        Assert.Equal([bob.KeyId, key.KeyId], claims.GetProperty("key_ids").EnumerateArray().Select(id => id.GetString()!));
        await RefusedAsync(await bob.ExchangeAsync(subject, [.. beside, ("scope", "email:send")]), "beyond_own_rights", "invalid_scope");
        await EndAsync(key);
        Assert.False(await side.Chain.IsActiveAsync(bob, acting));
        Assert.True(await side.Chain.IsActiveAsync(bob, await bob.ExchangedAsync(subject)));
    }

    /// <summary>The same agent with a key that may only read.</summary>
    private async Task<KeyedAgent> NarrowAsync(KeyedAgent agent)
    {
        using var rest = new Rest(side.Server, side.Chain.Organization.Key);
        var made = (await rest.PostAsync("/credentials", new { agent_id = agent.Id, scopes = new[] { "email:read" } })).Is(HttpStatusCode.Created).Json;
        return agent with { Key = Text(made, "raw_key"), KeyId = Text(made.GetProperty("credential"), "id") };
    }

    private async Task EndAsync(KeyedAgent key)
    {
        using var rest = new Rest(side.Server, side.Chain.Organization.Key);
        (await rest.DeleteAsync("/credentials/" + key.KeyId)).Is(HttpStatusCode.OK);
    }

    /// <summary>Its own token from the standard endpoint, which comes without a refresh token and names its key.</summary>
    private async Task<string> WithoutFamilyAsync(KeyedAgent agent)
    {
        using var http = side.Server.CreateClient();
        var answer = await RestAnswer.ReadAsync(await http.PostAsync("/connect/token", TokenSide.Form(("grant_type", "client_credentials"), ("client_secret", agent.Key))));
        return Text(answer.Is(HttpStatusCode.OK).Json, "access_token");
    }

    private async Task<bool> IsActiveAsync(string token)
    {
        using var response = await Flows.PostAsync(side.Server, "/connect/introspect", PersonSide.Portal, Flows.Secret, ("token", token));
        return (await TestServer.JsonAsync(response)).GetProperty("active").GetBoolean();
    }

    private async Task RefusedAsync(RestAnswer answer, string reason, string error = "invalid_request")
    {
        answer.Is(HttpStatusCode.BadRequest);
        Assert.Equal((error, reason), (Text(answer.Json, "error"), await side.ReasonAsync()));
        Assert.DoesNotContain(reason, answer.Text, StringComparison.Ordinal);
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
