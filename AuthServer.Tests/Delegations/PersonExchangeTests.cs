using System.Net;
using System.Text.Json;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Delegations;

/// <summary>RFC 8693 with a person's own token: an agent acts in the new one as far as the person has consented to it, and not a moment longer.</summary>
public sealed class PersonExchangeTests(PersonSide side) : IClassFixture<PersonSide>
{
    [Fact]
    public async Task From_the_sign_in_at_a_plain_client_to_a_token_in_which_the_agent_acts_and_its_end_with_the_consent()
    {
        var (agent, person) = (await side.AgentAsync(), await side.PersonAsync());
        await person.ConsentThroughPortalAsync(agent, "email:read", Flows.Other);
        var portals = await person.TokenAsync("email:read email:send", agent, Flows.Other);
        var answer = (await agent.ExchangeAsync(portals)).Is(HttpStatusCode.OK).Json;
        var token = Text(answer, "access_token");

        Assert.Equal((ChainSide.AccessToken, "Bearer", false), (Text(answer, "issued_token_type"), Text(answer, "token_type"), answer.TryGetProperty("refresh_token", out _)));
        var seen = await IntrospectAsync(agent, token);
        Assert.Equal((true, person.Id, agent.Id), (seen.GetProperty("active").GetBoolean(), Text(seen, "sub"), Text(seen.GetProperty("act"), "sub")));
        Assert.Equal((agent.ClientId, Flows.Other, "email:read"), (Text(seen, "client_id"), Text(seen, "aud"), Text(seen, "scope")));
        Assert.StartsWith("con_", Text(seen, "authorization_id"), StringComparison.Ordinal);
        Assert.False(seen.GetProperty("act").TryGetProperty("act", out _));
        var told = await side.Server.QueryAsync(context => Task.FromResult(context.AuditEvents.Single(row => row.Id == Text(seen, "jti"))));
        Assert.Equal(("token.issued", person.Id, agent.Id, agent.ClientId), (told.Type, told.Subject, told.AgentId, told.ClientId));

        await person.TakeBackAsync(agent);

        Assert.False(await side.Chain.IsActiveAsync(agent, token));
        Assert.True((await IntrospectAsync(PersonSide.Portal, portals)).GetProperty("active").GetBoolean());
        await RefusedAsync(await agent.ExchangeAsync(portals), "no_consent");
    }

