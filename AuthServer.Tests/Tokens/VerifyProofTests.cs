using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Tests.Support;
using static AuthServer.Tests.Support.AgentSide;

namespace AuthServer.Tests.Tokens;

/// <summary><c>POST /api/v1/tokens/verify</c> for tokens that are bound to a key: what an API that received one with a proof may ask.</summary>
[Trait("negative", "47")]
public sealed class VerifyProofTests(AgentSide side) : IClassFixture<AgentSide>, IDisposable
{
    private const string Api = "https://mail.example/messages";

    private readonly Prover _key = new(side.Server);

    public void Dispose() => _key.Dispose();

    [Fact]
    public async Task With_the_proof_the_answer_is_the_whole_of_it()
    {
        var verified = await VerifyAsync(await TokenAsync(), Proof());
        Assert.True(verified.GetProperty("allowed").GetBoolean());
        Assert.Equal(("DPoP", _key.Thumbprint), (Text(verified, "tokenType"), Text(verified.GetProperty("cnf"), "jkt")));
    }

    [Fact]
    public async Task Without_the_proof_a_resource_server_is_told_the_key_and_a_stranger_nothing()
    {
        var token = await TokenAsync();
        var told = await side.VerifyAsync(token, ["email:read"], null, side.DeveloperKey);
        Assert.True(told.GetProperty("allowed").GetBoolean());
        Assert.Equal(_key.Thumbprint, Text(told.GetProperty("cnf"), "jkt"));

        var stranger = await side.VerifyAsync(token, ["email:read"]);
        Assert.Equal((false, "proof_required"), (stranger.GetProperty("allowed").GetBoolean(), Text(stranger, "reasonCode")));
        Assert.False(stranger.TryGetProperty("userId", out _));
        Assert.True((await VerifyAsync(token, Proof(), authenticated: false)).GetProperty("allowed").GetBoolean());
    }

    [Fact]
    public async Task A_proof_of_another_request_key_token_or_nonce_is_refused_and_the_trail_says_why()
    {
        var (token, another) = (await TokenAsync(), await TokenAsync());
        using var thief = new Prover(side.Server);

        await RefusedAsync(token, Proof(method: "POST"), "dpop_htm");
        await RefusedAsync(token, Proof(address: Api + "/1"), "dpop_htu");
        await RefusedAsync(token, Proof(sender: thief), "dpop_key_of_another");
        await RefusedAsync(token, Proof(hashOf: another), "dpop_ath");
        await RefusedAsync(token, Proof(nonce: "wanted"), "dpop_nonce");
        await RefusedAsync(token, t => new JsonObject { ["proof"] = "x", ["htm"] = "GET", ["htu"] = Api }, "dpop_malformed");
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("DELETE")]
    public async Task A_proof_is_used_once(string method)
    {
        var token = await TokenAsync();
        var said = Proof(method: method, htm: method)(token);
        Assert.True((await VerifyAsync(token, _ => said.DeepClone().AsObject())).GetProperty("allowed").GetBoolean());
        await RefusedAsync(token, _ => said, "dpop_proof_replayed");
    }

