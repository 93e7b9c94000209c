using System.Buffers.Text;
using System.Text.Json;
using AuthServer.Jose;
using AuthServer.Keys;
using AuthServer.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using static AuthServer.Tests.Support.TokenSide;

namespace AuthServer.Tests.Specs;

/// <summary>RFC 9068 §2: exactly what an access token says; and OIDC Core §2: what an ID token says.</summary>
public sealed class Rfc9068AccessTokenTests(TokenSide side) : IClassFixture<TokenSide>
{
    [Fact]
    public async Task An_access_token_for_a_person_says_exactly_this()
    {
        var before = side.Server.Clock.Now.ToUnixTimeSeconds();
        var tokens = await side.TokensAsync("web", ("scope", "openid things.read"), ("resource", Flows.Api));
        var claims = Flows.Claims(Text(tokens, "access_token"));

        Assert.Equal(
            ["acr", "aud", "auth_time", "authorization_id", "client_id", "exp", "fam", "iat", "iss", "jti", "scope", "sid", "sub"],
            claims.EnumerateObject().Select(member => member.Name).Order());
        Assert.Equal(side.Server.Issuer, Text(claims, "iss"));
        Assert.Equal(Flows.Api, Text(claims, "aud"));
        Assert.Equal("web", Text(claims, "client_id"));
        Assert.Equal("openid things.read", Text(claims, "scope"));
        Assert.Matches("^usr_[0-9a-z]{26}$", Text(claims, "sub"));
        Assert.Matches("^aud_[0-9a-z]{26}$", Text(claims, "jti"));
        Assert.Matches("^fam_[0-9a-z]{26}$", Text(claims, "fam"));
        Assert.Equal(900, claims.GetProperty("exp").GetInt64() - claims.GetProperty("iat").GetInt64());
        Assert.Equal(before, claims.GetProperty("iat").GetInt64());
        Assert.InRange(claims.GetProperty("auth_time").GetInt64(), 1, before);
    }

    [Fact]
    public async Task An_access_token_for_the_client_itself_says_exactly_this()
    {
        using var response = await Flows.TokenAsync(side.Server, "machine", Flows.Secret, ("grant_type", "client_credentials"), ("scope", "things.read"));
        var claims = Flows.Claims(Text(await OkAsync(response), "access_token"));
        Assert.Equal(["aud", "client_id", "exp", "iat", "iss", "jti", "scope", "sub"], claims.EnumerateObject().Select(member => member.Name).Order());
    }

    [Fact]
    public async Task Its_header_names_the_type_the_algorithm_and_a_published_key()
    {
        var tokens = await side.TokensAsync();
        var keys = side.Server.Services.GetRequiredService<SigningKeys>();
        AssertHeader(Text(tokens, "access_token"), "at+jwt", "ES256", keys.Current(JwsAlgorithm.ES256).KeyId);
        AssertHeader(Text(tokens, "id_token"), "JWT", "RS256", keys.Current(JwsAlgorithm.RS256).KeyId);
    }

    [Fact]
    public async Task An_id_token_says_exactly_this()
    {
        var tokens = await side.TokensAsync();
        var claims = Flows.Claims(Text(tokens, "id_token"));
        Assert.Equal(
            ["acr", "amr", "aud", "auth_time", "exp", "iat", "iss", "nonce", "sid", "sub"], claims.EnumerateObject().Select(member => member.Name).Order());
        Assert.Equal("web", Text(claims, "aud"));
        Assert.Equal("n-456", Text(claims, "nonce"));
        Assert.Equal(Text(Flows.Claims(Text(tokens, "access_token")), "sub"), Text(claims, "sub"));
    }

    [Fact]
    public async Task Claims_that_the_request_named_are_shown_where_it_asked_for_them_and_not_in_the_introspection()
    {
        var tokens = await side.TokensAsync(
            "web", ("scope", "openid"), ("claims", """{"id_token":{"email":null,"unknown":null},"userinfo":{"name":{"essential":true}}}"""));

        var idToken = Flows.Claims(Text(tokens, "id_token"));
        Assert.Equal(Flows.Email, Text(idToken, "email"));
        Assert.False(idToken.TryGetProperty("name", out _));
        Assert.False(idToken.TryGetProperty("unknown", out _));
        using var response = await side.UserInfoAsync(Text(tokens, "access_token"));
        Assert.Equal(["name", "sub"], (await OkAsync(response)).EnumerateObject().Select(member => member.Name).Order());
        Assert.False((await side.IntrospectAsync(Text(tokens, "access_token"))).TryGetProperty("userinfo_claims", out _));
    }

    private static void AssertHeader(string token, string type, string algorithm, string keyId)
    {
        using var header = JsonDocument.Parse(Base64Url.DecodeFromChars(token.Split('.')[0]));
        Assert.Equal(["alg", "kid", "typ"], header.RootElement.EnumerateObject().Select(member => member.Name).Order());
        Assert.Equal((type, algorithm, keyId), (Text(header.RootElement, "typ"), Text(header.RootElement, "alg"), Text(header.RootElement, "kid")));
    }
}
