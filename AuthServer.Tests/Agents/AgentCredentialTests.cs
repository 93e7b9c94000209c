using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Jose;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Agents;

/// <summary>The signed identity document: anybody can verify it, and nobody can use it for anything else.</summary>
public sealed class AgentCredentialTests(ChainSide side) : IClassFixture<ChainSide>
{
    [Fact]
    public async Task It_says_who_the_agent_is_and_verifies_by_the_published_keys()
    {
        var agent = await side.AgentAsync();
        using var rest = agent.Rest();
        var answer = (await rest.GetAsync($"/agents/{agent.Id}/credential")).Is(HttpStatusCode.OK).Json;
        using var http = side.Server.CreateClient();
        Assert.True(JsonWebKeySet.TryParse(await http.GetByteArrayAsync(new Uri(Text(answer, "jwks_uri")).PathAndQuery), out var keys, out _));

        var verified = Jws.Verify(Text(answer, "credential"), JwsTyp.Of("agent-credential+jwt"), keys);
        Assert.True(verified.IsValid);
        var claims = ChainSide.Claims(Text(answer, "credential"));
        Assert.Equal((side.Server.Issuer, agent.Id, agent.ClientId), (Text(claims, "iss"), Text(claims, "sub"), Text(claims, "client_id")));
        Assert.Equal(("assistant", "root", "active"), (Text(claims, "agent_type"), Text(claims, "trust_level"), Text(claims, "status")));
        Assert.Equal((side.Organization.Id, "Acme AI"), (Text(claims.GetProperty("owner"), "id"), Text(claims.GetProperty("owner"), "name")));
        Assert.Equal(3600, claims.GetProperty("exp").GetInt64() - claims.GetProperty("iat").GetInt64());
        Assert.DoesNotContain("Grace Hopper", claims.GetRawText(), StringComparison.Ordinal);
        Assert.False(claims.TryGetProperty("cnf", out _) || claims.TryGetProperty("scope", out _));
    }

    [Fact]
    public async Task It_names_the_key_of_an_agent_that_has_one_and_no_owner_of_one_that_has_none()
    {
        using var key = SigningKey.Create(JwsAlgorithm.ES256);
        var keyed = await side.Organization.RegisterAsync(OrganizationSide.Agent(("jwks", JsonNode.Parse(TokenSide.Jwks([key])))));
        var answer = await side.Organization.GetAsync(AgentInstallation.PathOf(keyed, "/credential"));
        Assert.Equal(key.PublicKey.Thumbprint, Text(ChainSide.Claims(Text(answer, "credential")).GetProperty("cnf"), "jkt"));

        var started = await UnclaimedSide.StartAsync(side.Server);
        using var rest = side.As(Text(started, "api_key"));
        var own = (await rest.GetAsync($"/agents/{Text(started.GetProperty("agent"), "id")}/credential")).Is(HttpStatusCode.OK).Json;
        Assert.False(ChainSide.Claims(Text(own, "credential")).TryGetProperty("owner", out _));
    }

    [Fact]
    public async Task It_is_for_those_who_may_see_the_agent()
    {
        var (agent, peer, stranger) = (await side.AgentAsync(), await side.AgentAsync(), await side.AgentAsync());
        await agent.DelegatedAsync(peer, ["api.read"]);

        using (var rest = peer.Rest())
        {
            (await rest.GetAsync($"/agents/{agent.Id}/credential")).Is(HttpStatusCode.OK);
        }

        using (var rest = stranger.Rest())
        {
            (await rest.GetAsync($"/agents/{agent.Id}/credential")).Is(HttpStatusCode.NotFound);
        }

        using var nobody = side.As(null);
        (await nobody.GetAsync($"/agents/{agent.Id}/credential")).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task It_is_no_access_token_no_subject_no_actor_and_no_assertion()
    {
        var (agent, other) = (await side.AgentAsync(), await side.AgentAsync());
        using var rest = agent.Rest();
        var document = Text((await rest.GetAsync($"/agents/{agent.Id}/credential")).Is(HttpStatusCode.OK).Json, "credential");

        using (var bearer = side.As(document))
        {
            (await bearer.GetAsync("/agents/" + agent.Id)).Is(HttpStatusCode.Unauthorized);
        }

        Assert.False(await side.IsActiveAsync(agent, document));
        using (var nobody = side.As(null))
        {
            var verdict = (await nobody.PostAsync("/tokens/verify", new { token = document })).Is(HttpStatusCode.OK).Json;
            Assert.Equal((false, "token_invalid"), (verdict.GetProperty("allowed").GetBoolean(), Text(verdict, "reasonCode")));
        }

        Assert.Equal("invalid_request", Text((await other.ExchangeAsync(document)).Is(HttpStatusCode.BadRequest).Json, "error"));
        var token = await agent.TokenAsync();
        var acted = await other.ExchangeAsync(token, ("actor_token", document), ("actor_token_type", ChainSide.AccessToken));
        Assert.Equal(HttpStatusCode.BadRequest, acted.Status);
        var asserted = await side.AuthAsync(new
        {
            grant_type = "client_credentials",
            client_id = agent.ClientId,
            client_assertion = document,
            client_assertion_type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        });
        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_client"), (asserted.Status, Text(asserted.Json, "error")));
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
