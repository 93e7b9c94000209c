using AuthServer.Jose;
using static AuthServer.Tests.Jose.TestTokens;

namespace AuthServer.Tests.Jose;

[Trait("negative", "39")]
public class KeyIdTests
{
    private static readonly JwsTyp AccessToken = JwsTyp.Of("at+jwt");

    [Theory]
    [InlineData("../../../../dev/null")]
    [InlineData("' OR 1=1 --")]
    [InlineData("key|whoami")]
    [InlineData("http://attacker.example/key")]
    public void A_key_id_is_only_ever_compared(string keyId) =>
        Assert.Equal(JwsFailure.UnknownKey, FailureOf($",\"kid\":\"{keyId}\""));

    [Theory]
    [InlineData("1")]
    [InlineData("null")]
    [InlineData("[\"a\"]")]
    [InlineData("\"a\\nb\"")]
    [InlineData("\"a\\u0007b\"")]
    [InlineData("\"a\\u0085b\"")]
    public void A_key_id_with_control_characters_or_of_another_type_is_refused(string keyId) =>
        Assert.Equal(JwsFailure.KeyIdNotAllowed, FailureOf($",\"kid\":{keyId}"));

    [Fact]
    public void A_key_id_over_256_characters_is_refused_before_any_lookup()
    {
        using var key = SigningKey.Create(JwsAlgorithm.ES256);
        string Token(int length) => Sign(key, $$"""{"alg":"ES256","typ":"at+jwt","kid":"{{new string('k', length)}}"}""");

        Assert.Equal(JwsFailure.KeyIdNotAllowed, Jws.Verify(Token(257), AccessToken, _ => throw new InvalidOperationException()).Failure);
        Assert.True(Jws.Verify(Token(256), AccessToken, _ => [key.PublicKey]).IsValid);
    }

    [Fact]
    public void Without_a_key_id_every_key_is_a_candidate()
    {
        using var other = SigningKey.Create(JwsAlgorithm.RS256);
        using var key = SigningKey.Create(JwsAlgorithm.ES256);
        var token = Sign(key, """{"alg":"ES256","typ":"at+jwt"}""");

        var result = Jws.Verify(token, AccessToken, Set(other.PublicKey, key.PublicKey));
        Assert.Same(key.PublicKey, result.Key);
        Assert.Null(result.KeyId);
        Assert.True(Jws.Verify(token, AccessToken, kid => kid is null ? [key.PublicKey] : []).IsValid);
        Assert.Equal(JwsFailure.BadSignature, Jws.Verify(token, AccessToken, Set(Fresh("another"))).Failure);
    }

    [Fact]
    public void A_key_id_of_one_key_does_not_reach_another()
    {
        using var key = SigningKey.Create(JwsAlgorithm.ES256);
        using var other = SigningKey.Create(JwsAlgorithm.ES256);
        var token = Sign(key, $$"""{"alg":"ES256","typ":"at+jwt","kid":"{{other.KeyId}}"}""");

        Assert.Equal(JwsFailure.BadSignature, Jws.Verify(token, AccessToken, Set(key.PublicKey, other.PublicKey)).Failure);
        Assert.Equal(JwsFailure.UnknownKey, Jws.Verify(token, AccessToken, Set(key.PublicKey)).Failure);
    }

    [Fact]
    public void Keys_that_share_an_id_are_each_tried_where_the_algorithm_fits()
    {
        using var created = SigningKey.Create(JwsAlgorithm.ES256);
        using var key = SigningKey.FromPkcs8(JwsAlgorithm.ES256, created.ExportPkcs8(), "shared");
        using var rsa = SigningKey.Create(JwsAlgorithm.RS256);
        using var sameId = SigningKey.FromPkcs8(JwsAlgorithm.RS256, rsa.ExportPkcs8(), "shared");
        var set = Set(sameId.PublicKey, Fresh("shared"), key.PublicKey);

        Assert.Same(key.PublicKey, Jws.Verify(Jws.Sign(key, "at+jwt", Claims), AccessToken, set).Key);
        Assert.Same(sameId.PublicKey, Jws.Verify(Jws.Sign(sameId, "at+jwt", Claims), AccessToken, set).Key);
        Assert.Same(sameId.PublicKey, set.Find("shared"));
    }

    [Fact]
    public void No_token_makes_the_server_try_more_than_a_few_keys()
    {
        using var created = SigningKey.Create(JwsAlgorithm.ES256);
        using var key = SigningKey.FromPkcs8(JwsAlgorithm.ES256, created.ExportPkcs8(), "shared");
        var others = Enumerable.Range(0, JwsVerification.MaxAttempts).Select(_ => Fresh("shared")).ToArray();
        var token = Jws.Sign(key, "at+jwt", Claims);

        Assert.True(Jws.Verify(token, AccessToken, Set([.. others[1..], key.PublicKey])).IsValid);
        Assert.Equal(JwsFailure.BadSignature, Jws.Verify(token, AccessToken, Set([.. others, key.PublicKey])).Failure);
    }

    private static JsonWebKey Fresh(string keyId)
    {
        using var created = SigningKey.Create(JwsAlgorithm.ES256);
        return SigningKey.FromPkcs8(JwsAlgorithm.ES256, created.ExportPkcs8(), keyId).PublicKey;
    }
}
