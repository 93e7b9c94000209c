using System.Security.Cryptography;
using AuthServer.Jose;

namespace AuthServer.Tests.Jose;

public class SigningKeyTests
{
    [Theory]
    [MemberData(nameof(RoundTripTests.Algorithms), MemberType = typeof(RoundTripTests))]
    public void A_key_survives_export_and_import(JwsAlgorithm algorithm)
    {
        using var key = SigningKey.Create(algorithm);
        using var again = SigningKey.FromPkcs8(algorithm, key.ExportPkcs8());

        Assert.Equal(key.KeyId, again.KeyId);
        Assert.Equal(key.PublicKey.Thumbprint, key.KeyId);
        var token = Jws.Sign(again, "JWT", TestTokens.Claims);
        Assert.True(Jws.Verify(token, JwsTyp.Of("JWT"), TestTokens.Set(key.PublicKey)).IsValid);
    }

    [Theory]
    [InlineData(JwsAlgorithm.ES256, JwsAlgorithm.ES384)]
    [InlineData(JwsAlgorithm.ES384, JwsAlgorithm.ES256)]
    [InlineData(JwsAlgorithm.RS256, JwsAlgorithm.ES256)]
    [InlineData(JwsAlgorithm.ES256, JwsAlgorithm.PS256)]
    public void A_key_of_another_algorithm_is_not_imported(JwsAlgorithm made, JwsAlgorithm wanted)
    {
        using var key = SigningKey.Create(made);
        Assert.ThrowsAny<CryptographicException>(() => SigningKey.FromPkcs8(wanted, key.ExportPkcs8()));
    }

    [Fact]
    public void A_weak_key_one_with_trailing_bytes_and_noise_are_not_imported()
    {
        using var weak = RSA.Create(1024);
        using var key = SigningKey.Create(JwsAlgorithm.ES256);

        Assert.ThrowsAny<CryptographicException>(() => SigningKey.FromPkcs8(JwsAlgorithm.RS256, weak.ExportPkcs8PrivateKey()));
        Assert.ThrowsAny<CryptographicException>(() => SigningKey.FromPkcs8(JwsAlgorithm.ES256, [.. key.ExportPkcs8(), 0]));
        Assert.ThrowsAny<CryptographicException>(() => SigningKey.FromPkcs8(JwsAlgorithm.ES256, [1, 2, 3]));
        Assert.Throws<ArgumentException>(() => SigningKey.FromPkcs8(JwsAlgorithm.ES256, key.ExportPkcs8(), "a\nb"));
    }

    [Fact]
    public void A_disposed_key_signs_no_more_but_its_public_part_still_verifies()
    {
        var key = SigningKey.Create(JwsAlgorithm.ES256);
        var token = Jws.Sign(key, "JWT", TestTokens.Claims);
        key.Dispose();
        key.Dispose();

        Assert.Throws<ObjectDisposedException>(() => Jws.Sign(key, "JWT", TestTokens.Claims));
        Assert.True(Jws.Verify(token, JwsTyp.Of("JWT"), TestTokens.Set(key.PublicKey)).IsValid);
    }

    [Fact]
    public void The_text_of_a_key_shows_its_id_and_nothing_secret()
    {
        using var key = SigningKey.Create(JwsAlgorithm.ES256);
        Assert.Equal($"ES256 {key.KeyId}", key.ToString());
    }
}
