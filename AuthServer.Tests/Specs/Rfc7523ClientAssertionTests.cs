using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using AuthServer.Jose;
using AuthServer.Tests.Jose;
using AuthServer.Tests.Support;
using static AuthServer.Tests.Support.TokenSide;

namespace AuthServer.Tests.Specs;

/// <summary>RFC 7523 §3 with the stricter audience of its successor: <c>private_key_jwt</c>.</summary>
[Trait("negative", "30")]
public sealed class Rfc7523ClientAssertionTests(TokenSide side) : IClassFixture<TokenSide>
{
    private long Now => side.Server.Clock.Now.ToUnixTimeSeconds();

    [Fact]
    public async Task A_good_assertion_is_enough_with_or_without_the_client_id()
    {
        using var without = await side.AssertAsync(side.Assertion());
        Assert.Equal("signer", Text(Flows.Claims(Text(await OkAsync(without), "access_token")), "sub"));

        using var with = await side.AssertAsync(side.Assertion(), ("client_id", "signer"));
        Assert.Equal(HttpStatusCode.OK, with.StatusCode);
    }

    [Fact]
    public async Task Every_algorithm_of_a_registered_key_works()
    {
        foreach (var key in MoreKeys)
        {
            using var response = await side.AssertAsync(side.Assertion(key: key));
            Assert.True(response.IsSuccessStatusCode, $"{key.Algorithm}: {await response.Content.ReadAsStringAsync()}");
        }
    }

    [Theory]
    [InlineData("JWT")]
    [InlineData("jwt")]
    [InlineData("client-authentication+jwt")]
    [InlineData(null)]
    public async Task The_type_may_be_the_common_one_the_specific_one_or_absent(string? type)
    {
        var header = type is null ? """{"alg":"ES256"}""" : $$"""{"alg":"ES256","typ":"{{type}}"}""";
        using var response = await side.AssertAsync(side.Assertion(header: header));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [Trait("negative", "40")]
    [InlineData("at+jwt")]
    [InlineData("dpop+jwt")]
    [InlineData("logout+jwt")]
    [InlineData("oauth-authz-req+jwt")]
    [InlineData("oauth-id-jag+jwt")]
    [InlineData("")]
    public Task Another_kind_of_token_is_refused(string type) => RefusedAsync(side.Assertion(header: $$"""{"alg":"ES256","typ":"{{type}}"}"""));

    [Fact]
    public async Task An_assertion_works_once_and_not_again_after_a_restart()
    {
        var assertion = side.Assertion();
        using var first = await side.AssertAsync(assertion);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);

        await RefusedAsync(assertion);
        await side.Server.RestartAsync([.. Flows.Settings, ("AuthServer:Resources:1:Url", Flows.Other), .. Clients]);
        await RefusedAsync(assertion);
    }

