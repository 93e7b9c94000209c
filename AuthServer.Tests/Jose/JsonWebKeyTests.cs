using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using AuthServer.Jose;

namespace AuthServer.Tests.Jose;

public class JsonWebKeyTests
{
    private const string X = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
    private const string Y = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";

    [Theory]
    [InlineData("d")]
    [InlineData("p")]
    [InlineData("q")]
    [InlineData("dp")]
    [InlineData("dq")]
    [InlineData("qi")]
    [InlineData("oth")]
    [InlineData("k")]
    public void A_private_or_symmetric_member_is_refused(string member) => Refused(Ec($",\"{member}\":\"AA\""));

    [Theory]
    [InlineData(",\"alg\":\"ES384\"")]
    [InlineData(",\"alg\":\"RS256\"")]
    [InlineData(",\"alg\":\"none\"")]
    [InlineData(",\"alg\":null")]
    [InlineData(",\"use\":\"enc\"")]
    [InlineData(",\"use\":1")]
    [InlineData(",\"key_ops\":[\"sign\"]")]
    [InlineData(",\"key_ops\":\"verify\"")]
    [InlineData(",\"kid\":\"\"")]
    [InlineData(",\"kid\":7")]
    [InlineData(",\"kid\":\"a\\nb\"")]
    [InlineData(",\"kid\":\"\\ud800\"")]
    [InlineData(",\"kty\":\"EC\"")]
    public void A_member_that_does_not_fit_is_refused(string members) => Refused(Ec(members));

    [Theory]
    [InlineData(",\"use\":\"sig\",\"alg\":\"ES256\",\"key_ops\":[\"verify\"],\"kid\":\"a\"", "a")]
    [InlineData(",\"x5c\":[],\"ext\":true", null)]
    public void A_fitting_key_is_read_and_is_named_by_its_thumbprint_without_a_kid(string members, string? keyId)
    {
        var key = TestTokens.Key(Ec(members));
        Assert.Equal(keyId ?? key.Thumbprint, key.KeyId);
        Assert.Equal(JwsAlgorithm.ES256, key.Algorithm);
    }

    [Theory]
    [InlineData(X, X)] // not on the curve
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("_____wAAAAEAAAAAAAAAAAAAAAD_______________8", Y)] // the field's prime
    [InlineData(X + "=", Y)]
    [InlineData("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEV", Y)] // a loose trailing bit
    [InlineData("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVA", Y)] // a byte short
    [InlineData("", "")]
    [InlineData("é", Y)]
    public void A_point_that_is_none_of_the_curves_is_refused(string x, string y) =>
        Refused($$"""{"kty":"EC","crv":"P-256","x":"{{x}}","y":"{{y}}"}""");

    [Theory]
    [InlineData("""{"kty":"EC","crv":"P-384","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}""")]
    [InlineData("""{"kty":"EC","crv":"secp256k1","x":"AA","y":"AA"}""")]
    [InlineData("""{"kty":"ec"}""")]
    [InlineData("""{"kty":["EC"]}""")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("\"EC\"")]
    public void Another_curve_type_or_value_is_refused(string jwk) => Refused(jwk);

    [Fact]
    public void RSA_keys_have_2048_to_8192_bits_and_a_sound_exponent()
    {
        using var weak = RSA.Create(1024);
        var strong = Base64Url.DecodeFromChars(JsonElement.Parse(Vectors.Rfc7515A2Key).GetProperty("n").GetString());
        var even = strong.ToArray();
        even[^1] &= 0xFE;
        byte[] narrow = [0x7F, .. strong[1..]];

        Assert.True(Parses(Rsa(strong, [1, 0, 1])));
        Assert.True(Parses(Rsa(strong, [3])));
        Refused(Rsa(weak.ExportParameters(false).Modulus!, [1, 0, 1]));
        Refused(Rsa(narrow, [1, 0, 1]));
        Refused(Rsa(even, [1, 0, 1]));
        Refused(Rsa([0, .. strong], [1, 0, 1]));
        Refused(Rsa([.. Enumerable.Repeat((byte)0xFF, 1025)], [1, 0, 1]));
        Refused(Rsa(strong, [1]));
        Refused(Rsa(strong, [2]));
        Refused(Rsa(strong, [0, 1]));
        Refused(Rsa(strong, []));
        Refused(Rsa(strong, [1, 0, 0, 0, 1]));
    }

    [Theory]
    [InlineData("RS256", true)]
    [InlineData("PS256", true)]
    [InlineData("RS384", false)]
    [InlineData("PS384", false)]
    [InlineData("ES256", false)]
    [InlineData("RSA-OAEP", false)]
    public void An_RSA_key_names_an_algorithm_of_ours_or_none(string algorithm, bool supported)
    {
        var jwk = Vectors.Rfc7515A2Key.Replace("}", $",\"alg\":\"{algorithm}\"}}", StringComparison.Ordinal);
        Assert.Equal(supported, Parses(jwk));
    }

    [Fact]
    public void An_RSA_key_without_an_algorithm_verifies_RS256_and_PS256_and_nothing_else()
    {
        using var rs = SigningKey.Create(JwsAlgorithm.RS256);
        using var ps = SigningKey.FromPkcs8(JwsAlgorithm.PS256, rs.ExportPkcs8());
        var jwk = JsonWebKeySetTests.Json(rs.PublicKey).Replace("\"alg\":\"RS256\",", "", StringComparison.Ordinal);
        var set = TestTokens.Set(TestTokens.Key(jwk));

        Assert.True(Jws.Verify(Jws.Sign(rs, "JWT", TestTokens.Claims), JwsTyp.Of("JWT"), set).IsValid);
        Assert.True(Jws.Verify(Jws.Sign(ps, "JWT", TestTokens.Claims), JwsTyp.Of("JWT"), set).IsValid);
        Assert.False(set.Keys[0].Accepts(JwsAlgorithm.ES256));
    }

    private static string Ec(string members) => $$"""{"kty":"EC","crv":"P-256","x":"{{X}}","y":"{{Y}}"{{members}}}""";

    private static string Rsa(byte[] modulus, byte[] exponent) =>
        $$"""{"kty":"RSA","n":"{{Base64Url.EncodeToString(modulus)}}","e":"{{Base64Url.EncodeToString(exponent)}}"}""";

    private static bool Parses(string jwk) => JsonWebKey.TryParse(JsonElement.Parse(jwk), out _, out _);

    private static void Refused(string jwk)
    {
        Assert.False(JsonWebKey.TryParse(JsonElement.Parse(jwk), out var key, out var error));
        Assert.Null(key);
        Assert.NotEmpty(error);
    }
}
