using AuthServer.Jose;
using static AuthServer.Tests.Jose.TestTokens;

namespace AuthServer.Tests.Jose;

[Trait("negative", "40")]
public class TypTests
{
    private static readonly string[] Kinds =
        ["JWT", "at+jwt", "logout+jwt", "oauth-authz-req+jwt", "client-authentication+jwt", "dpop+jwt", "oauth-id-jag+jwt", "token-introspection+jwt"];

    public static TheoryData<string> AllKinds => [.. Kinds];

    [Theory]
    [MemberData(nameof(AllKinds))]
    public void One_kind_of_token_is_not_taken_for_another(string kind)
    {
        using var key = SigningKey.Create(JwsAlgorithm.ES256);
        var token = Jws.Sign(key, kind, Claims);

        Assert.All(Kinds, accepted => Assert.Equal(
            accepted == kind ? null : JwsFailure.TypMismatch, Jws.Verify(token, JwsTyp.Of(accepted), Set(key.PublicKey)).Failure));
        Assert.Equal(kind == "JWT" ? null : JwsFailure.TypMismatch, Jws.Verify(token, JwsTyp.JwtOrAbsent, Set(key.PublicKey)).Failure);
    }

    [Theory]
    [InlineData("at+jwt", true)]
    [InlineData("AT+JWT", true)]
    [InlineData("application/at+jwt", true)]
    [InlineData("Application/At+Jwt", true)]
    [InlineData("text/at+jwt", false)]
    [InlineData("application/x/at+jwt", false)]
    [InlineData("application/application/at+jwt", false)]
    [InlineData("at+jwt;charset=utf-8", false)]
    [InlineData(" at+jwt", false)]
    [InlineData("at+jwt\\n", false)]
    [InlineData("", false)]
    public void A_type_is_compared_as_a_media_type(string typ, bool accepted)
    {
        using var key = SigningKey.Create(JwsAlgorithm.ES256);
        var token = Sign(key, $$"""{"alg":"ES256","typ":"{{typ}}"}""");
        var result = Jws.Verify(token, JwsTyp.Of("at+jwt"), Set(key.PublicKey));

        Assert.Equal(accepted ? null : JwsFailure.TypMismatch, result.Failure);
        Assert.Equal(accepted ? "at+jwt" : null, result.Type);
    }

    [Fact]
    public void An_absent_type_is_accepted_only_where_the_caller_says_so()
    {
        using var key = SigningKey.Create(JwsAlgorithm.ES256);
        var token = Sign(key, """{"alg":"ES256"}""");

        Assert.Equal(JwsFailure.TypMismatch, Jws.Verify(token, JwsTyp.Of("JWT"), Set(key.PublicKey)).Failure);
        Assert.True(Jws.Verify(token, JwsTyp.JwtOrAbsent, Set(key.PublicKey)).IsValid);
        Assert.True(Jws.Verify(token, JwsTyp.JwtOrAbsent.Or("client-authentication+jwt"), Set(key.PublicKey)).IsValid);
        Assert.Throws<ArgumentException>(() => JwsTyp.Of());
    }

    [Theory]
    [InlineData("null")]
    [InlineData("1")]
    [InlineData("[\"at+jwt\"]")]
    public void A_type_that_is_no_string_is_refused_even_where_none_is_needed(string typ)
    {
        using var key = SigningKey.Create(JwsAlgorithm.ES256);
        var token = Sign(key, $$"""{"alg":"ES256","typ":{{typ}}}""");
        Assert.Equal(JwsFailure.TypMismatch, Jws.Verify(token, JwsTyp.JwtOrAbsent, Set(key.PublicKey)).Failure);
    }

    [Theory]
    [InlineData("""{"kty":"oct","k":"AAAA"}""")]
    [InlineData("""{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}""")]
    [InlineData(Vectors.Rfc7517A2PrivateKey)]
    [InlineData(Vectors.Rfc7515A3Key)]
    [InlineData("\"jwk\"")]
    public void A_proof_whose_own_key_is_unfit_or_not_the_signers_is_refused(string jwk)
    {
        using var key = SigningKey.Create(JwsAlgorithm.ES256);
        var token = Sign(key, $$"""{"alg":"ES256","typ":"dpop+jwt","jwk":{{jwk}}}""");
        var expected = jwk == Vectors.Rfc7515A3Key ? JwsFailure.BadSignature : JwsFailure.EmbeddedKey;

        Assert.Equal(expected, Jws.VerifySelfSigned(token, JwsTyp.Of("dpop+jwt")).Failure);
        Assert.Equal(JwsFailure.EmbeddedKey, Jws.VerifySelfSigned(Jws.Sign(key, "dpop+jwt", Claims), JwsTyp.Of("dpop+jwt")).Failure);
    }

    [Fact]
    public void A_proof_whose_key_is_deeply_nested_is_refused_without_an_exception()
    {
        using var key = SigningKey.Create(JwsAlgorithm.ES256);
        string Proof(int depth) => Sign(
            key, $$"""{"alg":"ES256","typ":"dpop+jwt","jwk":{"x":{{new string('[', depth)}}{{new string(']', depth)}},"kty":"EC"} }""");

        Assert.All(Enumerable.Range(1, 100), depth => Assert.False(Jws.VerifySelfSigned(Proof(depth), JwsTyp.Of("dpop+jwt")).IsValid));
    }

    [Fact]
    public void Without_keys_to_verify_by_a_token_is_never_verified_by_its_own()
    {
        Assert.Throws<ArgumentNullException>(() => Jws.Verify(Vectors.DPoPProof, JwsTyp.Of("dpop+jwt"), (JsonWebKeySet)null!));
        Assert.Throws<ArgumentNullException>(() => Jws.Verify(Vectors.DPoPProof, JwsTyp.Of("dpop+jwt"), (Func<string?, IReadOnlyList<JsonWebKey>>)null!));
        Assert.NotNull(JwsVerification.VerifyClaims(Vectors.DPoPProof, JwsTyp.Of("dpop+jwt"), default).Failure);
    }
}
