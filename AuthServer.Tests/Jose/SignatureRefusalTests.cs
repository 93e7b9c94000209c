using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using AuthServer.Jose;
using static AuthServer.Tests.Jose.TestTokens;

namespace AuthServer.Tests.Jose;

[Trait("negative", "38")]
public class SignatureRefusalTests
{
    private static readonly JwsTyp AccessToken = JwsTyp.Of("at+jwt");

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(96)]
    [InlineData(1024)]
    [InlineData(1025)]
    public void A_signature_of_zeros_or_of_another_length_is_refused(int length)
    {
        using var key = SigningKey.Create(JwsAlgorithm.ES256);
        var token = Jws.Sign(key, "at+jwt", Claims);
        var forged = token[..(token.LastIndexOf('.') + 1)] + Base64Url.EncodeToString(new byte[length]);

        Assert.Equal(JwsFailure.BadSignature, Jws.Verify(forged, AccessToken, Set(key.PublicKey)).Failure);
    }

    [Fact]
    public void A_signature_in_DER_is_refused()
    {
        using var key = SigningKey.Create(JwsAlgorithm.ES256);
        using var ecdsa = ECDsa.Create();
        ecdsa.ImportPkcs8PrivateKey(key.ExportPkcs8(), out _);
        var input = Encode("""{"alg":"ES256","typ":"at+jwt"}""") + "." + Base64Url.EncodeToString(Claims);
        var der = ecdsa.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);

        Assert.Equal(JwsFailure.BadSignature, Jws.Verify(input + "." + Base64Url.EncodeToString(der), AccessToken, Set(key.PublicKey)).Failure);
    }

    [Fact]
    public void What_the_framework_signs_verifies_and_the_other_way_round()
    {
        using var key = SigningKey.Create(JwsAlgorithm.PS256);
        using var rsa = RSA.Create();
        rsa.ImportPkcs8PrivateKey(key.ExportPkcs8(), out _);
        var token = Jws.Sign(key, "at+jwt", Claims);
        var dot = token.LastIndexOf('.');
        var input = Encoding.ASCII.GetBytes(token[..dot]);

        Assert.True(rsa.VerifyData(input, Base64Url.DecodeFromChars(token.AsSpan(dot + 1)), HashAlgorithmName.SHA256, RSASignaturePadding.Pss));
        var theirs = token[..(dot + 1)] + Base64Url.EncodeToString(rsa.SignData(input, HashAlgorithmName.SHA256, RSASignaturePadding.Pss));
        Assert.True(Jws.Verify(theirs, AccessToken, Set(key.PublicKey)).IsValid);
    }

    [Theory]
    [InlineData("=")]
    [InlineData("==")]
    [InlineData("\n")]
    [InlineData(" ")]
    public void Padding_and_white_space_are_refused_in_every_part(string extra)
    {
        using var key = SigningKey.Create(JwsAlgorithm.ES256);
        var parts = Jws.Sign(key, "at+jwt", Claims).Split('.');
        for (var i = 0; i < 3; i++)
        {
            var changed = parts.ToArray();
            changed[i] += extra;
            Assert.False(Jws.Verify(string.Join('.', changed), AccessToken, Set(key.PublicKey)).IsValid);
        }
        // Signed as it stands, so that nothing but the encoding is wrong with it.
        var input = parts[0] + "." + parts[1] + extra;
        var signature = new byte[key.SignatureLength];
        key.Sign(Encoding.ASCII.GetBytes(input), signature);
        Assert.Equal(JwsFailure.Malformed, Jws.Verify(input + "." + Base64Url.EncodeToString(signature), AccessToken, Set(key.PublicKey)).Failure);
    }

    [Fact]
    public void A_payload_swapped_between_two_good_tokens_is_refused()
    {
        using var key = SigningKey.Create(JwsAlgorithm.ES256);
        var one = Jws.Sign(key, "at+jwt", Claims).Split('.');
        var other = Jws.Sign(key, "at+jwt", """{"sub":"usr_2"}"""u8).Split('.');

        Assert.Equal(JwsFailure.BadSignature, Jws.Verify($"{one[0]}.{other[1]}.{one[2]}", AccessToken, Set(key.PublicKey)).Failure);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("")]
    [InlineData("""{"sub":"a","sub":"b"}""")]
    [InlineData("""{"act":{"sub":"a","sub":"b"}}""")]
    public void A_signed_payload_that_is_no_strict_object_gives_no_claims(string payload)
    {
        using var key = SigningKey.Create(JwsAlgorithm.ES256);
        var result = Jws.Verify(Sign(key, """{"alg":"ES256","typ":"at+jwt"}""", payload), AccessToken, Set(key.PublicKey));

        Assert.Equal(JwsFailure.MalformedClaims, result.Failure);
        Assert.Null(result.Claims);
        Assert.True(result.Payload.IsEmpty);
    }

    [Fact]
    public void A_result_that_nobody_made_is_a_failure()
    {
        Assert.False(default(JwsResult).IsValid);
        Assert.Equal(JwsFailure.NotVerified, default(JwsResult).Failure);
    }
}
