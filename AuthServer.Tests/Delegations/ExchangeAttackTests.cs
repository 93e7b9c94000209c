using System.Net;
using System.Text.Json;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Delegations;

/// <summary>What somebody tries with tokens that others gave them, and what the end of one token ends.</summary>
[Trait("negative", "33")]
public sealed class ExchangeAttackTests(ChainSide side) : IClassFixture<ChainSide>
{
    [Theory]
    [InlineData("openid")]
    [InlineData("offline_access")]
    [InlineData("api.read offline_access")]
    [InlineData("API.READ")]
    [InlineData("api.read admin.full")]
    public async Task An_exchange_gives_no_scope_of_a_person_and_none_by_another_spelling(string scope)
    {
        var (alice, bob) = (await side.AgentAsync(), await side.AgentAsync());
        await alice.DelegatedAsync(bob, ["api.read"]);

        Refused(await bob.ExchangeAsync(await alice.TokenAsync(), ("scope", scope)), "invalid_scope");
    }

    [Theory]
    [InlineData("/connect/token")]
    [InlineData("/api/v1/auth/token")]
    public async Task No_door_gives_a_refresh_token_for_what_was_delegated(string path)
    {
        var (alice, bob) = (await side.AgentAsync(), await side.AgentAsync());
        var id = await alice.DelegatedAsync(bob, ["api.read"]);
        foreach (var grant in new (string, string)[][] { [.. await FormAsync(alice)], [("grant_type", "agent_delegation"), ("delegation_id", id)] })
        {
            Assert.False((await PostAsync(path, [.. grant, ("client_secret", bob.Key)])).Is(HttpStatusCode.OK).Json.TryGetProperty("refresh_token", out _));
        }

        Assert.False((await PostAsync(path, [.. await FormAsync(alice), ("client_secret", alice.Key)])).Is(HttpStatusCode.OK).Json.TryGetProperty("refresh_token", out _));
    }

    [Theory]
    [InlineData("subject_token")]
    [InlineData("subject_token_type")]
    [InlineData("scope")]
    [InlineData("delegation_id")]
    [InlineData("client_secret")]
    public async Task A_parameter_that_stands_twice_is_refused(string name)
    {
        var (alice, bob) = (await side.AgentAsync(), await side.AgentAsync());
        var id = await alice.DelegatedAsync(bob, ["api.read"]);
        (string Name, string Value)[] form = [.. await FormAsync(alice), ("scope", "api.read"), ("delegation_id", id), ("client_secret", bob.Key)];
        (await PostAsync("/connect/token", form)).Is(HttpStatusCode.OK);

        Refused(await PostAsync("/connect/token", [.. form, form.Single(field => field.Name == name)]), "invalid_request");
    }

    [Fact]
    public async Task Narrowing_again_and_again_makes_nothing_longer_or_wider()
    {
        var alice = await side.AgentAsync();
        var token = await alice.TokenAsync("api.read api.write");
        var end = ChainSide.Claims(token).GetProperty("exp").GetInt64();
        for (var i = 0; i < 3; i++)
        {
            side.Server.Clock.Advance(TimeSpan.FromMinutes(4));
            token = await alice.ExchangedAsync(token, ("scope", "api.read"));
            Assert.Equal((end, "api.read"), (ChainSide.Claims(token).GetProperty("exp").GetInt64(), Text(ChainSide.Claims(token), "scope")));
        }

        Refused(await alice.ExchangeAsync(token, ("scope", "api.write")), "invalid_scope");
        side.Server.Clock.Advance(TimeSpan.FromMinutes(4));
        Refused(await alice.ExchangeAsync(token), "invalid_request");
    }

    [Fact]
    public async Task A_delegation_opens_to_an_agent_no_door_of_this_server_that_it_may_not_open_itself()
    {
        var (alice, bob, carol) = (await side.AgentAsync(), await side.AgentAsync("api.read"), await side.AgentAsync("delegations.read"));
        var own = await alice.TokenAsync();
        foreach (var (agent, status) in new[] { (bob, HttpStatusCode.Forbidden), (carol, HttpStatusCode.OK) })
        {
            var id = await alice.DelegatedAsync(agent, ["delegations.read"]);
            var acted = (await agent.ActAsync(id)).Is(HttpStatusCode.OK).Json.GetProperty("access_token").GetString();
            foreach (var token in new[] { await agent.ExchangedAsync(own), acted })
            {
                using var rest = side.As(token);
                (await rest.GetAsync("/delegations")).Is(status);
            }
        }

        Assert.Equal("insufficient_scope", (await side.ReasonsAsync("access.refused"))[^1]);
    }

    [Fact]
    public async Task A_token_between_agents_says_nothing_of_a_person_who_signed_in()
    {
        var (alice, bob) = (await side.AgentAsync(), await side.AgentAsync());
        await alice.DelegatedAsync(bob, ["api.read"]);
        var own = await alice.TokenAsync();
        foreach (var token in new[] { await bob.ExchangedAsync(own), await alice.ExchangedAsync(own, ("scope", "api.read")) })
        {
            Assert.Empty(ChainSide.Claims(token).EnumerateObject().Select(claim => claim.Name).Intersect(["auth_time", "acr", "sid", "nonce"]));
        }
    }

