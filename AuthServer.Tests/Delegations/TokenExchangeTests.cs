using System.Net;
using System.Text.Json;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Delegations;

/// <summary>RFC 8693: a token for a narrower one, in which the agent acts that another one has delegated to.</summary>
[Trait("negative", "33")]
public sealed class TokenExchangeTests(ChainSide side) : IClassFixture<ChainSide>
{
    [Fact]
    public async Task The_delegate_acts_in_the_delegators_name()
    {
        var (alice, bob) = (await side.AgentAsync(), await side.AgentAsync("email:read"));
        var delegation = await alice.DelegatedAsync(bob, ["api.read"]);
        var answer = (await bob.ExchangeAsync(await alice.TokenAsync())).Is(HttpStatusCode.OK).Json;
        var claims = ChainSide.Claims(Text(answer, "access_token"));

        Assert.Equal((ChainSide.AccessToken, "Bearer", "api.read"), (Text(answer, "issued_token_type"), Text(answer, "token_type"), Text(answer, "scope")));
        Assert.False(answer.TryGetProperty("refresh_token", out _));
        Assert.Equal((alice.Id, bob.ClientId, delegation), (Text(claims, "sub"), Text(claims, "client_id"), Text(claims, "delegation_id")));
        Assert.Equal(
            (bob.Id, side.Server.Issuer, "ai_agent"),
            (Text(claims.GetProperty("act"), "sub"), Text(claims.GetProperty("act"), "iss"), Text(claims.GetProperty("act"), "sub_profile")));
        Assert.False(claims.GetProperty("act").TryGetProperty("act", out _));
    }

    [Fact]
    public async Task Each_hop_stands_before_the_ones_that_acted_before_it_also_in_introspection()
    {
        var (alice, bob, carol) = (await side.AgentAsync(), await side.AgentAsync("delegations.write"), await side.AgentAsync());
        var first = await alice.DelegatedAsync(bob, ["delegations.write", "api.read"]);
        var bobs = await bob.ExchangedAsync(await alice.TokenAsync());
        var second = (await bob.DelegateAsync(carol, ["api.read"], credential: bobs)).Is(HttpStatusCode.Created).Json;
        var token = await carol.ExchangedAsync(bobs);

        using var rest = side.As(null);
        var claims = (await rest.PostAsync("/auth/token/introspect", new { client_secret = carol.Key, token })).Is(HttpStatusCode.OK).Json;
        Assert.True(claims.GetProperty("active").GetBoolean());
        Assert.Equal((alice.Id, carol.Id, bob.Id), (Text(claims, "sub"), Text(claims.GetProperty("act"), "sub"), Text(claims.GetProperty("act").GetProperty("act"), "sub")));
        Assert.Equal([first, Text(second, "id")], claims.GetProperty("delegation_chain").EnumerateArray().Select(hop => hop.GetString()!));
        Assert.Equal("api.read", Text(claims, "scope"));
    }

    [Fact]
    public async Task A_delegation_named_by_itself_gives_the_same_without_a_token()
    {
        var (alice, bob, carol) = (await side.AgentAsync(), await side.AgentAsync("delegations.write"), await side.AgentAsync());
        var first = await alice.DelegatedAsync(bob, ["api.read"]);
        var second = await bob.DelegatedAsync(carol, ["api.read"], new() { ["delegation_id"] = first });
        var claims = ChainSide.Claims(Text((await carol.ActAsync(second)).Is(HttpStatusCode.OK).Json, "access_token"));

        Assert.Equal((alice.Id, carol.Id, bob.Id), (Text(claims, "sub"), Text(claims.GetProperty("act"), "sub"), Text(claims.GetProperty("act").GetProperty("act"), "sub")));
        Assert.Equal(HttpStatusCode.BadRequest, (await bob.ActAsync(second)).Status);
    }

    [Theory]
    [InlineData("api.write")]
    [InlineData("api.*")]
    [InlineData("email:read")]
    public async Task A_wider_scope_is_refused(string scope)
    {
        var (alice, bob) = (await side.AgentAsync(), await side.AgentAsync("email:read"));
        await alice.DelegatedAsync(bob, ["api.read"]);

        Refused(await bob.ExchangeAsync(await alice.TokenAsync(), ("scope", scope)), "invalid_scope");
    }