    [Fact]
    public async Task What_the_agent_was_let_do_by_itself_counts_with_any_clients_token()
    {
        var (agent, person) = (await side.AgentAsync(), await side.PersonAsync());
        await person.ConsentAsync(agent, "email:read email:send");
        var claims = ChainSide.Claims(await agent.ExchangedAsync(await person.TokenAsync("email:read", agent)));

        Assert.Equal((person.Id, agent.Id, "email:read", side.Server.Issuer), (Text(claims, "sub"), Text(claims.GetProperty("act"), "sub"), Text(claims, "scope"), Text(claims, "aud")));
        Assert.Equal(["auth_time", "sid"], claims.EnumerateObject().Select(claim => claim.Name).Intersect(["auth_time", "sid"]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_consent_that_lives_is_found_behind_any_number_of_expired_ones()
    {
        var (agent, person) = (await side.AgentAsync(), await side.PersonAsync());
        await person.ConsentAsync(agent, "email:read");
        await side.Server.QueryAsync(async context =>
        {
            var consent = await context.Consents.AsNoTracking().SingleAsync(row => row.Subject == person.Id);
            var id = consent.AuthorizationId;
            for (var i = 1; i <= 101; i++)
            {
                var (held, expired) = (await context.Authorizations.AsNoTracking().SingleAsync(row => row.Id == id), await context.Consents.AsNoTracking().SingleAsync(row => row.AuthorizationId == id));
                held.Id = expired.AuthorizationId = AuthServer.Protocol.Identifiers.New("con_", side.Server.Clock.Now.AddSeconds(i));
                expired.ExpiresAt = side.Server.Clock.Now.AddMinutes(-1);
                context.AddRange(held, expired);
            }

            return await context.SaveChangesAsync();
        });

        (await agent.ExchangeAsync(await person.TokenAsync("email:read", agent))).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Whose_the_token_is_and_who_it_is_for_exchange_it_with_the_agents_token_and_nobody_else_does()
    {
        var (agent, person) = (await side.AgentAsync(), await side.PersonAsync());
        await person.ConsentThroughPortalAsync(agent, "email:read", Flows.Other);
        var (portals, actor) = (await person.TokenAsync("email:read", null, Flows.Other), await agent.TokenAsync());

        foreach (var clientId in new[] { PersonSide.Portal, PersonSide.Gateway })
        {
            var claims = ChainSide.Claims(Text((await side.ExchangeAsync(clientId, portals, actor)).Is(HttpStatusCode.OK).Json, "access_token"));
            Assert.Equal((clientId, person.Id, agent.Id), (Text(claims, "client_id"), Text(claims, "sub"), Text(claims.GetProperty("act"), "sub")));
        }

        // The agent has it, and nobody said that it may; nor is the gateway meant by a token for another audience.
        await RefusedAsync(await agent.ExchangeAsync(portals), "subject_token_of_another_client");
        await person.ConsentAsync(agent, "email:read");
        var own = await person.TokenAsync("email:read");
        await RefusedAsync(await side.ExchangeAsync(PersonSide.Gateway, own, actor), "subject_token_of_another_client");
        (await side.ExchangeAsync(PersonSide.Portal, own, actor)).Is(HttpStatusCode.OK);

        // Without a token of the agent, the portal only narrows its own.
        Assert.False(ChainSide.Claims(Text((await side.ExchangeAsync(PersonSide.Portal, own, null)).Is(HttpStatusCode.OK).Json, "access_token")).TryGetProperty("act", out _));
        await RefusedAsync(await side.ExchangeAsync(PersonSide.Gateway, own, null), "subject_token_of_another_client");
    }

    [Fact]
    public async Task A_client_that_is_no_agent_exchanges_no_agents_token_even_with_one_of_its_delegate()
    {
        var (alice, bob) = (await side.AgentAsync(), await side.AgentAsync());
        await alice.DelegatedAsync(bob, ["email:read"]);
        var token = await alice.TokenAsync();

        await RefusedAsync(await side.ExchangeAsync(PersonSide.Portal, token, await bob.TokenAsync()), "subject_token_of_another_client");
        await RefusedAsync(await side.ExchangeAsync(PersonSide.Portal, token, await alice.TokenAsync()), "subject_token_of_another_client");
        await RefusedAsync(await side.ExchangeAsync(PersonSide.Portal, token, null), "subject_token_of_another_client");
        (await bob.ExchangeAsync(token)).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Nothing_is_wider_than_the_token_the_consent_and_the_agent()
    {
        var (agent, person) = (await side.Chain.AgentAsync("email:read", "email:manage"), await side.PersonAsync());
        await person.ConsentThroughPortalAsync(agent, "email:read", Flows.Other);
        var token = await person.TokenAsync("openid email:read email:send offline_access", agent, Flows.Other);
        Assert.Equal("email:read", Text(ChainSide.Claims(await agent.ExchangedAsync(token)), "scope"));
        foreach (var scope in new[] { "email:send", "email:manage", "openid", "offline_access", "email:read email:send", "EMAIL:READ" })
        {
            await RefusedAsync(await agent.ExchangeAsync(token, ("scope", scope)), "beyond_own_rights", "invalid_scope");
        }

        foreach (var (parameter, audience) in new[] { ("resource", Flows.Api), ("audience", Flows.Api), ("resource", side.Server.Issuer) })
        {
            await RefusedAsync(await agent.ExchangeAsync(token, (parameter, audience)), "audience_beyond_subject_token", "invalid_target");
        }

        // A consent for one API is none for this server's own, and the other way round.
        await RefusedAsync(await agent.ExchangeAsync(await person.TokenAsync("email:read", agent)), "audience_beyond_consent", "invalid_target");
        await RefusedAsync(await agent.ExchangeAsync(await person.TokenAsync("email:send", agent, Flows.Other)), "no_scope_left", "invalid_scope");
        side.Server.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(ChainSide.Claims(token).GetProperty("exp").GetInt64(), ChainSide.Claims(await agent.ExchangedAsync(token)).GetProperty("exp").GetInt64());
    }

    [Fact]
    public async Task Of_several_consents_the_one_that_fits_is_taken_and_none_is_added_to_another()
    {
        var (agent, person) = (await side.AgentAsync(), await side.PersonAsync());
        await person.ConsentAsync(agent, "email:read");
        side.Server.Clock.Advance(TimeSpan.FromSeconds(2));
        await person.ConsentAsync(agent, "email:send");
        var token = await person.TokenAsync("email:read email:send", agent);
        var (read, send) = (ChainSide.Claims(await agent.ExchangedAsync(token, ("scope", "email:read"))), ChainSide.Claims(await agent.ExchangedAsync(token)));

        Assert.Equal(("email:read", "email:send"), (Text(read, "scope"), Text(send, "scope")));
        Assert.NotEqual(Text(read, "authorization_id"), Text(send, "authorization_id"));
        Assert.NotEqual(Text(read, "fam"), Text(send, "fam"));
        await RefusedAsync(await agent.ExchangeAsync(token, ("scope", "email:read email:send")), "beyond_own_rights", "invalid_scope");
    }

    [Fact]
    public async Task Of_a_token_for_several_apis_those_are_left_that_the_consent_is_for()
    {
        var (agent, person) = (await side.AgentAsync(), await side.PersonAsync());
        await person.ConsentThroughPortalAsync(agent, "email:read", Flows.Other);
        var code = await person.AllowAsync(PersonSide.Portal, PersonSide.PortalRedirect, ("scope", "email:read"), ("resource", Flows.Other), ("resource", Flows.Api));
        var token = Text((await person.RedeemAsync(code, ("requested_actor", agent.Id))).Is(HttpStatusCode.OK).Json, "access_token");

        Assert.Equal(2, ChainSide.Claims(token).GetProperty("aud").GetArrayLength());
        Assert.Equal(Flows.Other, Text(ChainSide.Claims(await agent.ExchangedAsync(token)), "aud"));
        Assert.Equal(Flows.Other, Text(ChainSide.Claims(await agent.ExchangedAsync(token, ("resource", Flows.Other))), "aud"));
        await RefusedAsync(await agent.ExchangeAsync(token, ("resource", Flows.Api)), "audience_beyond_consent", "invalid_target");
        await RefusedAsync(await agent.ExchangeAsync(token, ("resource", Flows.Other), ("resource", Flows.Api)), "audience_beyond_consent", "invalid_target");
    }

    [Fact]
    public async Task Nothing_outlives_the_consent_or_the_key()
    {
        var (agent, person) = (await side.AgentAsync(), await side.PersonAsync());
        await person.ConsentAsync(agent, "email:read");
        side.Server.Clock.Advance(TimeSpan.FromMinutes(2));
        using (var rest = new Rest(side.Server, side.Chain.Organization.Key))
        {
            var made = (await rest.PostAsync("/credentials", new { agent_id = agent.Id, expires_at = side.Server.Clock.Now.AddMinutes(3) })).Is(HttpStatusCode.Created).Json;
            Assert.InRange((await (agent with { Key = Text(made, "raw_key") }).ExchangeAsync(await person.TokenAsync("email:read", agent))).Is(HttpStatusCode.OK).Json.GetProperty("expires_in").GetInt32(), 179, 180);
        }

        side.Server.Clock.Advance(TimeSpan.FromMinutes(53));
        var late = await person.TokenAsync("email:read", agent);
        Assert.InRange((await agent.ExchangeAsync(late)).Is(HttpStatusCode.OK).Json.GetProperty("expires_in").GetInt32(), 200, 300);
        side.Server.Clock.Advance(TimeSpan.FromMinutes(6));
        await RefusedAsync(await agent.ExchangeAsync(late), "no_consent");
    }

    [Theory]
    [InlineData("revoked")]
    [InlineData("refreshed token revoked")]
    [InlineData("signed out")]
    [InlineData("client's consent taken back")]
    [InlineData("agent suspended")]
    [InlineData("person gone")]
    public async Task It_ends_with_whatever_it_hangs_on(string ending)
    {
        var (agent, person) = (await side.AgentAsync(), await side.PersonAsync());
        await person.ConsentAsync(agent, "email:read");
        var portals = await person.TokensAsync("openid offline_access email:read", agent);
        var token = await agent.ExchangedAsync(Text(portals, "access_token"));
        Assert.True(await side.Chain.IsActiveAsync(agent, token));
        side.Server.Clock.Advance(TimeSpan.FromSeconds(2));
        await EndAsync(ending, agent, person, portals);

        using var api = new Rest(side.Server, side.Chain.Organization.Key);
        Assert.False((await api.PostAsync("/tokens/verify", new { token, requiredScopes = new[] { "email:read" } })).Is(HttpStatusCode.OK).Json.GetProperty("allowed").GetBoolean());
        Assert.NotEqual(HttpStatusCode.OK, (await agent.ExchangeAsync(Text(portals, "access_token"))).Status);
    }

    [Fact]
    public async Task The_agent_ends_its_own_and_nothing_of_the_client_that_it_came_from()
    {
        var (agent, person) = (await side.AgentAsync(), await side.PersonAsync());
        await person.ConsentAsync(agent, "email:read");
        var portals = await person.TokensAsync("openid offline_access email:read", agent);
        var (first, second) = (await agent.ExchangedAsync(Text(portals, "access_token")), await agent.ExchangedAsync(Text(portals, "access_token")));
        using var http = side.Server.CreateClient();
        (await http.PostAsync("/connect/revoke", TokenSide.Form(("client_secret", agent.Key), ("token", first)))).EnsureSuccessStatusCode();

        Assert.False(await side.Chain.IsActiveAsync(agent, first));
        Assert.True(await side.Chain.IsActiveAsync(agent, second));
        foreach (var name in new[] { "access_token", "refresh_token" })
        {
            Assert.True((await IntrospectAsync(PersonSide.Portal, Text(portals, name))).GetProperty("active").GetBoolean());
        }
    }

    [Fact]
    public async Task The_agent_delegates_on_in_the_persons_name_and_all_of_it_ends_with_the_consent_and_with_the_token_it_began_from()
    {
        var (alice, bob) = (await side.AgentAsync(), await side.AgentAsync());
        foreach (var ending in new[] { "consent", "revoked" })
        {
            var person = await side.PersonAsync();
            await person.ConsentAsync(alice, "email:read delegations.write");
            var portals = await person.TokensAsync("email:read delegations.write", alice);
            var alices = await alice.ExchangedAsync(Text(portals, "access_token"));
            var hop = Text((await alice.DelegateAsync(bob, ["email:read"], credential: alices)).Is(HttpStatusCode.Created).Json, "id");
            var bobs = await bob.ExchangedAsync(alices);
            var claims = ChainSide.Claims(bobs);
            Assert.Equal(
                (person.Id, bob.Id, alice.Id, hop, "email:read"),
                (Text(claims, "sub"), Text(claims.GetProperty("act"), "sub"), Text(claims.GetProperty("act").GetProperty("act"), "sub"), Text(claims, "delegation_id"), Text(claims, "scope")));
            await RefusedAsync(await bob.ExchangeAsync(Text(portals, "access_token")), "actor_not_allowed");
            await RefusedAsync(await bob.ActAsync(hop), "delegation_of_a_person", "invalid_grant");

            await (ending == "consent" ? person.TakeBackAsync(alice) : EndAsync(ending, alice, person, portals));
            Assert.False(await side.Chain.IsActiveAsync(bob, bobs));
            await RefusedAsync(await bob.ExchangeAsync(alices), "subject_token_ended");
        }
    }

    [Fact]
    public async Task A_consent_to_another_agent_of_another_person_or_through_another_client_is_none()
    {
        var (agent, other, person, stranger) = (await side.AgentAsync(), await side.AgentAsync(), await side.PersonAsync(), await side.PersonAsync());
        await person.ConsentAsync(other, "email:read");
        await stranger.ConsentAsync(agent, "email:read");
        await person.AllowAsync("web", Flows.WebRedirect, ("scope", "openid"), ("requested_actor", agent.Id));
        var token = await person.TokenAsync("email:read", agent);

        await RefusedAsync(await agent.ExchangeAsync(token), "no_consent");
        await RefusedAsync(await other.ExchangeAsync(token), "actor_not_allowed");
        await RefusedAsync(await agent.ExchangeAsync(token, ("delegation_id", "dlg_01jv0000000000000000000000")), "no_delegation");
        await RefusedAsync(await agent.ExchangeAsync(token, ("actor_token", await other.TokenAsync()), ("actor_token_type", ChainSide.AccessToken)), "actor_token_of_another_agent");
        await RefusedAsync(await side.ExchangeAsync(PersonSide.Portal, token, await other.TokenAsync()), "actor_not_allowed");
        (await agent.ExchangeAsync(await stranger.TokenAsync("email:read", agent), ("actor_token", await agent.TokenAsync()), ("actor_token_type", ChainSide.AccessToken))).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task What_is_no_live_access_token_of_this_server_is_told_by_what_is_wrong_with_it()
    {
        var (agent, person) = (await side.AgentAsync(), await side.PersonAsync());
        await person.ConsentAsync(agent, "email:read");
        var tokens = await person.TokensAsync("openid offline_access email:read", agent);
        await using var elsewhere = await Flows.StartAsync(PersonSide.Settings);
        var foreign = Text(await Flows.TokensAsync(elsewhere, ("scope", "openid")), "access_token");

        foreach (var (subject, reason) in new[] { (Text(tokens, "refresh_token"), "malformed"), (Text(tokens, "id_token"), "typ_mismatch"), (foreign, "wrong_issuer"), (agent.Key, "malformed") })
        {
            await RefusedAsync(await agent.ExchangeAsync(subject), "subject_token_" + reason);
        }

        using var http = side.Server.CreateClient();
        foreach (var type in new[] { "refresh_token", "id_token" })
        {
            (await RestAnswer.ReadAsync(await http.PostAsync("/connect/token", TokenSide.Form(
                ("grant_type", ChainSide.Exchange), ("client_secret", agent.Key), ("subject_token", Text(tokens, type)), ("subject_token_type", "urn:ietf:params:oauth:token-type:" + type)))))
                .Is(HttpStatusCode.BadRequest);
        }

        side.Server.Clock.Advance(TimeSpan.FromMinutes(16));
        await RefusedAsync(await agent.ExchangeAsync(Text(tokens, "access_token")), "subject_token_expired");
    }

    private async Task EndAsync(string ending, KeyedAgent agent, PortalPerson person, JsonElement portals)
    {
        switch (ending)
        {
            case "revoked":
            case "refreshed token revoked":
                using (var revoked = await Flows.PostAsync(
                    side.Server, "/connect/revoke", PersonSide.Portal, Flows.Secret, ("token", Text(portals, ending == "revoked" ? "access_token" : "refresh_token"))))
                {
                    revoked.EnsureSuccessStatusCode();
                }

                break;
            case "signed out":
                await person.Browser.GoAsync("/connect/endsession");
                await person.Browser.SubmitAsync(button: "Sign out");
                break;
            case "client's consent taken back":
                await person.TakeBackAsync(null);
                break;
            case "agent suspended":
                await side.Chain.Organization.PostAsync($"/api/v1/agents/{agent.Id}/suspend");
                break;
            default:
                using (var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = person.Browser.Cookies }) { BaseAddress = side.Server.Address })
                {
                    using var request = new HttpRequestMessage(HttpMethod.Delete, "/api/v1/users/" + person.Id)
                    {
                        Content = new StringContent($$"""{"password":"{{Flows.Password}}"}""", null, "application/json"),
                    };
                    request.Headers.Add("Origin", side.Server.Issuer);
                    using var answer = await http.SendAsync(request);
                    Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
                }

                break;
        }
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;

    private async Task<JsonElement> IntrospectAsync(KeyedAgent agent, string token)
    {
        using var rest = side.Chain.As(null);
        return (await rest.PostAsync("/auth/token/introspect", new { client_secret = agent.Key, token })).Is(HttpStatusCode.OK).Json;
    }

    private async Task<JsonElement> IntrospectAsync(string clientId, string token)
    {
        using var response = await Flows.PostAsync(side.Server, "/connect/introspect", clientId, Flows.Secret, ("token", token));
        return await TestServer.JsonAsync(response);
    }

    private async Task RefusedAsync(RestAnswer answer, string reason, string error = "invalid_request")
    {
        answer.Is(HttpStatusCode.BadRequest);
        Assert.Equal((error, reason), (Text(answer.Json, "error"), await side.ReasonAsync()));
        Assert.DoesNotContain(reason, answer.Text, StringComparison.Ordinal);
    }
}
