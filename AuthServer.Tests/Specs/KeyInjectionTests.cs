using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Jose;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Specs;

/// <summary>Keys and metadata that somebody else would like this server, or those who read it, to believe.</summary>
[Trait("negative", "53")]
public sealed class KeyInjectionTests(McpSide side) : IClassFixture<McpSide>
{
    private const string PrivateKey =
        """{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}""";

    [Theory]
    [InlineData("/.well-known/openid-configuration/elsewhere.example")]
    [InlineData("/.well-known/oauth-authorization-server/elsewhere.example")]
    [InlineData("/elsewhere.example/.well-known/openid-configuration")]
    public async Task There_is_no_metadata_of_an_issuer_that_this_server_is_not(string path)
    {
        using var http = side.Server.CreateClient();
        using var answer = await http.GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Theory]
    [InlineData("?issuer=https://elsewhere.example")]
    [InlineData("?iss=https://elsewhere.example&jwks_uri=https://elsewhere.example/keys")]
    public async Task Nothing_in_the_request_gets_into_the_metadata(string query)
    {
        var plain = (await side.SendAsync(HttpMethod.Get, "/.well-known/openid-configuration")).Body;
        var asked = (await side.SendAsync(HttpMethod.Get, "/.well-known/openid-configuration" + query)).Body;

        Assert.Equal(plain.GetRawText(), asked.GetRawText());
        Assert.Equal(side.Server.Issuer, asked.GetProperty("issuer").GetString());
        Assert.StartsWith(side.Server.Issuer + "/", asked.GetProperty("jwks_uri").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_says_nothing_of_itself_that_is_not_its_to_say()
    {
        var (status, body, _) = await side.RegisterAsync(new JsonObject
        {
            ["redirect_uris"] = new JsonArray(McpSide.Callback),
            ["token_endpoint_auth_method"] = "none",
            ["client_id"] = "authserver",
            ["client_secret"] = "chosen",
            ["registration_client_uri"] = "https://elsewhere.example",
            ["issuer"] = "https://elsewhere.example",
            ["agent_type"] = "orchestrator",
        });

        Assert.Equal(201, status);
        Assert.NotEqual("authserver", body.GetProperty("client_id").GetString());
        Assert.DoesNotContain("elsewhere.example", body.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("chosen", body.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("orchestrator", body.GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"keys":[]}""")]
    [InlineData("no key set")]
    [InlineData(null)]
    public async Task What_makes_the_server_look_for_a_newer_key_does_not_drive_out_the_known_one(string? published)
    {
        var (good, thiefs) = (SigningKey.Create(JwsAlgorithm.ES256), SigningKey.Create(JwsAlgorithm.ES256));
        var (id, path, code) = await SignerAsync(Keys(good));
        (string, string?)[] redeem = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", McpSide.Callback), ("code_verifier", Flows.Verifier)];
        using (var signed = await SignedAsync(id, good, redeem))
        {
            Assert.True(signed.IsSuccessStatusCode, await signed.Content.ReadAsStringAsync());
        }

        // The host is down, or answers nonsense, when somebody signs with a key that nobody knows.
        side.Host.Serve(path, published ?? "", status: published is null ? 503 : 200);
        side.Server.Clock.Advance(TimeSpan.FromMinutes(2));
        for (var i = 0; i < 3; i++)
        {
            using var forged = await SignedAsync(id, thiefs, ("grant_type", "refresh_token"), ("refresh_token", "x"));
            await Flows.AssertErrorAsync(forged, 401, "invalid_client");
        }

        Assert.Equal(2, side.Host.Asked(path));
        using var still = await SignedAsync(id, good, ("grant_type", "refresh_token"), ("refresh_token", "x"));
        await Flows.AssertErrorAsync(still, 400, "invalid_grant");
    }

    [Fact]
    public async Task The_keys_of_one_client_prove_no_other()
    {
        var (ones, others) = (SigningKey.Create(JwsAlgorithm.ES256), SigningKey.Create(JwsAlgorithm.ES256));
        var (one, _, _) = await SignerAsync(Keys(ones));
        var (other, _, code) = await SignerAsync(Keys(others));

        using var crossed = await SignedAsync(other, ones, ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", McpSide.Callback), ("code_verifier", Flows.Verifier));

        Assert.NotEqual(one, other);
        await Flows.AssertErrorAsync(crossed, 401, "invalid_client");
    }

    [Theory]
    [InlineData("use", "enc")]
    [InlineData("use", "")]
    [InlineData("private", null)]
    public async Task A_key_that_is_not_for_signatures_or_not_only_public_proves_nothing(string what, string? value)
    {
        var key = SigningKey.Create(JwsAlgorithm.ES256);
        var set = JsonNode.Parse(Keys(key))!.AsObject();
        if (what == "use")
        {
            set["keys"]![0]!["use"] = value;
        }
        else
        {
            set["keys"]!.AsArray().Add(JsonNode.Parse(PrivateKey));
        }

        var (id, _, code) = await SignerAsync(set.ToJsonString());

        using var signed = await SignedAsync(id, key, ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", McpSide.Callback), ("code_verifier", Flows.Verifier));

        await Flows.AssertErrorAsync(signed, 401, "invalid_client");
    }

    [Fact]
    public async Task A_private_key_or_one_for_encryption_is_registered_for_nobody()
    {
        var organization = await OrganizationSide.CreateAsync(side.Server);
        var agent = await organization.RegisterAsync();
        var encrypts = JsonNode.Parse(Keys(SigningKey.Create(JwsAlgorithm.ES256)))!["keys"]![0]!.AsObject();
        encrypts["use"] = "enc";
        foreach (var key in new[] { PrivateKey, encrypts.ToJsonString() })
        {
            var (status, body, _) = await side.RegisterAsync(JsonNode.Parse(
                $$"""{"redirect_uris":["{{McpSide.Callback}}"],"token_endpoint_auth_method":"private_key_jwt","jwks":{"keys":[{{key}}]} }""")!);
            Assert.Equal((400, "invalid_client_metadata"), (status, body.GetProperty("error").GetString()));
            await organization.AskAsync(HttpMethod.Post, "/api/v1/agents", $$"""{"name":"Signer","jwks":{"keys":[{{key}}]} }""", HttpStatusCode.BadRequest);
            await organization.AskAsync(HttpMethod.Put, $"/api/v1/agents/{agent.GetProperty("id").GetString()}/jwks", $$"""{"keys":[{{key}}]}""", HttpStatusCode.BadRequest);
        }
    }

    /// <summary>A client that publishes these keys, their path, and a code that a person let it have.</summary>
    private async Task<(string Id, string Path, string Code)> SignerAsync(string keys)
    {
        var name = Guid.NewGuid().ToString("N");
        var path = $"/{name}-keys.json";
        side.Host.Serve(path, keys, "max-age=3600");
        var id = side.Publish($"/{name}.json", document =>
        {
            document["token_endpoint_auth_method"] = "private_key_jwt";
            document["jwks_uri"] = side.Host.At(path).AbsoluteUri;
        });
        using var browser = new TestBrowser(side.Server);
        return (id, path, (await Flows.AuthorizeAsync(browser, id, McpSide.Callback, ("scope", "tools.call"), ("resource", McpSide.Mcp)))["code"]);
    }

    private Task<HttpResponseMessage> SignedAsync(string clientId, SigningKey key, params (string Name, string? Value)[] form)
    {
        var now = side.Server.Clock.Now.ToUnixTimeSeconds();
        var claims = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object>
        {
            ["iss"] = clientId,
            ["sub"] = clientId,
            ["aud"] = side.Server.Issuer,
            ["jti"] = Guid.NewGuid().ToString(),
            ["iat"] = now,
            ["exp"] = now + 60,
        });
        return Flows.TokenAsync(
            side.Server, clientId, null,
            [.. form, ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"), ("client_assertion", Jws.Sign(key, "JWT", claims))]);
    }

    private static string Keys(SigningKey key) => Encoding.UTF8.GetString(new JsonWebKeySet([key.PublicKey]).ToUtf8());
}
