using System.Net;
using System.Text.Json;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using static AuthServer.Tests.Support.AgentSide;

namespace AuthServer.Tests.Specs;

/// <summary>RFC 9449 for agents: at their own token endpoint, at the REST API, and where a bound token is exchanged.</summary>
[Trait("negative", "47")]
public sealed class Rfc9449AgentTests(ChainSide side) : IClassFixture<ChainSide>, IDisposable
{
    private const string Door = "/api/v1/auth/token";

    private readonly Prover _key = new(side.Server);
    private readonly Prover _other = new(side.Server);

    public void Dispose()
    {
        _key.Dispose();
        _other.Dispose();
    }

    [Fact]
    public async Task An_agents_bound_token_reads_and_changes_at_the_API_with_a_proof_each()
    {
        var agent = await side.AgentAsync();
        var token = await TokenAsync(agent);

        var read = (await CallAsync(HttpMethod.Get, "/agents/" + agent.Id, token)).Is(HttpStatusCode.OK);
        Assert.Equal(agent.Id, Text(read.Json, "id"));
        (await CallAsync(HttpMethod.Post, "/credentials", token, body: new { agent_id = agent.Id })).Is(HttpStatusCode.Created);
        (await CallAsync(HttpMethod.Get, "/agents?limit=1", token, path: "/api/v1/agents")).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task At_the_API_too_it_is_no_bearer_token_and_a_bearer_token_is_no_bound_one()
    {
        var agent = await side.AgentAsync();
        var token = await TokenAsync(agent);
        using var rest = side.As(token);

        var bearer = (await rest.GetAsync("/agents/" + agent.Id)).Is(HttpStatusCode.Unauthorized, "unauthenticated");
        Assert.Contains("DPoP", bearer.Response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        using var keyed = side.As(null);
        (await keyed.SendAsync(HttpMethod.Get, "/agents/" + agent.Id, null, ("X-Api-Key", token))).Is(HttpStatusCode.Unauthorized);
        (await CallAsync(HttpMethod.Get, "/agents/" + agent.Id, await agent.TokenAsync())).Is(HttpStatusCode.Unauthorized, "unauthenticated");
    }

    [Fact]
    public async Task Keys_are_no_tokens_and_cannot_be_proven()
    {
        var agent = await side.AgentAsync();
        (await CallAsync(HttpMethod.Get, "/agents/" + agent.Id, agent.Key)).Is(HttpStatusCode.Unauthorized);
        (await CallAsync(HttpMethod.Get, "/agents/" + agent.Id, side.Organization.Key)).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_proof_is_checked_and_used_up_at_the_API_as_anywhere()
    {
        var agent = await side.AgentAsync();
        var (token, path) = (await TokenAsync(agent), "/api/v1/agents/" + agent.Id);

        (await CallAsync(HttpMethod.Get, "/agents/" + agent.Id, token, _key.Proof(HttpMethod.Get, path))).Is(HttpStatusCode.Unauthorized, "invalid_dpop_proof");
        (await CallAsync(HttpMethod.Get, "/agents/" + agent.Id, token, _key.Proof(HttpMethod.Get, path + "x", token))).Is(HttpStatusCode.Unauthorized, "invalid_dpop_proof");
        (await CallAsync(HttpMethod.Get, "/agents/" + agent.Id, token, _other.Proof(HttpMethod.Get, path, token))).Is(HttpStatusCode.Unauthorized, "unauthenticated");
        var stale = (await CallAsync(HttpMethod.Get, "/agents/" + agent.Id, token, _key.Proof(HttpMethod.Get, path, token, claims => claims["nonce"] = "x")))
            .Is(HttpStatusCode.Unauthorized, "use_dpop_nonce");
        Assert.Contains("error=\"use_dpop_nonce\"", stale.Response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        Assert.Single(stale.Response.Headers.GetValues("DPoP-Nonce"));

        var proof = _key.Proof(HttpMethod.Get, path, token);
        (await CallAsync(HttpMethod.Get, "/agents/" + agent.Id, token, proof)).Is(HttpStatusCode.OK);
        (await CallAsync(HttpMethod.Get, "/agents/" + agent.Id, token, proof)).Is(HttpStatusCode.Unauthorized, "invalid_dpop_proof");
    }

    [Fact]
    public async Task A_change_is_made_once_by_one_proof_however_many_send_it()
    {
        var agent = await side.AgentAsync();
        var token = await TokenAsync(agent);
        var proof = _key.Proof(HttpMethod.Post, "/api/v1/credentials", token);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => CallAsync(HttpMethod.Post, "/credentials", token, proof, new { agent_id = agent.Id })));

        Assert.Single(answers, answer => answer.Status == HttpStatusCode.Created);
        Assert.Equal(7, answers.Count(answer => answer.Status == HttpStatusCode.Unauthorized));
    }

    [Fact]
    public async Task A_refresh_token_that_stands_for_itself_is_bound_to_the_key()
    {
        var agent = await side.AgentAsync();
        var tokens = await AuthenticateAsync(agent);
        object refresh = new { grant_type = "refresh_token", refresh_token = Text(tokens, "refresh_token") };

        (await AuthAsync(_other, refresh)).Is(HttpStatusCode.BadRequest);
        (await side.AuthAsync(refresh)).Is(HttpStatusCode.BadRequest);

        var next = (await AuthAsync(_key, refresh)).Is(HttpStatusCode.OK).Json;
        Assert.Equal(("DPoP", _key.Thumbprint), (Text(next, "token_type"), KeyOf(Text(next, "access_token"))));
        (await AuthAsync(_other, new { grant_type = "refresh_token", refresh_token = Text(next, "refresh_token") })).Is(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Who_has_a_bound_token_but_neither_its_key_nor_a_delegation_cannot_exchange_it()
    {
        var (alice, bob, mallory) = (await side.AgentAsync(), await side.AgentAsync(), await side.AgentAsync());
        await alice.DelegatedAsync(bob, ["api.read"]);
        var token = await TokenAsync(alice);

        foreach (var answer in new[] { await mallory.ExchangeAsync(token), await ExchangeAsync(_other, mallory, token), await alice.ExchangeAsync(token), await ExchangeAsync(_other, alice, token) })
        {
            answer.Is(HttpStatusCode.BadRequest);
            Assert.Equal("invalid_request", Text(answer.Json, "error"));
        }

        (await bob.ExchangeAsync(token)).Is(HttpStatusCode.OK);

        Assert.Contains("subject_token_not_proven", await side.ReasonsAsync(AuditEventTypes.TokenRefused));
        var narrower = (await ExchangeAsync(_key, alice, token, ("scope", "api.read"))).Is(HttpStatusCode.OK).Json;
        Assert.Equal(("DPoP", _key.Thumbprint), (Text(narrower, "token_type"), KeyOf(Text(narrower, "access_token"))));
    }

    [Fact]
    public async Task An_actor_token_is_proven_too()
    {
        var (alice, bob) = (await side.AgentAsync(), await side.AgentAsync());
        await alice.DelegatedAsync(bob, ["api.read"]);
        (string, string)[] actor = [("actor_token", await TokenAsync(bob)), ("actor_token_type", ChainSide.AccessToken)];
        var token = await alice.TokenAsync();

        (await bob.ExchangeAsync(token, actor)).Is(HttpStatusCode.BadRequest);
        (await ExchangeAsync(_other, bob, token, actor)).Is(HttpStatusCode.BadRequest);
        Assert.Contains("actor_token_not_proven", await side.ReasonsAsync(AuditEventTypes.TokenRefused));

        var acting = (await ExchangeAsync(_key, bob, token, actor)).Is(HttpStatusCode.OK).Json;
        Assert.Equal(_key.Thumbprint, KeyOf(Text(acting, "access_token")));
    }

    [Fact]
    public async Task A_bearer_token_may_become_a_bound_one()
    {
        var alice = await side.AgentAsync();
        var bound = (await ExchangeAsync(_key, alice, await alice.TokenAsync())).Is(HttpStatusCode.OK).Json;
        Assert.Equal(_key.Thumbprint, KeyOf(Text(bound, "access_token")));
    }

    [Fact]
    public async Task What_was_delegated_is_bound_like_any_other_token()
    {
        var (alice, bob) = (await side.AgentAsync(), await side.AgentAsync());
        var delegation = await alice.DelegatedAsync(bob, ["api.read"]);
        var acting = (await AuthAsync(_key, new { grant_type = "agent_delegation", client_secret = bob.Key, delegation_id = delegation })).Is(HttpStatusCode.OK).Json;
        Assert.Equal(_key.Thumbprint, KeyOf(Text(acting, "access_token")));
    }

    private static string KeyOf(string token) => Text(Flows.Claims(token).GetProperty("cnf"), "jkt");

    private async Task<string> TokenAsync(KeyedAgent agent) => Text(await AuthenticateAsync(agent), "access_token");

    private async Task<JsonElement> AuthenticateAsync(KeyedAgent agent) =>
        (await AuthAsync(_key, new { grant_type = "client_credentials", client_secret = agent.Key })).Is(HttpStatusCode.OK).Json;

    /// <summary>At the agents' own door, with a nonce.</summary>
    private async Task<RestAnswer> AuthAsync(Prover sender, object body)
    {
        using var rest = side.As(null);
        await FreshenAsync(sender);
        return await rest.SendAsync(HttpMethod.Post, "/auth/token", body, ("DPoP", sender.Proof(HttpMethod.Post, Door)));
    }

    private async Task<RestAnswer> ExchangeAsync(Prover sender, KeyedAgent agent, string subject, params (string Name, string Value)[] more)
    {
        await FreshenAsync(sender);
        using var http = side.Server.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, Prover.Token)
        {
            Content = TokenSide.Form(
                [("grant_type", ChainSide.Exchange), ("client_secret", agent.Key), ("subject_token", subject), ("subject_token_type", ChainSide.AccessToken), .. more]),
        };
        request.Headers.Add("DPoP", sender.Proof(HttpMethod.Post, Prover.Token));
        return await RestAnswer.ReadAsync(await http.SendAsync(request));
    }

    private static async Task FreshenAsync(Prover sender)
    {
        if (sender.Nonce is null)
        {
            await sender.MachineTokenAsync();
        }
    }

    /// <param name="proof">Null: a good one.</param>
    private async Task<RestAnswer> CallAsync(HttpMethod method, string route, string token, string? proof = null, object? body = null, string? path = null)
    {
        using var rest = side.As(null);
        return await rest.SendAsync(
            method, route, body, ("Authorization", "DPoP " + token), ("DPoP", proof ?? _key.Proof(method, path ?? "/api/v1" + route, token)));
    }
}