    [Fact]
    public async Task What_the_subject_token_may_not_do_its_exchange_may_not_either()
    {
        var (alice, bob) = (await side.AgentAsync(), await side.AgentAsync());
        await alice.DelegatedAsync(bob, ["api.read", "api.write"]);

        Assert.Equal("api.read", Text(ChainSide.Claims(await bob.ExchangedAsync(await alice.TokenAsync("api.read"))), "scope"));
        Refused(await bob.ExchangeAsync(await alice.TokenAsync("api.read"), ("scope", "api.write")), "invalid_scope");
    }

    [Theory]
    [InlineData("resource")]
    [InlineData("audience")]
    public async Task Another_audience_is_refused_and_the_subject_tokens_own_is_kept(string parameter)
    {
        var (alice, bob) = (await side.AgentAsync(), await side.AgentAsync());
        await alice.DelegatedAsync(bob, ["api.read"]);
        var token = await alice.TokenAsync();

        Refused(await bob.ExchangeAsync(token, (parameter, Flows.Api)), "invalid_target");
        Assert.Equal(side.Server.Issuer, Text(ChainSide.Claims(await bob.ExchangedAsync(token, (parameter, side.Server.Issuer))), "aud"));
    }

    [Fact]
    public async Task Nothing_outlives_the_subject_token_or_the_delegation()
    {
        var (alice, bob) = (await side.AgentAsync(), await side.AgentAsync());
        await alice.DelegatedAsync(bob, ["api.read"]);
        var token = await alice.TokenAsync();
        side.Server.Clock.Advance(TimeSpan.FromMinutes(10));
        var exchanged = (await bob.ExchangeAsync(token)).Is(HttpStatusCode.OK).Json;
        Assert.Equal(ChainSide.Claims(token).GetProperty("exp").GetInt64(), ChainSide.Claims(Text(exchanged, "access_token")).GetProperty("exp").GetInt64());
        Assert.InRange(exchanged.GetProperty("expires_in").GetInt32(), 299, 300);

        var brief = await alice.DelegatedAsync(bob, ["api.write"], new() { ["expires_at"] = side.Server.Clock.Now.AddMinutes(3).ToString("O") });
        Assert.InRange((await bob.ActAsync(brief)).Is(HttpStatusCode.OK).Json.GetProperty("expires_in").GetInt32(), 179, 180);
        side.Server.Clock.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(HttpStatusCode.BadRequest, (await bob.ActAsync(brief)).Status);
        Assert.Equal("delegation_expired", (await side.ReasonsAsync("token.refused"))[^1]);
    }

    [Fact]
    public async Task Nothing_outlives_the_key_that_asked_for_it()
    {
        var (alice, bob) = (await side.AgentAsync(), await side.AgentAsync());
        var id = await alice.DelegatedAsync(bob, ["api.read"]);
        using var rest = bob.Rest();
        var key = (await rest.PostAsync("/credentials", new { expires_at = side.Server.Clock.Now.AddMinutes(3) })).Is(HttpStatusCode.Created).Json.GetProperty("raw_key").GetString()!;
        var brief = bob with { Key = key };

        foreach (var answer in new[] { await brief.ActAsync(id), await brief.ExchangeAsync(await alice.TokenAsync()) })
        {
            Assert.InRange(answer.Is(HttpStatusCode.OK).Json.GetProperty("expires_in").GetInt32(), 179, 180);
        }
    }

    [Fact]
    public async Task Without_a_delegation_another_agents_token_is_worth_nothing()
    {
        var (alice, bob, carol) = (await side.AgentAsync(), await side.AgentAsync(), await side.AgentAsync());
        await alice.DelegatedAsync(carol, ["api.read"]);

        Refused(await bob.ExchangeAsync(await alice.TokenAsync()), "invalid_request", "no_delegation");
        Refused(await bob.ExchangeAsync(await carol.ExchangedAsync(await alice.TokenAsync())), "invalid_request", "no_delegation");
    }

    [Fact]
    public async Task An_agent_narrows_its_own_token_without_a_hop_and_a_delegated_one_stays_with_its_delegation()
    {
        var (alice, bob) = (await side.AgentAsync(), await side.AgentAsync());
        var delegation = await alice.DelegatedAsync(bob, ["api.read", "api.write"]);

        var own = ChainSide.Claims(await alice.ExchangedAsync(await alice.TokenAsync(), ("scope", "api.read")));
        Assert.Equal((alice.Id, "api.read", false), (Text(own, "sub"), Text(own, "scope"), own.TryGetProperty("act", out _)));
        var narrowed = ChainSide.Claims(await bob.ExchangedAsync(await bob.ExchangedAsync(await alice.TokenAsync()), ("scope", "api.read")));
        Assert.Equal((alice.Id, "api.read", bob.Id, delegation), (Text(narrowed, "sub"), Text(narrowed, "scope"), Text(narrowed.GetProperty("act"), "sub"), Text(narrowed, "delegation_id")));
    }

