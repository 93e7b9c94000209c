using System.Net;
using System.Text.Json.Nodes;
using AuthServer.Audit;
using AuthServer.Jose;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using static AuthServer.Tests.Support.TokenSide;

namespace AuthServer.Tests.Specs;

/// <summary>RFC 9449 §4, §5 and §8: proofs at the token endpoint.</summary>
[Trait("negative", "47")]
public sealed class Rfc9449TokenEndpointTests(TokenSide side) : IClassFixture<TokenSide>, IDisposable
{
    private static readonly (string, string?)[] Own = [("grant_type", "client_credentials")];

    private readonly Prover _client = new(side.Server);

    private long Now => side.Server.Clock.Now.ToUnixTimeSeconds();

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task A_proof_binds_the_token_to_its_key()
    {
        using var response = await _client.TokenAsync("machine", Own);

        var answer = await OkAsync(response);
        Assert.Equal("DPoP", Text(answer, "token_type"));
        Assert.Equal(_client.Thumbprint, Text(Flows.Claims(Text(answer, "access_token")).GetProperty("cnf"), "jkt"));
        var id = Text(Flows.Claims(Text(answer, "access_token")), "jti");
        var issued = Assert.Single(await side.Server.TrailAsync(AuditEventTypes.TokenIssued), entry => entry.Id == id);
        Assert.Equal(_client.Thumbprint, JsonNode.Parse(issued.Detail!)!["jkt"]!.GetValue<string>());
    }

    [Fact]
    public async Task Without_a_proof_the_token_is_a_bearer_token()
    {
        using var response = await Prover.AskAsync(side.Server, "machine", null, Own);

        var answer = await OkAsync(response);
        Assert.Equal("Bearer", Text(answer, "token_type"));
        Assert.False(Flows.Claims(Text(answer, "access_token")).TryGetProperty("cnf", out _));
        Assert.False(response.Headers.Contains("DPoP-Nonce"));
    }

    [Theory]
    [InlineData(JwsAlgorithm.ES256)]
    [InlineData(JwsAlgorithm.ES384)]
    [InlineData(JwsAlgorithm.RS256)]
    [InlineData(JwsAlgorithm.PS256)]
    public async Task Every_algorithm_that_discovery_shows_is_accepted(JwsAlgorithm algorithm)
    {
        using var client = new Prover(side.Server, algorithm);
        using var http = side.Server.CreateClient();
        using var metadata = await http.GetAsync("/.well-known/oauth-authorization-server");
        Assert.Contains(algorithm.Name(), Texts(await OkAsync(metadata), "dpop_signing_alg_values_supported"));

        Assert.Equal(client.Thumbprint, Text(Flows.Claims(await client.MachineTokenAsync()).GetProperty("cnf"), "jkt"));
    }

    private static string[] Texts(System.Text.Json.JsonElement json, string name) => AgentSide.Texts(json, name);
}
