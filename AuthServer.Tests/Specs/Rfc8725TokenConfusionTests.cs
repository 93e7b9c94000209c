using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using AuthServer.Jose;
using AuthServer.Keys;
using AuthServer.Tests.Jose;
using AuthServer.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using static AuthServer.Tests.Support.TokenSide;

namespace AuthServer.Tests.Specs;

/// <summary>RFC 8725: forged tokens, and good tokens of one kind in the place of another, at every endpoint that takes one.</summary>
public sealed class Rfc8725TokenConfusionTests(TokenSide side) : IClassFixture<TokenSide>
{
    private SigningKey Signing => side.Server.Services.GetRequiredService<SigningKeys>().Current(JwsAlgorithm.ES256);

    [Fact]
    [Trait("negative", "38")]
    public async Task An_unsigned_token_is_refused()
    {
        var parts = (await TokenAsync()).Split('.');
        foreach (var header in new[] { """{"alg":"none","typ":"at+jwt"}""", """{"alg":"None","typ":"at+jwt"}""", """{"alg":"","typ":"at+jwt"}""", """{"typ":"at+jwt"}""" })
        {
            await RefusedAsync($"{TestTokens.Encode(header)}.{parts[1]}.");
            await RefusedAsync($"{TestTokens.Encode(header)}.{parts[1]}.{parts[2]}");
        }

        await RefusedAsync($"{parts[0]}.{parts[1]}.");
        await RefusedAsync($"{parts[0]}.{parts[1]}");
    }

    [Fact]
    [Trait("negative", "38")]
    public async Task A_token_signed_by_hmac_with_what_everybody_knows_is_refused()
    {
        using var jwks = await side.SendAsync(HttpMethod.Get, "/.well-known/jwks");
        var document = await jwks.Content.ReadAsByteArrayAsync();
        var payload = (await TokenAsync()).Split('.')[1];
        foreach (var algorithm in new[] { "HS256", "HS384", "HS512" })
        {
            var input = TestTokens.Encode($$"""{"alg":"{{algorithm}}","typ":"at+jwt","kid":"{{Signing.KeyId}}"}""") + "." + payload;
            await RefusedAsync($"{input}.{Base64Url.EncodeToString(HMACSHA256.HashData(document, Encoding.ASCII.GetBytes(input)))}");
        }
    }

    [Theory]
    [InlineData("""{"alg":"RSA1_5","enc":"A128CBC-HS256","typ":"at+jwt"}""")]
    [InlineData("""{"alg":"dir","enc":"A256GCM","zip":"DEF","typ":"at+jwt"}""")]
    [InlineData("""{"alg":"PBES2-HS512+A256KW","enc":"A256GCM","p2c":2147483647,"p2s":"AAAA","typ":"at+jwt"}""")]
    [Trait("negative", "42")]
    public async Task An_encrypted_token_is_refused_unopened(string header) =>
        await RefusedAsync($"{TestTokens.Encode(header)}.AAAA.AAAA.{(await TokenAsync()).Split('.')[1]}.AAAA");

    [Fact]
    [Trait("negative", "38")]
    public async Task A_changed_token_is_refused()
    {
        var parts = (await TokenAsync()).Split('.');
        var claims = JsonNode.Parse(Base64Url.DecodeFromChars(parts[1]))!;
        claims["scope"] = "things.read things.write admin";
        await RefusedAsync($"{parts[0]}.{TestTokens.Encode(claims.ToJsonString())}.{parts[2]}");
        await RefusedAsync($"{parts[0]}.{parts[1]}.{(parts[2][0] == 'A' ? 'B' : 'A')}{parts[2][1..]}");
        await RefusedAsync($"{parts[0]}.{parts[1]}.{parts[2]}=");
        await RefusedAsync($"{parts[0]}.{parts[1]}.{Base64Url.EncodeToString(new byte[64])}");
    }

    [Theory]
    [Trait("negative", "38")]
    [InlineData(""","crit":["exp"]""")]
    [InlineData(""","b64":false""")]
    [InlineData(""","jku":"https://attacker.example/jwks" """)]
    [InlineData(""","x5u":"https://attacker.example/cert" """)]
    [InlineData(""","x5c":["AAAA"]""")]
    [InlineData(""","jwk":{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}""")]
    public async Task Even_a_genuine_signature_does_not_excuse_such_a_header(string more)
    {
        var payload = Encoding.UTF8.GetString(Base64Url.DecodeFromChars((await TokenAsync()).Split('.')[1]));
        await RefusedAsync(TestTokens.Sign(Signing, $$"""{"alg":"ES256","typ":"at+jwt","kid":"{{Signing.KeyId}}"{{more}}}""", payload));
    }