    [Fact]
    public async Task Of_several_delegations_the_named_one_or_the_one_that_fits_is_taken_and_none_is_added_to_another()
    {
        var (alice, bob) = (await side.AgentAsync(), await side.AgentAsync());
        var read = await alice.DelegatedAsync(bob, ["api.read"]);
        side.Server.Clock.Advance(TimeSpan.FromSeconds(2));
        var write = await alice.DelegatedAsync(bob, ["api.write"]);
        var token = await alice.TokenAsync();

        Assert.Equal(read, Text(ChainSide.Claims(await bob.ExchangedAsync(token, ("scope", "api.read"))), "delegation_id"));
        Assert.Equal(write, Text(ChainSide.Claims(await bob.ExchangedAsync(token)), "delegation_id"));
        Assert.Equal(read, Text(ChainSide.Claims(await bob.ExchangedAsync(token, ("delegation_id", read))), "delegation_id"));
        Refused(await bob.ExchangeAsync(token, ("scope", "api.read api.write")), "invalid_scope");
        Refused(await bob.ExchangeAsync(token, ("delegation_id", read), ("scope", "api.write")), "invalid_scope");
    }

    [Fact]
    public async Task A_dead_subject_token_is_refused()
    {
        var (alice, bob) = (await side.AgentAsync(), await side.AgentAsync());
        await alice.DelegatedAsync(bob, ["api.read"]);
        var (revoked, old) = (await alice.TokenAsync(), await alice.TokenAsync());
        using var rest = side.As(null);
        (await rest.PostAsync("/auth/token/revoke", new { client_secret = alice.Key, token = revoked })).Is(HttpStatusCode.OK);

        Refused(await bob.ExchangeAsync(revoked), "invalid_request", "subject_token_ended");
        Refused(await bob.ExchangeAsync("a.b.c"), "invalid_request", "subject_token_malformed");
        side.Server.Clock.Advance(TimeSpan.FromMinutes(16));
        Refused(await bob.ExchangeAsync(old), "invalid_request", "subject_token_expired");
    }

    [Theory]
    [InlineData("subject_token_type", "urn:ietf:params:oauth:token-type:id_token")]
    [InlineData("requested_token_type", "urn:ietf:params:oauth:token-type:refresh_token")]
    [InlineData("actor_token", "x")]
    [InlineData("actor_token_type", ChainSide.AccessToken)]
    public async Task A_token_of_another_type_is_refused(string parameter, string value)
    {
        var (alice, bob) = (await side.AgentAsync(), await side.AgentAsync());
        await alice.DelegatedAsync(bob, ["api.read"]);
        (string Name, string Value)[] form =
        [
            ("grant_type", ChainSide.Exchange), ("client_secret", bob.Key), ("subject_token", await alice.TokenAsync()), ("subject_token_type", ChainSide.AccessToken),
        ];
        using var http = side.Server.CreateClient();

        Refused(await RestAnswer.ReadAsync(await http.PostAsync("/connect/token", TokenSide.Form([.. form.Where(field => field.Name != parameter), (parameter, value)]))), "invalid_request");
    }

