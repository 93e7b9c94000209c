using System.Net;
using System.Text.Json.Nodes;
using AuthServer.Jose;
using AuthServer.Keys;
using AuthServer.Tests.Jose;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Delegations;

/// <summary>Whatever is wrong, the wire says one sentence and the trail says which: for agents with a key and without one.</summary>
[Trait("negative", "33")]
public sealed class RefusedExchangeTests(ChainSide side) : IClassFixture<ChainSide>
{
    private const string Sentence = "The tokens cannot be exchanged: they are not good, or not for this.";

    private static readonly SigningKey Key = SigningKey.Create(JwsAlgorithm.ES256);

    private SigningKey Signing => side.Server.Services.GetRequiredService<SigningKeys>().Current(JwsAlgorithm.ES256);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_goes_beyond_the_rights_is_refused_and_told(bool keyed)
    {
        var (alice, bob) = (await AgentAsync(keyed), await AgentAsync(keyed));
        var id = await alice.DelegatedAsync(bob, ["api.read"]);

        await RefusedAsync(await bob.ExchangeAsync(await alice.TokenAsync(), ("scope", "api.write")), "invalid_scope", "beyond_own_rights");
        await RefusedAsync(await bob.ActAsync(id, "api.write"), "invalid_scope", "beyond_own_rights");
        await RefusedAsync(await bob.ExchangeAsync(await alice.TokenAsync("api.write")), "invalid_scope", "no_scope_left");
        await RefusedAsync(await bob.ExchangeAsync(await alice.TokenAsync(), ("resource", Flows.Api)), "invalid_target", "audience_beyond_subject_token");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_expired_parent_a_cut_hop_and_an_inactive_agent_each_have_their_word(bool keyed)
    {
        var (alice, bob, carol) = (await AgentAsync(keyed), await AgentAsync(keyed), await AgentAsync(keyed));
        var brief = await alice.DelegatedAsync(bob, ["api.read"], new() { ["expires_at"] = side.Server.Clock.Now.AddMinutes(3).ToString("O") });
        var belowBrief = await bob.DelegatedAsync(carol, ["api.read"], new() { ["delegation_id"] = brief });
        var first = await alice.DelegatedAsync(bob, ["api.read"]);
        var second = await bob.DelegatedAsync(carol, ["api.read"], new() { ["delegation_id"] = first });
        var bobs = await bob.ExchangedAsync(await alice.TokenAsync(), ("delegation_id", first));
        var carols = await carol.ExchangedAsync(bobs);
        side.Server.Clock.Advance(TimeSpan.FromMinutes(4));

        await RefusedAsync(await carol.ActAsync(belowBrief), "invalid_grant", "delegation_parent_expired");
        await RefusedAsync(await bob.ActAsync(brief), "invalid_grant", "delegation_expired");
        (await bob.DelegateAsync(carol, ["api.read"], new() { ["delegation_id"] = brief })).Is(HttpStatusCode.Forbidden, "delegation_refused");
        Assert.Equal("delegation_expired", (await side.ReasonsAsync("access.refused"))[^1]);

        side.Server.Clock.Advance(TimeSpan.FromSeconds(2));
        await side.Organization.PostAsync($"/api/v1/agents/{alice.Id}/suspend");
        await RefusedAsync(await carol.ActAsync(second), "invalid_grant", "agent_not_active");
        await RefusedAsync(await carol.ExchangeAsync(bobs), "invalid_request", "subject_token_ended");
        (await bob.DelegateAsync(alice, ["delegations.read"])).Is(HttpStatusCode.BadRequest, "invalid_request");
        Assert.Equal("agent_not_active", (await side.ReasonsAsync("access.refused"))[^1]);
        side.Server.Clock.Advance(TimeSpan.FromSeconds(2));
        await side.Organization.PostAsync($"/api/v1/agents/{alice.Id}/resume");
        side.Server.Clock.Advance(TimeSpan.FromSeconds(2));

        using var rest = alice.Rest();
        (await rest.DeleteAsync("/delegations/" + first)).Is(HttpStatusCode.OK);
        await RefusedAsync(await carol.ActAsync(second), "invalid_grant", "delegation_revoked");
        await RefusedAsync(await carol.ExchangeAsync(carols), "invalid_request", "subject_token_ended");
        (await bob.DelegateAsync(carol, ["api.read"], new() { ["delegation_id"] = first })).Is(HttpStatusCode.Forbidden, "delegation_refused");
        Assert.Equal("delegation_revoked", (await side.ReasonsAsync("access.refused"))[^1]);
    }

    [Fact]
    public async Task A_hop_that_its_giver_took_back_is_told_as_that_named_or_not()
    {
        var (alice, bob) = (await AgentAsync(false), await AgentAsync(false));
        var id = await alice.DelegatedAsync(bob, ["api.read"]);
        using var rest = alice.Rest();
        (await rest.DeleteAsync("/delegations/" + id)).Is(HttpStatusCode.OK);

        await RefusedAsync(await bob.ExchangeAsync(await alice.TokenAsync()), "invalid_request", "delegation_revoked");
        await RefusedAsync(await bob.ExchangeAsync(await alice.TokenAsync(), ("delegation_id", id)), "invalid_request", "delegation_revoked");
        await RefusedAsync(await alice.ExchangeAsync(await bob.TokenAsync(), ("delegation_id", id)), "invalid_request", "no_delegation");
    }

    [Fact]
    public async Task A_delegation_that_lives_is_found_behind_any_number_that_do_not()
    {
        var (alice, bob) = (await AgentAsync(false), await AgentAsync(false));
        var lasting = await alice.DelegatedAsync(bob, ["api.read"]);
        await alice.CrowdAsync(bob, "api.read", 120);
        await side.Server.QueryAsync(context => context.Delegations.Where(row => row.DelegatorId == alice.Id && row.Id != lasting)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.ExpiresAt, side.Server.Clock.Now.AddSeconds(-1))));