    [Fact]
    [Trait("negative", "38")]
    public async Task An_embedded_key_is_not_believed()
    {
        using var own = SigningKey.Create(JwsAlgorithm.ES256);
        var jwk = JsonNode.Parse(new JsonWebKeySet([own.PublicKey]).ToUtf8())!["keys"]![0]!.ToJsonString();
        var payload = Encoding.UTF8.GetString(Base64Url.DecodeFromChars((await TokenAsync()).Split('.')[1]));
        await RefusedAsync(TestTokens.Sign(own, $$"""{"alg":"ES256","typ":"at+jwt","jwk":{{jwk}}}""", payload));
        await RefusedAsync(TestTokens.Sign(own, $$"""{"alg":"ES256","typ":"at+jwt","kid":"{{Signing.KeyId}}"}""", payload));
    }

    [Theory]
    [Trait("negative", "39")]
    [InlineData("../../keys/master.key")]
    [InlineData("/dev/null")]
    [InlineData("' OR 1=1 --")]
    [InlineData("https://attacker.example/key")]
    [InlineData("")]
    [InlineData("x\\u0000y")]
    public async Task A_key_id_cannot_lead_to_another_key(string keyId)
    {
        using var own = SigningKey.Create(JwsAlgorithm.ES256);
        var payload = Encoding.UTF8.GetString(Base64Url.DecodeFromChars((await TokenAsync()).Split('.')[1]));
        await RefusedAsync(TestTokens.Sign(own, $$"""{"alg":"ES256","typ":"at+jwt","kid":"{{keyId}}"}""", payload));
        await RefusedAsync(TestTokens.Sign(Signing, $$"""{"alg":"ES256","typ":"at+jwt","kid":"{{keyId}}"}""", payload));
    }

    [Fact]
    [Trait("negative", "39")]
    public async Task A_key_id_that_is_endless_or_stands_twice_is_refused()
    {
        var payload = Encoding.UTF8.GetString(Base64Url.DecodeFromChars((await TokenAsync()).Split('.')[1]));
        await RefusedAsync(TestTokens.Sign(Signing, $$"""{"alg":"ES256","typ":"at+jwt","kid":"{{new string('x', 3000)}}"}""", payload));
        await RefusedAsync(TestTokens.Sign(Signing, $$"""{"alg":"ES256","typ":"at+jwt","kid":"{{Signing.KeyId}}","kid":"{{Signing.KeyId}}"}""", payload));
    }

    [Fact]
    [Trait("negative", "40")]
    public async Task An_id_token_is_no_access_token()
    {
        var tokens = await side.TokensAsync();
        await RefusedAsync(Text(tokens, "id_token"));
    }

    [Theory]
    [Trait("negative", "40")]
    [InlineData("JWT")]
    [InlineData("logout+jwt")]
    [InlineData("client-authentication+jwt")]
    [InlineData("dpop+jwt")]
    [InlineData("oauth-authz-req+jwt")]
    [InlineData("oauth-id-jag+jwt")]
    [InlineData("secevent+jwt")]
    [InlineData("at")]
    public async Task A_token_of_ours_with_another_type_is_no_access_token(string type)
    {
        var payload = Encoding.UTF8.GetString(Base64Url.DecodeFromChars((await TokenAsync()).Split('.')[1]));
        await RefusedAsync(TestTokens.Sign(Signing, $$"""{"alg":"ES256","typ":"{{type}}","kid":"{{Signing.KeyId}}"}""", payload));
    }

    [Fact]
    [Trait("negative", "40")]
    public async Task A_client_assertion_is_no_access_token_and_an_access_token_no_assertion()
    {
        await RefusedAsync(side.Assertion());

        using var granted = await side.AssertAsync(side.Assertion());
        using var asAssertion = await side.AssertAsync(Text(await OkAsync(granted), "access_token"));
        await Flows.AssertErrorAsync(asAssertion, 401, "invalid_client");
    }

    [Fact]
    [Trait("negative", "40")]
    public async Task A_refresh_token_or_a_code_is_no_access_token()
    {
        var tokens = await side.TokensAsync();
        foreach (var token in new[] { Text(tokens, "refresh_token"), await side.CodeAsync() })
        {
            using var userInfo = await side.UserInfoAsync(token);
            Assert.Equal(HttpStatusCode.Unauthorized, userInfo.StatusCode);
        }
    }

