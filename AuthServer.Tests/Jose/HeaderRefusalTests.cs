using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using AuthServer.Jose;
using static AuthServer.Tests.Jose.TestTokens;

namespace AuthServer.Tests.Jose;

[Trait("negative", "38")]
public class HeaderRefusalTests
{
    private static readonly JwsTyp AccessToken = JwsTyp.Of("at+jwt");

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("nOnE")]
    [InlineData("")]
    [InlineData("HS256")]
    [InlineData("HS512")]
    [InlineData("es256")]
    [InlineData("ES256 ")]
    [InlineData("ES256K")]
    [InlineData("ES512")]
    [InlineData("RS384")]
    [InlineData("PS512")]
    [InlineData("RS1")]
    [InlineData("EdDSA")]
    [InlineData("ML-DSA-65")]
    [InlineData("RSA-OAEP")]
    [InlineData("an algorithm with a very long name")]
    public void An_algorithm_that_is_none_symmetric_or_unknown_is_refused(string algorithm)
    {
        using var key = SigningKey.Create(JwsAlgorithm.ES256);
        var token = Sign(key, $$"""{"alg":"{{algorithm}}","typ":"at+jwt"}""");

        Assert.Equal(JwsFailure.AlgorithmNotAllowed, Jws.Verify(token, AccessToken, Set(key.PublicKey)).Failure);
        var unsigned = token[..(token.LastIndexOf('.') + 1)];
        Assert.Equal(JwsFailure.AlgorithmNotAllowed, Jws.Verify(unsigned, AccessToken, Set(key.PublicKey)).Failure);
    }

    [Theory]
    [InlineData("""{"typ":"at+jwt"}""")]
    [InlineData("""{"alg":null,"typ":"at+jwt"}""")]
    [InlineData("""{"alg":["ES256"],"typ":"at+jwt"}""")]
    [InlineData("""{"alg":"ES256","alg":"ES256","typ":"at+jwt"}""")]
    [InlineData("""{"alg":"ES256","\u0061lg":"none","typ":"at+jwt"}""")]
    [InlineData("""{"alg":"ES256","typ":"at+jwt","typ":"JWT"}""")]
    [InlineData("""{"alg":"ES256","typ":"at+jwt","x":{"a":1,"a":2}}""")]
    [InlineData("""{"alg":"ES256","typ":"at+jwt"} {}""")]
    [InlineData("""{"alg":"ES256","typ":"at+jwt",}""")]
    [InlineData("""{"alg":"ES256","typ":"at+jwt"/**/}""")]
    [InlineData("""[{"alg":"ES256","typ":"at+jwt"}]""")]
    [InlineData("""{"alg":"ES256","typ":"at\u0000+jwt"}""")]
    [InlineData("""{"alg":"ES256","typ":"at+jwt","x":"\ud800"}""")]
    [InlineData("\"ES256\"")]
    [InlineData("{")]
    [InlineData("")]
    public void A_header_that_is_no_strict_JSON_object_is_malformed(string header)
    {
        using var key = SigningKey.Create(JwsAlgorithm.ES256);
        Assert.Equal(JwsFailure.Malformed, Jws.Verify(Sign(key, header), AccessToken, Set(key.PublicKey)).Failure);
    }

    [Fact]
    public void A_header_in_invalid_UTF8_is_malformed()
    {
        using var key = SigningKey.Create(JwsAlgorithm.ES256);
        var header = Encoding.Latin1.GetBytes("""{"alg":"ES256","typ":"at+jwt","x":"é"}""");
        var token = Base64Url.EncodeToString(header) + Sign(key, "{}")[3..];

        Assert.Equal(JwsFailure.Malformed, Jws.Verify(token, AccessToken, Set(key.PublicKey)).Failure);
    }

    [Theory]
    [InlineData(",\"crit\":[\"exp\"]")]
    [InlineData(",\"crit\":[]")]
    [InlineData(",\"crit\":null")]
    [InlineData(",\"crit\":[\"b64\"],\"b64\":false")]
    [InlineData(",\"b64\":false")]
    [InlineData(",\"b64\":true")]
    [InlineData(",\"\\u0063rit\":[\"exp\"]")]
    public void Critical_headers_are_refused(string members) => Assert.Equal(JwsFailure.CriticalHeader, FailureOf(members));

    [Theory]
    [InlineData(",\"jwk\":{}")]
    [InlineData(",\"jwk\":null")]
    [InlineData(",\"jku\":\"https://attacker.example/jwks\"")]
    [InlineData(",\"x5u\":\"https://attacker.example/cert\"")]
    [InlineData(",\"x5c\":[\"MIIB\"]")]
    public void Embedded_keys_and_addresses_of_keys_are_refused(string members) => Assert.Equal(JwsFailure.EmbeddedKey, FailureOf(members));

    [Fact]
    public void Headers_without_meaning_here_are_ignored() =>
        Assert.Null(FailureOf(",\"cty\":\"x\",\"x5t\":\"hint\",\"nonce\":{\"a\":[1,{}]}"));

    [Fact]
    public void A_header_written_with_escapes_means_what_it_says()
    {
        using var key = SigningKey.Create(JwsAlgorithm.ES256);
        var token = Sign(key, $$"""{"\u0061lg":"ES25\u0036","typ":"at\u002Bjwt","kid":"\u006bid"}""");

        var result = Jws.Verify(token, AccessToken, kid => kid == "kid" ? [key.PublicKey] : []);
        Assert.True(result.IsValid);
        Assert.Equal("kid", result.KeyId);
    }

    [Fact]
    public void HMAC_with_the_public_key_as_secret_is_refused()
    {
        using var key = SigningKey.Create(JwsAlgorithm.RS256);
        var input = Encode("""{"alg":"HS256","typ":"at+jwt"}""") + "." + Base64Url.EncodeToString(Claims);
        var secret = JsonWebKeySetTests.Json(key.PublicKey);
        var token = input + "." + Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.ASCII.GetBytes(input)));

        Assert.Equal(JwsFailure.AlgorithmNotAllowed, Jws.Verify(token, AccessToken, Set(key.PublicKey)).Failure);
    }

    [Fact]
    public void The_token_does_not_choose_the_algorithm_of_the_key()
    {
        using var rsa = SigningKey.Create(JwsAlgorithm.RS256);
        using var pss = SigningKey.FromPkcs8(JwsAlgorithm.PS256, rsa.ExportPkcs8());
        using var curve = SigningKey.Create(JwsAlgorithm.ES256);

        Assert.Equal(JwsFailure.AlgorithmMismatch, Jws.Verify(Jws.Sign(pss, "at+jwt", Claims), AccessToken, Set(rsa.PublicKey)).Failure);
        Assert.Equal(JwsFailure.AlgorithmMismatch, Jws.Verify(Jws.Sign(rsa, "at+jwt", Claims), AccessToken, Set(pss.PublicKey)).Failure);
        Assert.Equal(JwsFailure.AlgorithmMismatch, Jws.Verify(Sign(curve, """{"alg":"RS256","typ":"at+jwt"}"""), AccessToken, Set(curve.PublicKey)).Failure);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("...")]
    [InlineData("a.b")]
    [InlineData("e30..")]
    [InlineData(".e30.e30")]
    [InlineData("e30.e30.e30.e30.e30")]
    [InlineData("Bearer e30.e30.e30")]
    [InlineData("é.e30.e30")]
    public void Text_that_is_no_compact_JWS_is_malformed(string token)
    {
        using var key = SigningKey.Create(JwsAlgorithm.ES256);
        Assert.Equal(JwsFailure.Malformed, Jws.Verify(token, AccessToken, Set(key.PublicKey)).Failure);
    }

    [Fact]
    public void A_header_longer_than_any_honest_one_is_too_large() =>
        Assert.Equal(JwsFailure.TooLarge, FailureOf($",\"x\":\"{new string('x', 5000)}\""));
}