        var token = await bob.ExchangedAsync(await alice.TokenAsync());
        Assert.Equal(lasting, ChainSide.Claims(token).GetProperty("delegation_id").GetString());
        Assert.NotEmpty(await bob.ExchangedAsync(await alice.TokenAsync(), ("delegation_id", lasting)));
    }

    [Fact]
    public async Task More_delegations_than_may_live_at_a_time_are_told_as_that()
    {
        var (alice, bob) = (await AgentAsync(false), await AgentAsync(false));
        await alice.CrowdAsync(bob, "api.read", 100);
        (await alice.DelegateAsync(bob, ["api.read"])).Is(HttpStatusCode.Forbidden, "delegation_refused");
        Assert.Equal("too_many_delegations", (await side.ReasonsAsync("access.refused"))[^1]);
        (await alice.DelegateAsync(bob, ["api.read"], new() { ["delegator_agent_id"] = bob.Id })).Is(HttpStatusCode.BadRequest, "invalid_request");
        Assert.Equal("agent_not_active", (await side.ReasonsAsync("access.refused"))[^1]);
    }

    [Fact]
    public async Task A_token_says_of_which_type_it_is_as_it_was_asked()
    {
        var (alice, bob) = (await AgentAsync(false), await AgentAsync(false));
        await alice.DelegatedAsync(bob, ["api.read"]);
        foreach (var type in new[] { "urn:ietf:params:oauth:token-type:jwt", ChainSide.AccessToken })
        {
            var answer = (await bob.ExchangeAsync(await alice.TokenAsync(), ("requested_token_type", type))).Is(HttpStatusCode.OK).Json;
            Assert.Equal(type, answer.GetProperty("issued_token_type").GetString());
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Nobody_exchanges_their_way_back_into_a_chain(bool keyed)
    {
        var (alice, bob, carol) = (await AgentAsync(keyed), await AgentAsync(keyed), await AgentAsync(keyed));
        var first = await alice.DelegatedAsync(bob, ["api.read"]);
        await bob.DelegatedAsync(carol, ["api.read"], new() { ["delegation_id"] = first });
        var bobs = await bob.ExchangedAsync(await alice.TokenAsync());
        var carols = await carol.ExchangedAsync(bobs);

        await RefusedAsync(await alice.ExchangeAsync(bobs), "invalid_request", "delegation_cycle");
        await RefusedAsync(await bob.ExchangeAsync(carols), "invalid_request", "delegation_cycle");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_subject_token_that_is_none_of_ours_is_told_by_what_is_wrong_with_it(bool keyed)
    {
        var (alice, bob) = (await AgentAsync(keyed), await AgentAsync(keyed));
        await alice.DelegatedAsync(bob, ["api.read"]);
        var token = keyed ? await alice.ExchangedAsync(await alice.TokenAsync()) : await alice.TokenAsync();
        var (header, payload) = (Decoded(token, 0), Decoded(token, 1));
        string Retyped(string typ) => TestTokens.Sign(Signing, header.Replace("at+jwt", typ, StringComparison.Ordinal), payload);

        foreach (var (subject, reason) in new[]
        {
            ("a.b.c", "malformed"),
            (token + "=", "malformed"),
            (new string('a', Jws.MaxTokenLength + 1), "too_large"),
            (TestTokens.Sign(Key, header, payload), "bad_signature"),
            (TestTokens.Sign(Key, header.Replace(Signing.KeyId, "elsewhere", StringComparison.Ordinal), payload), "unknown_key"),
            (TestTokens.Sign(Signing, header, payload.Replace("{", "{\"sub\":\"usr_1\",", StringComparison.Ordinal)), "malformed_claims"),
            (TestTokens.Sign(Signing, header, payload.Replace(side.Server.Issuer, "https://elsewhere.example", StringComparison.Ordinal)), "wrong_issuer"),
            (Retyped("JWT"), "typ_mismatch"), (Retyped("logout+jwt"), "typ_mismatch"), (Retyped("dpop+jwt"), "typ_mismatch"), (Retyped("oauth-id-jag+jwt"), "typ_mismatch"),
        })
        {
            await RefusedAsync(await bob.ExchangeAsync(subject), "invalid_request", $"subject_token_{reason}");
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_token_that_nobody_would_read_to_its_end_is_not_given(bool keyed)
    {
        var (alice, bob) = (await AgentAsync(keyed), await AgentAsync(keyed));
        var bounds = new JsonArray([.. Enumerable.Range(0, 3).Select(i => new JsonObject { ["key"] = $"path{i}", ["prefix"] = new string('a', 4096) })]);
        var id = await alice.DelegatedAsync(bob, ["api.read"], new() { ["constraints"] = bounds });

        await RefusedAsync(await bob.ActAsync(id), "invalid_scope", "token_too_large");
        Assert.Empty(await side.Server.QueryAsync(context => Task.FromResult(context.AuditEvents.Where(row => row.Type == "token.issued" && row.AgentId == bob.Id).ToArray())));
    }

    [Fact]
    public async Task An_id_token_is_no_subject_token_and_no_actor_token()
    {
        var (alice, bob) = (await AgentAsync(false), await AgentAsync(true));
        await alice.DelegatedAsync(bob, ["api.read"]);
        using var browser = new TestBrowser(side.Server);
        var code = (await Flows.AuthorizeAsync(browser, "web", Flows.WebRedirect))["code"];
        using var redeemed = await Flows.TokenAsync(
            side.Server, "web", Flows.Secret, ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", Flows.WebRedirect), ("code_verifier", Flows.Verifier));
        var idToken = (await TestServer.JsonAsync(redeemed)).GetProperty("id_token").GetString()!;

        await RefusedAsync(await bob.ExchangeAsync(idToken), "invalid_request", "subject_token_typ_mismatch");
        await RefusedAsync(
            await bob.ExchangeAsync(await alice.TokenAsync(), ("actor_token", idToken), ("actor_token_type", ChainSide.AccessToken)), "invalid_request", "actor_token_invalid");
    }

    [Fact]
    public async Task Where_the_token_says_who_may_act_nobody_else_may()
    {
        var (alice, bob, carol) = (await AgentAsync(true), await AgentAsync(true), await AgentAsync(false));
        await alice.DelegatedAsync(bob, ["api.read"]);
        await alice.DelegatedAsync(carol, ["api.read"]);
        var token = await alice.TokenAsync();
        string Naming(string json)
        {
            var claims = JsonNode.Parse(Decoded(token, 1))!.AsObject();
            claims["may_act"] = JsonNode.Parse(json);
            return TestTokens.Sign(Signing, Decoded(token, 0), claims.ToJsonString());
        }

        var named = Naming($$"""{"sub":"{{bob.Id}}"}""");
        (await bob.ExchangeAsync(named)).Is(HttpStatusCode.OK);
        foreach (var subject in new[] { named, Naming("""{"iss":"x"}"""), Naming("\"x\"") })
        {
            await RefusedAsync(await carol.ExchangeAsync(subject), "invalid_request", "actor_not_allowed");
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("negative", "41")]
    public async Task A_token_for_one_API_is_good_for_no_other_and_for_none_of_ours(bool keyed)
    {
        var (alice, bob) = (await AgentAsync(keyed), await AgentAsync(keyed));
        await alice.DelegatedAsync(bob, ["delegations.read"]);
        var own = await alice.TokenAsync();
        var claims = JsonNode.Parse(Decoded(own, 1))!.AsObject();
        claims["aud"] = Flows.Api;
        var foreign = TestTokens.Sign(Signing, Decoded(own, 0), claims.ToJsonString());
        var exchanged = await bob.ExchangedAsync(foreign);

        Assert.Equal(Flows.Api, ChainSide.Claims(exchanged).GetProperty("aud").GetString());
        using var rest = side.As(exchanged);
        (await rest.GetAsync("/delegations")).Is(HttpStatusCode.Unauthorized);
        foreach (var (parameter, audience) in new[] { ("resource", Flows.Api + "/v2"), ("resource", Flows.Api + "-v2"), ("audience", side.Server.Issuer) })
        {
            await RefusedAsync(await bob.ExchangeAsync(foreign, (parameter, audience)), "invalid_target", "audience_beyond_subject_token");
        }

        await RefusedAsync(
            await alice.ExchangeAsync(own, ("actor_token", foreign), ("actor_token_type", ChainSide.AccessToken)), "invalid_request", "actor_token_invalid");
    }

    private static string Decoded(string token, int part) => System.Text.Encoding.UTF8.GetString(CanonicalBase64Url.Decode(token.Split('.')[part])!);

    private Task<KeyedAgent> AgentAsync(bool keyed) => keyed ? side.SignerAsync([Key]) : side.AgentAsync();

    private async Task RefusedAsync(RestAnswer answer, string error, string reason)
    {
        answer.Is(HttpStatusCode.BadRequest);
        Assert.Equal((error, reason), (answer.Json.GetProperty("error").GetString(), (await side.ReasonsAsync("token.refused"))[^1]));
        Assert.DoesNotContain(reason, answer.Text, StringComparison.Ordinal);

        // Of two refusals of one moment the trail does not say which was first.
        side.Server.Clock.Advance(TimeSpan.FromMilliseconds(2));
        if (error == "invalid_request")
        {
            Assert.Equal(Sentence, answer.Json.GetProperty("error_description").GetString());
        }
    }
}