    [Fact]
    public async Task Of_16_uses_at_once_one_wins()
    {
        var assertion = side.Assertion();

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => side.AssertAsync(assertion)));

        Assert.Single(answers, answer => answer.IsSuccessStatusCode);
        Assert.Equal(15, answers.Count(answer => answer.StatusCode == HttpStatusCode.Unauthorized));
        Array.ForEach(answers, answer => answer.Dispose());
    }

    [Fact]
    public async Task One_id_serves_two_clients()
    {
        var id = Guid.NewGuid().ToString();
        using var mine = await side.AssertAsync(side.Assertion(claims => claims["jti"] = id));
        Assert.Equal(HttpStatusCode.OK, mine.StatusCode);

        using var theirs = await side.AssertAsync(
            side.Assertion(claims => (claims["jti"], claims["iss"], claims["sub"]) = (id, "colleague", "colleague"), OtherKey));
        Assert.Equal(HttpStatusCode.OK, theirs.StatusCode);
    }

    [Fact]
    public async Task A_failed_assertion_does_not_use_up_its_id()
    {
        var id = Guid.NewGuid().ToString();
        await RefusedAsync(side.Assertion(claims => (claims["jti"], claims["aud"]) = (id, "https://elsewhere.example")));

        using var good = await side.AssertAsync(side.Assertion(claims => claims["jti"] = id));

        Assert.Equal(HttpStatusCode.OK, good.StatusCode);
    }

    [Fact]
    public async Task The_audience_is_the_issuer_and_nothing_else()
    {
        var issuer = side.Server.Issuer;
        JsonNode?[] others =
        [
            $"{issuer}/connect/token", $"{issuer}/", issuer.ToUpperInvariant(), "https://elsewhere.example", "", new JsonArray(issuer),
            new JsonArray(issuer, "https://elsewhere.example"), new JsonArray(), $"{issuer}/connect/par",
        ];
        foreach (var audience in others)
        {
            await RefusedAsync(side.Assertion(claims => claims["aud"] = audience));
        }

        await RefusedAsync(side.Assertion(claims => claims.Remove("aud")));
    }

    [Theory]
    [InlineData("iss", "colleague")]
    [InlineData("sub", "colleague")]
    [InlineData("iss", "")]
    [InlineData("sub", null)]
    [InlineData("iss", null)]
    [InlineData("jti", null)]
    [InlineData("exp", null)]
    public Task A_missing_or_foreign_claim_is_refused(string claim, string? value) => RefusedAsync(side.Assertion(claims =>
    {
        claims.Remove(claim);
        if (value is not null)
        {
            claims[claim] = value;
        }
    }));

    [Fact]
    public Task An_assertion_whose_issuer_is_another_client_than_the_one_that_is_named_is_refused() =>
        RefusedAsync(side.Assertion(), ("client_id", "colleague"));

    [Fact]
    public Task A_key_of_another_client_is_refused() => RefusedAsync(side.Assertion(key: OtherKey));

    [Fact]
    public Task A_key_of_another_client_is_refused_under_the_name_of_the_right_one() =>
        RefusedAsync(side.Assertion(key: OtherKey, header: $$"""{"alg":"ES256","typ":"JWT","kid":"{{Key.KeyId}}"}"""));

    [Theory]
    [Trait("negative", "59")]
    [InlineData("exp", -31, false)]
    [InlineData("exp", -29, true)]
    [InlineData("exp", 599, true)]
    [InlineData("exp", 601, false)]
    [InlineData("exp", 86400 * 365, false)]
    [InlineData("iat", 29, true)]
    [InlineData("iat", 31, false)]
    [InlineData("nbf", 29, true)]
    [InlineData("nbf", 31, false)]
    [InlineData("iat", -3600, true)]
    public async Task Clocks_may_differ_by_half_a_minute_and_an_assertion_lives_ten_minutes_at_most(string claim, int seconds, bool accepted)
    {
        using var response = await side.AssertAsync(side.Assertion(claims => claims[claim] = Now + seconds));
        Assert.Equal(accepted ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Theory]
    [Trait("negative", "59")]
    [InlineData("exp", "253402300799")] // the last second of the year 9999
    [InlineData("exp", "253402300800")]
    [InlineData("exp", "1e300")]
    [InlineData("exp", "-1")]
    [InlineData("exp", "-62135596800")]
    [InlineData("exp", "\"tomorrow\"")]
    [InlineData("exp", "null")]
    [InlineData("iat", "253402300799")]
    [InlineData("iat", "\"now\"")]
    [InlineData("nbf", "253402300799")]
    [InlineData("nbf", "true")]
    public Task A_time_beyond_all_reason_is_refused_and_breaks_nothing(string claim, string json) =>
        RefusedAsync(side.Assertion(claims => claims[claim] = JsonNode.Parse(json)));

    [Fact]
    [Trait("negative", "59")]
    public async Task A_negative_iat_is_long_ago_and_no_reason_to_fail()
    {
        using var response = await side.AssertAsync(side.Assertion(claims => claims["iat"] = -1));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public Task An_endless_id_is_refused() => RefusedAsync(side.Assertion(claims => claims["jti"] = new string('x', 257)));

    [Fact]
    [Trait("negative", "38")]
    public async Task An_unsigned_assertion_or_one_with_the_public_key_as_hmac_secret_is_refused()
    {
        var parts = side.Assertion().Split('.');
        var none = TestTokens.Encode("""{"alg":"none","typ":"JWT"}""");
        await RefusedAsync($"{none}.{parts[1]}.");
        await RefusedAsync($"{none}.{parts[1]}.{parts[2]}");
        await RefusedAsync($"{parts[0]}.{parts[1]}.");

        foreach (var secret in new[] { Jwks(), Pem(), Convert.FromHexString("00") })
        {
            var input = TestTokens.Encode("""{"alg":"HS256","typ":"JWT"}""") + "." + parts[1];
            await RefusedAsync(input + "." + System.Buffers.Text.Base64Url.EncodeToString(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(input))));
        }
    }

    [Theory]
    [Trait("negative", "38")]
    [InlineData(""","crit":["exp"]""")]
    [InlineData(""","crit":[]""")]
    [InlineData(""","b64":false,"crit":["b64"]""")]
    [InlineData(""","jku":"https://attacker.example/jwks" """)]
    [InlineData(""","x5u":"https://attacker.example/cert" """)]
    [InlineData(""","x5c":["AAAA"]""")]
    [InlineData(""","alg":"ES256" """)]
    public Task A_header_that_asks_for_trust_or_for_rules_of_its_own_is_refused(string more) =>
        RefusedAsync(side.Assertion(header: $$"""{"alg":"ES256","typ":"JWT"{{more}}}"""));

    [Fact]
    [Trait("negative", "38")]
    public async Task An_embedded_key_is_not_believed()
    {
        using var own = SigningKey.Create(JwsAlgorithm.ES256);
        var set = Encoding.UTF8.GetString(new JsonWebKeySet([own.PublicKey]).ToUtf8());
        var jwk = JsonNode.Parse(set)!["keys"]![0]!.ToJsonString();
        await RefusedAsync(side.Assertion(key: own, header: $$"""{"alg":"ES256","typ":"JWT","jwk":{{jwk}}}"""));
        await RefusedAsync(side.Assertion(key: own, header: """{"alg":"ES256","typ":"JWT"}"""));
    }

    [Theory]
    [Trait("negative", "39")]
    [InlineData("../../../../dev/null")]
    [InlineData("' UNION SELECT 'x")]
    [InlineData("nobody")]
    [InlineData("")]
    public Task A_key_id_that_is_not_registered_is_refused(string keyId) =>
        RefusedAsync(side.Assertion(header: $$"""{"alg":"ES256","typ":"JWT","kid":"{{keyId}}"}"""));

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("a.b.c")]
    [InlineData("not a token")]
    [InlineData("e30.e30.")]
    [InlineData("e30.e30.e30.e30.e30")]
    public Task What_is_no_token_is_refused(string assertion) => RefusedAsync(assertion);

    [Theory]
    [InlineData("urn:ietf:params:oauth:client-assertion-type:saml2-bearer")]
    [InlineData("jwt-bearer")]
    public async Task Another_kind_of_assertion_is_refused(string type)
    {
        using var response = await side.SendAsync(
            HttpMethod.Post, "/connect/token", Form(("grant_type", "client_credentials"), ("client_assertion_type", type), ("client_assertion", side.Assertion())));
        await Flows.AssertErrorAsync(response, 401, "invalid_client");
    }

    private static byte[] Jwks() => new JsonWebKeySet([Key.PublicKey]).ToUtf8();

    private static byte[] Pem()
    {
        using var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(Key.ExportPkcs8(), out _);
        return Encoding.ASCII.GetBytes(key.ExportSubjectPublicKeyInfoPem());
    }

    private async Task RefusedAsync(string assertion, params (string, string)[] more)
    {
        using var response = await side.AssertAsync(assertion, more);
        await Flows.AssertErrorAsync(response, 401, "invalid_client");
    }
}