    [Fact]
    public async Task An_agent_speaks_for_nobody_else_by_an_actor_token()
    {
        var (alice, bob, carol) = (await side.AgentAsync(), await side.AgentAsync(), await side.AgentAsync());
        await alice.DelegatedAsync(carol, ["api.read"]);
        (string, string)[] As(string token) => [("actor_token", token), ("actor_token_type", ChainSide.AccessToken)];
        var token = await alice.TokenAsync();

        Refused(await bob.ExchangeAsync(token, As(await carol.TokenAsync())), "invalid_request", "actor_token_of_another_agent");
        (await carol.ExchangeAsync(token, As(await carol.TokenAsync()))).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Nobody_exchanges_without_proving_who_they_are()
    {
        var alice = await side.AgentAsync();
        using var http = side.Server.CreateClient();
        var answer = await RestAnswer.ReadAsync(await http.PostAsync("/connect/token", TokenSide.Form(
            ("grant_type", ChainSide.Exchange), ("client_id", alice.ClientId), ("subject_token", await alice.TokenAsync()), ("subject_token_type", ChainSide.AccessToken))));

        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_client"), (answer.Status, answer.Json.GetProperty("error").GetString()));
    }

    [Fact]
    public async Task A_suspended_agent_of_the_chain_stops_it_and_its_tokens_and_resuming_revives_none()
    {
        var (alice, bob, carol) = (await side.AgentAsync(), await side.AgentAsync("delegations.write"), await side.AgentAsync());
        var first = await alice.DelegatedAsync(bob, ["api.read"]);
        var second = await bob.DelegatedAsync(carol, ["api.read"], new() { ["delegation_id"] = first });
        foreach (var agent in new[] { alice, bob })
        {
            var token = Text((await carol.ActAsync(second)).Is(HttpStatusCode.OK).Json, "access_token");
            side.Server.Clock.Advance(TimeSpan.FromSeconds(2));
            await side.Organization.PostAsync($"/api/v1/agents/{agent.Id}/suspend");

            Assert.False(await side.IsActiveAsync(carol, token));
            Assert.Equal(HttpStatusCode.BadRequest, (await carol.ActAsync(second)).Status);
            Assert.Equal("agent_not_active", (await side.ReasonsAsync("token.refused"))[^1]);
            side.Server.Clock.Advance(TimeSpan.FromSeconds(2));
            await side.Organization.PostAsync($"/api/v1/agents/{agent.Id}/resume");
            Assert.False(await side.IsActiveAsync(carol, token));
            (await carol.ActAsync(second)).Is(HttpStatusCode.OK);
            side.Server.Clock.Advance(TimeSpan.FromSeconds(2));
        }
    }

    [Fact]
    public async Task What_the_first_agent_may_no_longer_do_nobody_below_may()
    {
        var (alice, bob) = (await side.AgentAsync(), await side.AgentAsync());
        var id = await alice.DelegatedAsync(bob, ["api.read", "api.write"]);
        await side.Organization.AskAsync(HttpMethod.Patch, $"/api/v1/agents/{alice.Id}", new { allowedScopes = new[] { "api.read" } });
        side.Server.Clock.Advance(TimeSpan.FromSeconds(6));

        Assert.Equal("api.read", Text((await bob.ActAsync(id)).Is(HttpStatusCode.OK).Json, "scope"));
    }

    [Fact]
    public async Task A_bounded_key_bounds_what_it_gets_by_delegation_and_its_end_ends_that()
    {
        var (alice, bob) = (await side.AgentAsync(), await side.AgentAsync());
        var id = await alice.DelegatedAsync(bob, ["api.read", "api.write"]);
        using var rest = bob.Rest();
        var made = (await rest.PostAsync("/credentials", new { scopes = new[] { "api.read" } })).Is(HttpStatusCode.Created).Json;
        var bounded = bob with { Key = Text(made, "raw_key"), KeyId = Text(made.GetProperty("credential"), "id") };
        var answer = (await bounded.ActAsync(id)).Is(HttpStatusCode.OK).Json;

        Assert.Equal("api.read", Text(answer, "scope"));
        (await rest.DeleteAsync("/credentials/" + bounded.KeyId)).Is(HttpStatusCode.OK);
        Assert.False(await side.IsActiveAsync(bob, Text(answer, "access_token")));
    }

    [Fact]
    public async Task The_trail_tells_of_each_exchange_and_by_which_delegation()
    {
        var (alice, bob) = (await side.AgentAsync(), await side.AgentAsync());
        var id = await alice.DelegatedAsync(bob, ["api.read"]);
        var jti = Text(ChainSide.Claims(await bob.ExchangedAsync(await alice.TokenAsync())), "jti");
        var told = await side.Server.QueryAsync(context => Task.FromResult(context.AuditEvents.Single(row => row.Id == jti)));

        Assert.Equal(("token.issued", alice.Id, bob.Id), (told.Type, told.Subject, told.AgentId));
        Assert.Contains($"\"delegation_id\":\"{id}\"", told.Detail, StringComparison.Ordinal);
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;

    private void Refused(RestAnswer answer, string error, string? reason = null)
    {
        answer.Is(HttpStatusCode.BadRequest);
        Assert.Equal(error, answer.Json.GetProperty("error").GetString());
        if (reason is not null)
        {
            Assert.Equal(reason, side.ReasonsAsync("token.refused").Result[^1]);
        }
    }
}
