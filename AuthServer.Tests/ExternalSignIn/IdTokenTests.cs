using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using AuthServer.Jose;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.ExternalSignIn;

/// <summary>OpenID Connect Core §3.1.3.7, and RFC 8725.</summary>
public sealed class IdTokenTests(ExternalSide side) : IClassFixture<ExternalSide>, IAsyncLifetime
{
    public static TheoryData<string, string> Claims => new()
    {
        { "iss:https://honest.example", "issuer" },
        { "iss:SLASH", "issuer" },
        { "iss:UPPER", "issuer" },
        { "-iss", "issuer" },
        { "aud:another-client", "audience" },
        { "aud:AUTHSERVER-HERE", "audience" },
        { "aud:[]", "audience" },
        { "aud:BOTH", "audience" },
        { "-aud", "audience" },
        { "azp:another-client", "azp" },
        { "exp:-61", "expired" },
        { "-exp", "expired" },
        { "iat:-120", "issued_at" },
        { "iat:+120", "issued_at" },
        { "-iat", "issued_at" },
        { "nbf:+120", "not_yet" },
        { "nonce:another-nonce", "nonce" },
        { "-nonce", "nonce" },
        { "at_hash:AAAAAAAAAAAAAAAAAAAAAA", "at_hash" },
        { "sub:", "subject" },
        { "sub:LONG", "subject" },
        { "-sub", "subject" },
        { "auth_time:yesterday", "auth_time" },
    };