    [Theory]
    [InlineData("access_token")]
    [InlineData("refresh_token")]
    public async Task The_end_of_a_token_ends_what_was_exchanged_for_it(string name)
    {
        var (alice, bob) = (await side.AgentAsync(), await side.AgentAsync());
        await alice.DelegatedAsync(bob, ["api.read"]);
        var pair = await alice.AuthenticateAsync();
        var (narrowed, exchanged) = (await alice.ExchangedAsync(Text(pair, "access_token")), await bob.ExchangedAsync(Text(pair, "access_token")));
        await RevokeAsync(alice, Text(pair, name));

        Assert.False(await side.IsActiveAsync(alice, narrowed));
        Assert.False(await side.IsActiveAsync(bob, exchanged));
    }

    [Fact]
    public async Task The_end_of_a_key_ends_what_was_exchanged_for_what_it_gave()
    {
        var (alice, bob) = (await side.AgentAsync(), await side.AgentAsync());
        await alice.DelegatedAsync(bob, ["api.read"]);
        using var rest = alice.Rest();
        var made = (await rest.PostAsync("/credentials", new { })).Is(HttpStatusCode.Created).Json;
        var brief = alice with { Key = Text(made, "raw_key"), KeyId = Text(made.GetProperty("credential"), "id") };
        var exchanged = await bob.ExchangedAsync(await brief.TokenAsync());
        Assert.True(await side.IsActiveAsync(bob, exchanged));
        (await rest.DeleteAsync("/credentials/" + brief.KeyId)).Is(HttpStatusCode.OK);

        Assert.False(await side.IsActiveAsync(bob, exchanged));
    }

    [Fact]
    public async Task Who_received_a_delegation_ends_by_a_token_of_theirs_that_token_and_nothing_of_who_gave_it()
    {
        var (alice, bob) = (await side.AgentAsync(), await side.AgentAsync());
        await alice.DelegatedAsync(bob, ["api.read"]);
        var pair = await alice.AuthenticateAsync();
        var (first, second, third) = (await ExchangedAsync(), await ExchangedAsync(), await ExchangedAsync());
        await RevokeAsync(bob, first);
        using var nobody = side.As(null);
        (await nobody.PostAsync("/tokens/revoke", new { token = second })).Is(HttpStatusCode.OK);
        await new McpCalls(side.Server).ResultAsync("revoke_token", new { token = second });

        Assert.False(await side.IsActiveAsync(bob, first));
        Assert.False(await side.IsActiveAsync(bob, second));
        Assert.True(await side.IsActiveAsync(bob, third));
        Assert.True(await side.IsActiveAsync(alice, Text(pair, "access_token")));
        Assert.True(await side.IsActiveAsync(alice, Text(pair, "refresh_token")));

        Task<string> ExchangedAsync() => bob.ExchangedAsync(Text(pair, "access_token"));
    }

    [Fact]
    public async Task A_token_in_which_an_agent_acts_for_another_is_no_proof_of_being_that_agent()
    {
        var (alice, bob, carol) = (await side.AgentAsync(), await side.AgentAsync(), await side.AgentAsync());
        await alice.DelegatedAsync(bob, ["api.read"]);
        await carol.DelegatedAsync(bob, ["api.read"]);
        var acting = await bob.ExchangedAsync(await alice.TokenAsync());
        var subject = await carol.TokenAsync();

        foreach (var actor in new[] { acting, await alice.TokenAsync(), subject, bob.Key })
        {
            Refused(await bob.ExchangeAsync(subject, ("actor_token", actor), ("actor_token_type", ChainSide.AccessToken)), "invalid_request");
        }

        (await bob.ExchangeAsync(subject, ("actor_token", await bob.TokenAsync()), ("actor_token_type", ChainSide.AccessToken))).Is(HttpStatusCode.OK);
    }

    private static async Task<(string Name, string Value)[]> FormAsync(KeyedAgent subject) =>
        [("grant_type", ChainSide.Exchange), ("subject_token", await subject.TokenAsync()), ("subject_token_type", ChainSide.AccessToken)];

    private async Task<RestAnswer> PostAsync(string path, (string Name, string Value)[] form)
    {
        using var http = side.Server.CreateClient();
        return await RestAnswer.ReadAsync(await http.PostAsync(path, TokenSide.Form(form)));
    }

    private async Task RevokeAsync(KeyedAgent agent, string token) => (await PostAsync("/connect/revoke", [("client_secret", agent.Key), ("token", token)])).Is(HttpStatusCode.OK);

    private static void Refused(RestAnswer answer, string error)
    {
        answer.Is(HttpStatusCode.BadRequest);
        Assert.Equal(error, Text(answer.Json, "error"));
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
