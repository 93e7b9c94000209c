using System.Text;
using System.Text.Json;
using AuthServer.Jose;
using static AuthServer.Tests.Jose.TestTokens;

namespace AuthServer.Tests.Jose;

public class RfcExampleTests
{
    [Theory]
    [InlineData(Vectors.Rfc7515A2, Vectors.Rfc7515A2Key)]
    [InlineData(Vectors.Rfc7515A3, Vectors.Rfc7515A3Key)]
    public void The_signed_examples_of_RFC_7515_verify(string token, string jwk)
    {
        var result = Jws.Verify(token, JwsTyp.JwtOrAbsent, Set(Key(jwk)));

        Assert.Null(result.Failure);
        Assert.True(result.Claims!.StringEquals("iss", "joe"));
        Assert.True(result.Claims.TryGetNumericDate("exp", out var exp));
        Assert.Equal(1300819380, exp);
        Assert.True(result.Claims.TryGetBoolean("http://example.com/is_root", out var root) && root);
        Assert.Null(result.KeyId);
        Assert.Null(result.Type);
    }

    [Theory]
    [Trait("negative", "38")]
    [InlineData(Vectors.Rfc7515A1, JwsFailure.AlgorithmNotAllowed)]
    [InlineData(Vectors.Rfc7515A4, JwsFailure.AlgorithmNotAllowed)]
    [InlineData(Vectors.Rfc7515A5, JwsFailure.AlgorithmNotAllowed)]
    public void The_examples_with_HMAC_ES512_and_none_are_refused(string token, JwsFailure expected) =>
        Assert.Equal(expected, Jws.Verify(token, JwsTyp.JwtOrAbsent, Set(Key(Vectors.Rfc7515A2Key), Key(Vectors.Rfc7515A3Key))).Failure);

    [Fact]
    [Trait("negative", "38")]
    public void The_unsigned_example_with_an_undefined_critical_header_is_refused() =>
        Assert.Equal(JwsFailure.AlgorithmNotAllowed, Jws.Verify(Vectors.Rfc7515E, JwsTyp.JwtOrAbsent, Set(Key(Vectors.Rfc7515A2Key))).Failure);

    [Fact]
    public void The_RS256_example_of_RFC_7520_verifies_but_is_no_claims_set()
    {
        var keys = Set(Key(Vectors.Rfc7520RsaKey));

        Assert.Null(JwsVerification.VerifyOctets(Vectors.Rfc7520Section41, JwsTyp.JwtOrAbsent, new JwsKeySource(keys), out var verified));
        Assert.StartsWith("It’s a dangerous business, Frodo", Encoding.UTF8.GetString(verified.Payload), StringComparison.Ordinal);
        Assert.Equal("bilbo.baggins@hobbiton.example", verified.KeyId);
        Assert.Equal(JwsFailure.MalformedClaims, Jws.Verify(Vectors.Rfc7520Section41, JwsTyp.JwtOrAbsent, keys).Failure);
    }

    [Theory]
    [InlineData(Vectors.Rfc7515A4Key)]
    [InlineData(Vectors.Rfc7520EcKey)]
    public void Keys_on_P521_are_refused_as_unsupported(string jwk)
    {
        Assert.False(JsonWebKey.TryParse(JsonElement.Parse(jwk), out _, out var error));
        Assert.Contains("crv", error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_thumbprint_of_RFC_7638_comes_out_whatever_optional_members_say()
    {
        Assert.Equal(Vectors.Rfc7638Thumbprint, Key(Vectors.Rfc7638Key).Thumbprint);
        Assert.Equal("2011-04-29", Key(Vectors.Rfc7638Key).KeyId);
        Assert.Equal("cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s", Key("""
            {"y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","kty":"EC"}
            """).Thumbprint);
    }

    [Fact]
    public void Of_the_keys_of_RFC_7517_the_one_for_encryption_is_left_out()
    {
        Assert.True(JsonWebKeySet.TryParse(Vectors.Rfc7517A1, out var set, out _));
        var key = Assert.Single(set.Keys);
        Assert.Equal(JwsAlgorithm.RS256, key.Algorithm);
        Assert.Same(key, set.Find("2011-04-29"));
        Assert.Null(set.Find("1"));
    }

    [Fact]
    public void The_private_keys_of_RFC_7517_are_refused()
    {
        Assert.False(JsonWebKey.TryParse(JsonElement.Parse(Vectors.Rfc7517A2PrivateKey), out _, out var error));
        Assert.Contains("private", error, StringComparison.Ordinal);
        Assert.False(JsonWebKeySet.TryParse($$"""{"keys":[{{Vectors.Rfc7638Key}},{{Vectors.Rfc7517A2PrivateKey}}]}""", out _, out error));
        Assert.Contains("private", error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_proof_of_RFC_9449_verifies_by_its_own_key_and_only_when_asked_to()
    {
        var result = Jws.VerifySelfSigned(Vectors.DPoPProof, JwsTyp.Of("dpop+jwt"));

        Assert.Null(result.Failure);
        Assert.Equal(Vectors.DPoPThumbprint, result.Key!.Thumbprint);
        Assert.True(result.Claims!.StringEquals("htm", "GET"));
        Assert.Equal(JwsFailure.EmbeddedKey, Jws.Verify(Vectors.DPoPProof, JwsTyp.Of("dpop+jwt"), Set(result.Key)).Failure);
    }
}