    [Fact]
    [Trait("negative", "40")]
    public async Task An_access_token_is_no_id_token_hint()
    {
        var tokens = await side.TokensAsync();

        await side.Browser.GoAsync(Flows.AuthorizeUrl("web", Flows.WebRedirect, ("prompt", "none"), ("id_token_hint", Text(tokens, "access_token"))));
        Assert.Equal("invalid_request", Flows.Query(side.Browser.Left!)["error"]);

        await side.Browser.GoAsync(Flows.AuthorizeUrl("web", Flows.WebRedirect, ("prompt", "none"), ("id_token_hint", Text(tokens, "id_token"))));
        Assert.Contains("code", Flows.Query(side.Browser.Left!));
    }

    [Fact]
    [Trait("negative", "40")]
    public async Task A_token_of_another_issuer_under_our_key_is_refused()
    {
        var claims = JsonNode.Parse(Base64Url.DecodeFromChars((await TokenAsync()).Split('.')[1]))!;
        foreach (var issuer in new JsonNode?[] { "https://elsewhere.example", side.Server.Issuer + "/", "", null, new JsonArray(side.Server.Issuer) })
        {
            claims["iss"] = issuer;
            await RefusedAsync(TestTokens.Sign(Signing, $$"""{"alg":"ES256","typ":"at+jwt","kid":"{{Signing.KeyId}}"}""", claims.ToJsonString()));
        }
    }

    [Fact]
    [Trait("negative", "40")]
    public async Task A_token_without_expiry_or_issue_time_is_refused()
    {
        foreach (var missing in new[] { "exp", "iat" })
        {
            var claims = JsonNode.Parse(Base64Url.DecodeFromChars((await TokenAsync()).Split('.')[1]))!.AsObject();
            claims.Remove(missing);
            await RefusedAsync(TestTokens.Sign(Signing, $$"""{"alg":"ES256","typ":"at+jwt","kid":"{{Signing.KeyId}}"}""", claims.ToJsonString()));
        }
    }

    [Fact]
    [Trait("negative", "41")]
    public async Task A_token_for_a_resource_shows_nobody_at_userinfo()
    {
        var tokens = await side.TokensAsync("web", ("scope", "openid profile things.read"), ("resource", Flows.Api));

        using var response = await side.UserInfoAsync(Text(tokens, "access_token"));

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Contains("invalid_token", response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("negative", "41")]
    public async Task A_resource_server_is_told_nothing_about_tokens_for_another()
    {
        var forApi = await side.TokensAsync("web", ("scope", "things.read"), ("resource", Flows.Api));
        var forOther = await side.TokensAsync("web", ("scope", "things.read"), ("resource", Flows.Other));
        var forIssuer = await side.TokensAsync("web", ("scope", "openid"));

        Assert.True(await side.IsActiveAsync(Text(forApi, "access_token"), "api"));
        Assert.False(await side.IsActiveAsync(Text(forOther, "access_token"), "api"));
        Assert.False(await side.IsActiveAsync(Text(forIssuer, "access_token"), "api"));
    }

    [Fact]
    [Trait("negative", "41")]
    public async Task An_audience_is_compared_whole_and_not_by_its_beginning()
    {
        var claims = JsonNode.Parse(Base64Url.DecodeFromChars((await TokenAsync()).Split('.')[1]))!;
        foreach (var audience in new[] { Flows.Api + "/v2", Flows.Api + "-v2", Flows.Api[..^1], Flows.Api + "/", "HTTPS://API.EXAMPLE" })
        {
            (claims["aud"], claims["client_id"]) = (audience, "somebody");
            var token = TestTokens.Sign(Signing, $$"""{"alg":"ES256","typ":"at+jwt","kid":"{{Signing.KeyId}}"}""", claims.ToJsonString());
            Assert.False(await side.IsActiveAsync(token, "api"));
        }

        claims["aud"] = Flows.Api;
        Assert.True(await side.IsActiveAsync(
            TestTokens.Sign(Signing, $$"""{"alg":"ES256","typ":"at+jwt","kid":"{{Signing.KeyId}}"}""", claims.ToJsonString()), "api"));
    }

    /// <summary>An access token of <c>web</c> for the issuer, good everywhere below.</summary>
    private async Task<string> TokenAsync() => Text(await side.TokensAsync("web", ("scope", "openid profile")), "access_token");

    private async Task RefusedAsync(string token)
    {
        using var userInfo = await side.UserInfoAsync(token);
        Assert.Equal(HttpStatusCode.Unauthorized, userInfo.StatusCode);
        Assert.False(await side.IsActiveAsync(token));
    }
}