    [Fact]
    public async Task A_bearer_token_with_a_proof_is_refused()
    {
        var (tokens, _, _) = await side.ConsentedAsync();
        await RefusedAsync(Text(tokens, "accessToken"), Proof(), "bearer_token_as_dpop");
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"proof":"x","htm":"GET"}""")]
    [InlineData("""{"proof":"x","htm":"GET","htu":"/messages"}""")]
    [InlineData("""{"proof":"","htm":"GET","htu":"https://mail.example"}""")]
    public async Task What_is_no_proof_of_a_request_is_a_mistake(string said)
    {
        var answer = await side.AskAsync(
            "/api/v1/tokens/verify", new JsonObject { ["token"] = await TokenAsync(), ["dpop"] = JsonNode.Parse(said) }, HttpStatusCode.BadRequest, side.DeveloperKey);
        Assert.True(answer.GetProperty("errors").TryGetProperty("dpop", out _));
    }

    [Fact]
    public async Task The_REST_doors_bind_tokens_too_and_say_so()
    {
        var (browser, userId) = await side.PersonAsync();
        var code = (await AllowAsync(browser, await side.FileAsync(userId)))["code"];
        var body = new JsonObject { ["code"] = code, ["clientId"] = side.ClientId, ["clientSecret"] = side.ClientSecret };
        await _key.MachineTokenAsync();
        using var asked = await side.PostAsync("/api/v1/tokens/exchange", body, ("DPoP", _key.Proof(HttpMethod.Post, "/api/v1/tokens/exchange", claims: claims => claims.Remove("nonce"))));
        Assert.Equal("use_dpop_nonce", Text(await ReadAsync(asked, HttpStatusCode.BadRequest), "code"));
        Assert.Single(asked.Headers.GetValues("DPoP-Nonce"));

        var tokens = await side.AskAsync("/api/v1/tokens/exchange", body, HttpStatusCode.OK, ("DPoP", _key.Proof(HttpMethod.Post, "/api/v1/tokens/exchange")));
        Assert.Equal(("DPoP", _key.Thumbprint), (Text(tokens, "tokenType"), Text(Flows.Claims(Text(tokens, "accessToken")).GetProperty("cnf"), "jkt")));

        var refresh = new JsonObject { ["refreshToken"] = Text(tokens, "refreshToken"), ["clientId"] = side.ClientId, ["clientSecret"] = side.ClientSecret };
        await side.AskAsync("/api/v1/tokens/refresh", refresh, HttpStatusCode.BadRequest);
        Assert.Equal("DPoP", Text(
            await side.AskAsync("/api/v1/tokens/refresh", refresh, HttpStatusCode.OK, ("DPoP", _key.Proof(HttpMethod.Post, "/api/v1/tokens/refresh"))), "tokenType"));
    }

    private async Task<string> TokenAsync()
    {
        var (browser, userId) = await side.PersonAsync();
        var code = (await AllowAsync(browser, await side.FileAsync(userId)))["code"];
        await _key.MachineTokenAsync();
        var body = new JsonObject { ["code"] = code, ["clientId"] = side.ClientId, ["clientSecret"] = side.ClientSecret };
        return Text(
            await side.AskAsync("/api/v1/tokens/exchange", body, HttpStatusCode.OK, ("DPoP", _key.Proof(HttpMethod.Post, "/api/v1/tokens/exchange"))), "accessToken");
    }

    /// <summary>What a resource server says of a request: a good proof for reading a message, changed.</summary>
    private Func<string, JsonObject> Proof(
        string method = "GET", string address = Api, Prover? sender = null, string? hashOf = null, string? nonce = null, string htm = "GET") => token =>
    {
        var said = new JsonObject
        {
            ["proof"] = (sender ?? _key).Proof(new HttpMethod(method), "", hashOf ?? token, claims => claims["htu"] = address),
            ["htm"] = htm,
            ["htu"] = Api + "?page=2",
        };
        if (nonce is not null)
        {
            said["nonce"] = nonce;
        }

        return said;
    };

    private Task<JsonElement> VerifyAsync(string token, Func<string, JsonObject> proof, bool authenticated = true) =>
        side.VerifyAsync(token, ["email:read"], new JsonObject { ["dpop"] = proof(token) }, authenticated ? [side.DeveloperKey] : []);

    private async Task RefusedAsync(string token, Func<string, JsonObject> proof, string reason)
    {
        var before = (await side.Server.TrailAsync("token.verified")).Select(row => row.Id).ToHashSet();
        var verified = await VerifyAsync(token, proof);
        Assert.Equal((false, "proof_invalid"), (verified.GetProperty("allowed").GetBoolean(), Text(verified, "reasonCode")));
        var told = Assert.Single(await side.Server.TrailAsync("token.verified"), row => !before.Contains(row.Id));
        Assert.Equal(("proof_invalid", reason), (told.Reason, Text(JsonElement.Parse(told.Detail!), "fault")));
    }
}
