using System.Net;
using System.Text.Json;
using AuthServer.Jose;
using AuthServer.Keys;
using AuthServer.Protocol.Delegation;
using AuthServer.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Delegations;

/// <summary>RFC 8693 §4.4: a client that gets a person's token says which agent may act with it later, and the token names that one.</summary>
public sealed class LaterActorTests(PersonSide side) : IClassFixture<PersonSide>
{
    [Fact]
    public async Task The_token_names_exactly_the_agent_that_may_act_with_it_and_no_other_may()
    {
        var (agent, other, person) = (await side.AgentAsync(), await side.AgentAsync(), await side.PersonAsync());
        await person.ConsentAsync(agent, "email:read");
        await person.ConsentAsync(other, "email:read");
        var token = await person.TokenAsync("email:read", agent);
        var named = ChainSide.Claims(token).GetProperty("may_act");

        Assert.Equal(["sub"], named.EnumerateObject().Select(member => member.Name));
        Assert.Equal(agent.Id, Text(named, "sub"));
        Assert.False(ChainSide.Claims(token).TryGetProperty("act", out _));
        (await agent.ExchangeAsync(token)).Is(HttpStatusCode.OK);
        await RefusedAsync(await other.ExchangeAsync(token), "actor_not_allowed");

        // Nor does the client itself make another one of it, in which nobody is named or somebody else is.
        foreach (var later in new[] { null, other.Id })
        {
            await RefusedAsync(await side.ExchangeAsync(PersonSide.Portal, token, null, ("requested_actor", later)), "actor_not_allowed");
        }

        var jti = Text(ChainSide.Claims(token), "jti");
        Assert.Contains($"\"may_act\":\"{agent.Id}\"", (await side.Server.QueryAsync(context => Task.FromResult(context.AuditEvents.Single(row => row.Id == jti)))).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_said_of_one_access_token_and_not_of_those_that_follow()
    {
        var (agent, person) = (await side.AgentAsync(), await side.PersonAsync());
        var first = await person.TokensAsync("openid offline_access email:read", agent);
        var second = (await RefreshAsync(first)).Is(HttpStatusCode.OK).Json;
        var third = (await RefreshAsync(second, ("requested_actor", agent.Id))).Is(HttpStatusCode.OK).Json;

        Assert.Equal([true, false, true], new[] { first, second, third }.Select(tokens => ChainSide.Claims(Text(tokens, "access_token")).TryGetProperty("may_act", out _)));
        var narrowed = Text((await side.ExchangeAsync(PersonSide.Portal, Text(second, "access_token"), null, ("scope", "email:read"), ("requested_actor", agent.Id))).Is(HttpStatusCode.OK).Json, "access_token");
        Assert.Equal((agent.Id, "email:read"), (Text(ChainSide.Claims(narrowed).GetProperty("may_act"), "sub"), Text(ChainSide.Claims(narrowed), "scope")));
    }

    [Fact]
    public async Task A_client_without_a_secret_names_the_agent_as_well()
    {
        var (agent, person) = (await side.AgentAsync(), await side.PersonAsync());
        var code = await person.AllowAsync("spa", TokenSide.SpaRedirect, ("scope", "profile"));
        using var redeemed = await Flows.TokenAsync(
            side.Server, "spa", null,
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", TokenSide.SpaRedirect), ("code_verifier", Flows.Verifier), ("requested_actor", agent.Id));
        var token = Text(await TokenSide.OkAsync(redeemed), "access_token");

        Assert.Equal(agent.Id, Text(ChainSide.Claims(token).GetProperty("may_act"), "sub"));
        await RefusedAsync(await agent.ExchangeAsync(token), "no_consent");
    }

    [Fact]
    public async Task Nobody_is_named_who_could_not_act_and_a_refusal_uses_nothing_up()
    {
        var (agent, idle, person) = (await side.AgentAsync(), await side.AgentAsync(), await side.PersonAsync());
        await side.Chain.Organization.PostAsync($"/api/v1/agents/{idle.Id}/suspend");
        side.Server.Clock.Advance(TimeSpan.FromSeconds(2));
        var code = await person.AllowAsync(PersonSide.Portal, PersonSide.PortalRedirect, ("scope", "email:read"));
        foreach (var named in new[] { idle.Id, "agt_01jv0000000000000000000000", "web", agent.ClientId, "*", $"{agent.Id} {agent.Id}" })
        {
            await RefusedAsync(await person.RedeemAsync(code, ("requested_actor", named)), "requested_actor_not_active");
        }

        (await person.RedeemAsync(code, ("requested_actor", agent.Id))).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Where_an_agent_acts_already_and_where_no_person_is_nobody_is_named()
    {
        var (agent, other, person) = (await side.AgentAsync(), await side.AgentAsync(), await side.PersonAsync());
        await person.ConsentAsync(agent, "email:read");
        var token = await person.TokenAsync("email:read", agent);

        await RefusedAsync(await agent.ExchangeAsync(token, ("requested_actor", other.Id)), "requested_actor_not_for_this");
        await RefusedAsync(await agent.ExchangeAsync(await agent.TokenAsync(), ("requested_actor", other.Id)), "requested_actor_not_for_this");
        await RefusedAsync(
            await side.AskAsync("machine", ("grant_type", "client_credentials"), ("scope", "things.read"), ("requested_actor", agent.Id)), "requested_actor_not_for_this");

        // The one that acts says itself again: nothing is to be named.
        Assert.False(ChainSide.Claims(await agent.ExchangedAsync(token, ("requested_actor", agent.Id))).TryGetProperty("may_act", out _));
    }

    [Fact]
    public async Task A_token_bound_to_its_clients_key_goes_to_the_agent_that_it_names_and_else_needs_the_key()
    {
        var (agent, person) = (await side.AgentAsync(), await side.PersonAsync());
        using var key = new Prover(side.Server);
        await person.ConsentAsync(agent, "email:read");
        var (named, plain) = (await BoundAsync(person, key, agent), await BoundAsync(person, key, null));
        var actor = await agent.TokenAsync();

        var claims = ChainSide.Claims(await agent.ExchangedAsync(named));
        Assert.Equal((agent.Id, false), (Text(claims.GetProperty("act"), "sub"), claims.TryGetProperty("cnf", out _)));
        await RefusedAsync(await side.ExchangeAsync(PersonSide.Portal, plain, actor), "subject_token_not_proven");
        await RefusedAsync(await side.ExchangeAsync(PersonSide.Portal, named, actor), "subject_token_not_proven");
    }

    [Fact]
    public async Task An_agent_with_a_key_gets_the_root_of_a_chain_in_the_persons_name_that_verifies_offline()
    {
        using var key = SigningKey.Create(JwsAlgorithm.ES256);
        var (agent, person) = (await side.Chain.SignerAsync([key], "email:read"), await side.PersonAsync());
        await person.ConsentAsync(agent, "email:read");
        var token = await agent.ExchangedAsync(await person.TokenAsync("email:read", agent));

        var claims = ChainSide.Claims(token);
        Assert.Equal((person.Id, agent.ClientId, key.PublicKey.Thumbprint, 0), (Text(claims, "sub"), Text(claims, "client_id"), Text(claims.GetProperty("cnf"), "jkt"), claims.GetProperty("del_depth").GetInt32()));
        var keys = side.Server.Services.GetRequiredService<SigningKeys>().Verification;
        Assert.Equal(ChainOutcome.Ok, ChainVerifier.Verify([token], new ChainExpectations { RootKeys = keys, Now = side.Server.Clock.Now, Audience = side.Server.Issuer }).Outcome);
        await person.TakeBackAsync(agent);
        Assert.False(await side.Chain.IsActiveAsync(agent, token));
    }

    private Task<RestAnswer> RefreshAsync(JsonElement tokens, params (string Name, string? Value)[] more) =>
        side.AskAsync(PersonSide.Portal, [("grant_type", "refresh_token"), ("refresh_token", Text(tokens, "refresh_token")), .. more]);

    private static async Task<string> BoundAsync(PortalPerson person, Prover key, KeyedAgent? actor)
    {
        var code = await person.AllowAsync(PersonSide.Portal, PersonSide.PortalRedirect, ("scope", "email:read"));
        return Text(
            (await RestAnswer.ReadAsync(await key.TokenAsync(
                PersonSide.Portal,
                ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", PersonSide.PortalRedirect), ("code_verifier", Flows.Verifier), ("requested_actor", actor?.Id))))
            .Is(HttpStatusCode.OK).Json,
            "access_token");
    }

    private async Task RefusedAsync(RestAnswer answer, string reason)
    {
        answer.Is(HttpStatusCode.BadRequest);
        Assert.Equal(("invalid_request", reason), (Text(answer.Json, "error"), await side.ReasonAsync()));
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
