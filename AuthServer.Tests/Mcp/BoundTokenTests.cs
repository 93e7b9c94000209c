using System.Net;
using AuthServer.Tests.Support;
using static AuthServer.Tests.Support.AgentSide;

namespace AuthServer.Tests.Mcp;

/// <summary>RFC 9449 at the MCP server: a token that is bound to a key calls tools with a proof for each request, and not without.</summary>
[Trait("negative", "47")]
public sealed class BoundTokenTests(ChainSide side) : IClassFixture<ChainSide>, IDisposable
{
    private const string Door = "/api/v1/auth/token";
    private const string Mcp = "/mcp";

    private readonly Prover _key = new(side.Server);

    public void Dispose() => _key.Dispose();

    [Fact]
    public async Task It_calls_tools_with_a_proof_for_each_request()
    {
        var token = await TokenAsync();
        for (var i = 0; i < 2; i++)
        {
            Assert.True((await With(token, _key.Proof(HttpMethod.Post, Mcp, token)).ResultAsync("list_agents")).GetProperty("meta").GetProperty("total").GetInt32() > 0);
        }
    }

    [Fact]
    public async Task A_proof_is_good_once_for_this_address_this_method_and_this_token()
    {
        var (token, other) = (await TokenAsync(), await TokenAsync());
        var used = _key.Proof(HttpMethod.Post, Mcp, token);
        await With(token, used).ResultAsync("list_agents");
        using var thief = new Prover(side.Server);

        foreach (var (proof, error) in new[]
        {
            (used, "invalid_dpop_proof"),
            (_key.Proof(HttpMethod.Post, "/mcp/oauth", token), "invalid_dpop_proof"),
            (_key.Proof(HttpMethod.Get, Mcp, token), "invalid_dpop_proof"),
            (_key.Proof(HttpMethod.Post, Mcp, other), "invalid_dpop_proof"),
            (thief.Proof(HttpMethod.Post, Mcp, token), "invalid_token"),
            (null, "invalid_dpop_proof"),
        })
        {
            var answer = await With(token, proof).CallAsync("list_agents");
            Assert.Equal(HttpStatusCode.Unauthorized, answer.Status);
            Assert.StartsWith("DPoP algs=\"", answer.Challenge, StringComparison.Ordinal);
            Assert.Contains($"error=\"{error}\"", answer.Challenge, StringComparison.Ordinal);
            Assert.Contains($"resource_metadata=\"{side.Server.Issuer}/.well-known/oauth-protected-resource/mcp\"", answer.Challenge, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task It_is_no_bearer_token_neither_in_the_header_nor_among_the_arguments()
    {
        var token = await TokenAsync();
        var bearer = await new McpCalls(side.Server, token).CallAsync("list_agents");
        Assert.Equal(HttpStatusCode.Unauthorized, bearer.Status);
        Assert.Contains("error=\"invalid_token\"", bearer.Challenge, StringComparison.Ordinal);
        Assert.Contains("scope=\"agents.read\"", bearer.Challenge, StringComparison.Ordinal);
        (await new McpCalls(side.Server).CallAsync("list_agents", new { access_token = token })).Fails(401, "unauthenticated");
    }

    [Fact]
    public async Task Over_a_proven_connection_too_the_tools_that_give_tokens_give_them()
    {
        var (agent, token) = (await side.AgentAsync(), await TokenAsync());
        var given = await With(token, _key.Proof(HttpMethod.Post, Mcp, token)).ResultAsync("authenticate", new { api_key = agent.Key });
        Assert.Equal("Bearer", Text(given, "token_type"));
        await With(token, _key.Proof(HttpMethod.Post, Mcp, token)).ResultAsync("refresh_token", new { refresh_token_value = Text(given, "refresh_token") });
    }

    [Fact]
    public async Task Quickstart_makes_no_agent_for_a_proof_that_is_not_good_and_binds_its_tokens_to_one_that_is()
    {
        using var rest = side.As(null);
        object said = new { name = $"proven {Guid.NewGuid():N}", agent_type = "tool" };
        const string path = "/api/v1/agents/quickstart";
        using var key = new Prover(side.Server);
        (await rest.SendAsync(HttpMethod.Post, "/agents/quickstart", said, ("DPoP", key.Proof(HttpMethod.Post, path)))).Is(HttpStatusCode.BadRequest, "use_dpop_nonce");

        await key.MachineTokenAsync();
        var made = (await rest.SendAsync(HttpMethod.Post, "/agents/quickstart", said, ("DPoP", key.Proof(HttpMethod.Post, path)))).Is(HttpStatusCode.Created).Json;
        Assert.Equal("DPoP", Text(made.GetProperty("token"), "token_type"));
        Assert.Equal(key.Thumbprint, Text(ChainSide.Claims(Text(made.GetProperty("token"), "access_token")).GetProperty("cnf"), "jkt"));
    }

    [Fact]
    public async Task The_metadata_of_the_resource_says_that_proofs_are_understood()
    {
        using var http = side.Server.CreateClient();
        using var response = await http.GetAsync("/.well-known/oauth-protected-resource/mcp");
        Assert.Contains("ES256", (await TestServer.JsonAsync(response)).GetProperty("dpop_signing_alg_values_supported").EnumerateArray().Select(name => name.GetString()));
    }

    private McpCalls With(string token, string? proof) => new(side.Server) { Headers = [("Authorization", "DPoP " + token), ("DPoP", proof)] };

    private async Task<string> TokenAsync()
    {
        var agent = await side.AgentAsync();
        await _key.MachineTokenAsync();
        using var rest = side.As(null);
        object said = new { grant_type = "client_credentials", client_secret = agent.Key, resource = side.Server.Issuer + Mcp };
        return Text((await rest.SendAsync(HttpMethod.Post, "/auth/token", said, ("DPoP", _key.Proof(HttpMethod.Post, Door)))).Is(HttpStatusCode.OK).Json, "access_token");
    }
}
