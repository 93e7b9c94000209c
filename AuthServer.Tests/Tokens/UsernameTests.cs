using System.Net;
using System.Text.Json;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Tokens;

/// <summary>Introspection says what kind of agent acts, and in whose name a token is to whoever may know that.</summary>
public sealed class UsernameTests(PersonSide side) : IClassFixture<PersonSide>
{
    [Fact]
    public async Task Each_kind_of_an_agents_own_tokens_has_its_name_its_kind_and_who_made_it()
    {
        var parent = await side.Chain.AgentAsync("api.read", "agents.write", "credentials.write");
        using var rest = parent.Rest();
        var name = $"Scribe {Guid.NewGuid():N}";
        var made = (await rest.PostAsync("/agents", new { name, type = "tool", trustLevel = "ephemeral", allowedScopes = new[] { "api.read" } })).Is(HttpStatusCode.Created).Json;
        var key = Text((await rest.PostAsync("/credentials", new { agent_id = Text(made, "id") })).Is(HttpStatusCode.Created).Json, "raw_key");
        var child = new KeyedAgent(side.Chain, Text(made, "id"), Text(made, "clientId"), key, "");
        var tokens = await child.AuthenticateAsync();
        var narrowed = await child.ExchangedAsync(Text(tokens, "access_token"));

        foreach (var token in new[] { Text(tokens, "access_token"), Text(tokens, "refresh_token"), narrowed })
        {
            foreach (var seen in new[] { await IntrospectAsync(child.Key, token), await ByToolAsync(token) })
            {
                Assert.Equal((name, "tool", "ephemeral", parent.Id), (Text(seen, "username"), Text(seen, "agent_type"), Text(seen, "trust_level"), Text(seen, "parent_agent_id")));
            }
        }

        await side.Chain.Organization.AskAsync(HttpMethod.Patch, $"/api/v1/agents/{child.Id}", new { name = name + " II" });
        Assert.Equal(name + " II", Text(await IntrospectAsync(child.Key, Text(tokens, "access_token")), "username"));
    }

    [Fact]
    public async Task Who_passed_something_on_is_named_within_the_organization_and_to_nobody_outside_it()
    {
        var stranger = await OrganizationSide.CreateAsync(side.Server);
        var (alice, bob, eve) = (await side.Chain.AgentAsync(), await side.Chain.AgentAsync(), await side.Chain.AgentAsync(stranger, "api.read"));
        var name = Text(await side.Chain.Organization.GetAsync("/api/v1/agents/" + alice.Id), "name");
        await alice.DelegatedAsync(bob, ["api.read"]);
        await alice.DelegatedAsync(eve, ["api.read"]);
        var own = await alice.TokenAsync();
        var (bobs, eves) = (await bob.ExchangedAsync(own), await eve.ExchangedAsync(own));

        var seen = await IntrospectAsync(bob.Key, bobs);
        Assert.Equal((name, alice.Id, "assistant", "root"), (Text(seen, "username"), Text(seen, "sub"), Text(seen, "agent_type"), Text(seen, "trust_level")));
        Assert.False((await IntrospectAsync(eve.Key, eves)).TryGetProperty("username", out _));
        Assert.False((await ByToolAsync(eves)).TryGetProperty("username", out _));
        Assert.False((await ByToolAsync(bobs)).TryGetProperty("username", out _));
    }

    [Theory]
    [InlineData("openid email offline_access", true)]
    [InlineData("openid profile offline_access", true)]
    [InlineData("openid offline_access", false)]
    [InlineData("email profile offline_access", false)]
    public async Task A_person_is_named_to_the_tokens_client_where_userinfo_would_say_it_and_to_nobody_else(string scope, bool named)
    {
        var person = await side.PersonAsync();
        var tokens = await person.TokensAsync(scope);
        var email = await side.Server.QueryAsync(context => Task.FromResult(context.Users.Single(user => user.Id == person.Id).Email));

        foreach (var token in new[] { Text(tokens, "access_token"), Text(tokens, "refresh_token") })
        {
            using var response = await Flows.PostAsync(side.Server, "/connect/introspect", PersonSide.Portal, Flows.Secret, ("token", token));
            var seen = await TestServer.JsonAsync(response);
            Assert.Equal(named ? email : null, seen.TryGetProperty("username", out var username) ? username.GetString() : null);
            Assert.False((await ByToolAsync(token)).TryGetProperty("username", out _));
        }
    }

    [Fact]
    public async Task Neither_an_api_nor_an_agent_that_acts_learns_who_the_person_is()
    {
        var (agent, person) = (await side.AgentAsync(), await side.PersonAsync());
        await person.ConsentThroughPortalAsync(agent, "email:read", Flows.Other);
        var token = await person.TokenAsync("openid email profile email:read", agent, Flows.Other);
        using var response = await Flows.PostAsync(side.Server, "/connect/introspect", PersonSide.Gateway, Flows.Secret, ("token", token));
        var seen = await TestServer.JsonAsync(response);

        Assert.Equal((true, person.Id, false), (seen.GetProperty("active").GetBoolean(), Text(seen, "sub"), seen.TryGetProperty("username", out _)));
        var acting = await IntrospectAsync(agent.Key, await agent.ExchangedAsync(token));
        Assert.Equal((person.Id, "assistant", false), (Text(acting, "sub"), Text(acting, "agent_type"), acting.TryGetProperty("username", out _)));
    }

    [Fact]
    public async Task A_client_that_acts_for_itself_has_no_name_of_that_kind()
    {
        using var asked = await Flows.TokenAsync(side.Server, "machine", Flows.Secret, ("grant_type", "client_credentials"), ("scope", "things.read"));
        var token = Text(await TestServer.JsonAsync(asked), "access_token");
        using var response = await Flows.PostAsync(side.Server, "/connect/introspect", "machine", Flows.Secret, ("token", token));
        var seen = await TestServer.JsonAsync(response);

        Assert.True(seen.GetProperty("active").GetBoolean());
        Assert.Empty(seen.EnumerateObject().Select(member => member.Name).Intersect(["username", "agent_type", "trust_level", "parent_agent_id"]));
    }

    private async Task<JsonElement> IntrospectAsync(string key, string token)
    {
        using var rest = side.Chain.As(null);
        return (await rest.PostAsync("/auth/token/introspect", new { client_secret = key, token })).Is(HttpStatusCode.OK).Json;
    }

    /// <summary>As whoever holds the token sees it.</summary>
    private async Task<JsonElement> ByToolAsync(string token) => await new McpCalls(side.Server).ResultAsync("introspect_token", new { token });

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