    public Task InitializeAsync()
    {
        side.Acme.Reset();
        return Task.CompletedTask;
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [MemberData(nameof(Claims))]
    public async Task A_token_that_says_something_else_is_refused(string change, string word)
    {
        if (change[0] == '-')
        {
            side.Acme.Without = [change[1..]];
        }
        else
        {
            var (name, value) = (change.Split(':', 2)[0], change.Split(':', 2)[1]);
            var now = side.Server.Clock.Now.ToUnixTimeSeconds();
            side.Acme.Claims = new JsonObject
            {
                [name] = value switch
                {
                    "SLASH" => side.Acme.Issuer + "/",
                    "UPPER" => side.Acme.Issuer.ToUpperInvariant(),
                    "BOTH" => new JsonArray(FakeOpenId.ClientId, "another-client"),
                    "[]" => new JsonArray(),
                    "LONG" => new string('s', 256),
                    _ when name is "exp" or "iat" or "nbf" => now + long.Parse(value, System.Globalization.CultureInfo.InvariantCulture),
                    _ => value,
                },
            };
        }

        using var browser = await side.ArriveAsync();
        await ExternalSide.AssertRefusedAsync(browser, "id_token_" + word);
    }

    [Theory]
    [InlineData("azp")]
    [InlineData("at_hash")]
    public async Task What_may_be_left_out_may_be_there(string name)
    {
        side.Acme.Claims = new JsonObject { ["azp"] = FakeOpenId.ClientId };
        side.Acme.Without = [name];
        using var browser = await side.ArriveAsync();

        Assert.Equal("/link", browser.Address.AbsolutePath);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("empty signature")]
    [InlineData("HS256 by the public key")]
    [InlineData("HS256 by the secret")]
    [InlineData("another key with the same kid")]
    [InlineData("unknown kid")]
    [InlineData("the key is in the header")]
    [InlineData("changed after it was signed")]
    [InlineData("no token")]
    [InlineData("of another type")]
    public async Task A_token_that_nobody_signed_is_refused(string how)
    {
        using var another = RSA.Create(2048);
        using var stranger = SigningKey.FromPkcs8(JwsAlgorithm.RS256, another.ExportPkcs8PrivateKey(), how == "unknown kid" ? "strange" : side.Acme.Key.KeyId);
        side.Acme.Write = claims => how switch
        {
            "none" or "None" => Unsigned(new JsonObject { ["alg"] = how }, claims) + ".",
            "empty signature" => Unsigned(new JsonObject { ["alg"] = "RS256", ["kid"] = side.Acme.Key.KeyId }, claims) + ".",
            "HS256 by the public key" => Hmac(claims, Encoding.UTF8.GetBytes(side.Acme.Key.PublicKey.ToPem())),
            "HS256 by the secret" => Hmac(claims, Encoding.UTF8.GetBytes(FakeOpenId.Secret)),
            "the key is in the header" => Embedded(claims, another),
            "changed after it was signed" => Changed(side.Acme.Sign(claims)),
            "no token" => "a.b.c",
            "of another type" => Jws.Sign(side.Acme.Key, "at+jwt", Encoding.UTF8.GetBytes(claims.ToJsonString())),
            _ => side.Acme.Sign(claims, stranger),
        };
        using var browser = await side.ArriveAsync();

        await ExternalSide.AssertRefusedAsync(browser, "id_token_signature");
    }

    [Theory]
    [InlineData("5 MB")]
    [InlineData("not JSON")]
    [InlineData("symmetric")]
    [InlineData("gone")]
    public async Task Keys_that_are_none_are_not_used(string how)
    {
        side.Acme.Discovery = new JsonObject { ["jwks_uri"] = $"{side.Acme.Issuer}/{Uri.EscapeDataString(how)}" };
        await using var acme = await FakeOpenId.StartAsync();
        acme.Host.Serve("/jwks", how switch
        {
            "5 MB" => $$"""{"keys":[],"more":"{{new string('x', 5_000_000)}}"}""",
            "symmetric" => """{"keys":[{"kty":"oct","k":"c2VjcmV0","kid":"1"}]}""",
            _ => "<html>",
        }, status: how == "gone" ? 404 : 200);
        await using var server = await Flows.StartAsync([.. ExternalSide.Provider(0, acme, ExternalSide.Id, ExternalSide.Title)]);
        using var browser = new TestBrowser(server);
        await browser.GoAsync("/sign-in");
        await browser.GoAsync((await acme.VisitAsync(await ExternalSide.SetOutAsync(browser))).AbsoluteUri);

        await ExternalSide.AssertRefusedAsync(browser, "provider_unreachable");
    }

    [Theory]
    [InlineData("jwks_uri", "http://169.254.169.254/latest/meta-data")]
    [InlineData("jwks_uri", "http://127.0.0.1:1/jwks")]
    [InlineData("token_endpoint", "http://127.0.0.1:1/token")]
    [InlineData("authorization_endpoint", "javascript:alert(1)")]
    [InlineData("authorization_endpoint", "http://plain.example/authorize")]
    [InlineData("token_endpoint", "https://x.example/{client_secret}")]
    [InlineData("issuer", "https://honest.example")]
    [InlineData("issuer", "/")]
    public async Task A_discovery_document_that_leads_elsewhere_is_none(string name, string value)
    {
        await using var acme = await FakeOpenId.StartAsync();
        acme.Discovery = new JsonObject { [name] = value == "/" ? acme.Issuer + "/" : value };
        await using var server = await Flows.StartAsync([.. ExternalSide.Provider(0, acme, ExternalSide.Id, ExternalSide.Title)]);
        using var browser = new TestBrowser(server);
        await browser.GoAsync("/sign-in");
        await browser.SubmitAsync(button: ExternalSide.Button);

        Assert.Equal(400, (int)browser.Response.StatusCode);
        Assert.Contains("cannot be reached", browser.Text, StringComparison.Ordinal);
        Assert.False(browser.Response.Headers.Contains("Refresh"));
    }

    [Fact]
    public async Task Keys_on_a_private_address_are_not_fetched()
    {
        await using var acme = await FakeOpenId.StartAsync();
        acme.Discovery = new JsonObject { ["jwks_uri"] = "https://127.0.0.1:8443/jwks" };
        await using var server = await Flows.StartAsync([.. ExternalSide.Provider(0, acme, ExternalSide.Id, ExternalSide.Title)]);
        using var browser = new TestBrowser(server);
        await browser.GoAsync("/sign-in");
        await browser.GoAsync((await acme.VisitAsync(await ExternalSide.SetOutAsync(browser))).AbsoluteUri);

        await ExternalSide.AssertRefusedAsync(browser, "provider_unreachable");
        Assert.Contains(server.Logs.All, line => line.Contains("private_address", StringComparison.Ordinal));
    }

    private static string Unsigned(JsonObject header, JsonObject claims) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header.ToJsonString())) + "." + Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims.ToJsonString()));

    private string Hmac(JsonObject claims, byte[] key)
    {
        var input = Unsigned(new JsonObject { ["alg"] = "HS256", ["typ"] = "JWT", ["kid"] = side.Acme.Key.KeyId }, claims);
        return $"{input}.{Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(input)))}";
    }

    private static string Embedded(JsonObject claims, RSA key)
    {
        var parameters = key.ExportParameters(false);
        var header = new JsonObject
        {
            ["alg"] = "RS256",
            ["jwk"] = new JsonObject { ["kty"] = "RSA", ["n"] = Base64Url.EncodeToString(parameters.Modulus), ["e"] = Base64Url.EncodeToString(parameters.Exponent) },
        };
        var input = Unsigned(header, claims);
        return $"{input}.{Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }

    private static string Changed(string token)
    {
        var parts = token.Split('.');
        var claims = JsonNode.Parse(Base64Url.DecodeFromChars(parts[1]))!.AsObject();
        claims["sub"] = "somebody-else";
        return $"{parts[0]}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims.ToJsonString()))}.{parts[2]}";
    }
}
