using System.Text;
using System.Text.Json;
using AuthServer.Jose;

namespace AuthServer.Tests.Jose;

public class JsonWebKeySetTests
{
    [Fact]
    public void A_set_reads_back_what_it_wrote()
    {
        using var curve = SigningKey.Create(JwsAlgorithm.ES384);
        using var rsa = SigningKey.Create(JwsAlgorithm.PS256);
        var anyRsa = TestTokens.Key(Vectors.Rfc7520RsaKey);
        var json = new JsonWebKeySet([curve.PublicKey, rsa.PublicKey, anyRsa]).ToUtf8();

        Assert.True(JsonWebKeySet.TryParse(json, out var set, out _));
        Assert.Equal([curve.KeyId, rsa.KeyId, "bilbo.baggins@hobbiton.example"], set.Keys.Select(k => k.KeyId));
        Assert.Equal([JwsAlgorithm.ES384, JwsAlgorithm.PS256, JwsAlgorithm.RS256], set.Keys.Select(k => k.Algorithm));
        Assert.Equal([curve.PublicKey.Thumbprint, rsa.PublicKey.Thumbprint, anyRsa.Thumbprint], set.Keys.Select(k => k.Thumbprint));
        Assert.True(set.Keys[2].Accepts(JwsAlgorithm.PS256));
        Assert.False(set.Keys[1].Accepts(JwsAlgorithm.RS256));
        Assert.Equal(json, set.ToUtf8());
    }

    [Fact]
    public void An_EC_key_is_written_as_RFC_7517_names_its_members()
    {
        using var key = SigningKey.Create(JwsAlgorithm.ES256);
        var jwk = JsonElement.Parse(Json(key.PublicKey));

        Assert.Equal(["kty", "use", "kid", "alg", "crv", "x", "y"], jwk.EnumerateObject().Select(m => m.Name));
        Assert.Equal(key.PublicKey.Thumbprint, jwk.GetProperty("kid").GetString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"keys":{}}""")]
    [InlineData("""{"keys":[]}""")]
    [InlineData("""{"keys":["x"]}""")]
    [InlineData("""{"keys":[],"keys":[]}""")]
    [InlineData("""{"keys":[{"kty":"oct","k":"AAAA"}]}""")]
    [InlineData("""{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}""")]
    public void A_document_that_is_no_set_of_usable_public_keys_is_refused_with_a_reason(string json)
    {
        Assert.False(JsonWebKeySet.TryParse(json, out _, out var error));
        Assert.NotEmpty(error);
    }

    [Fact]
    public void A_key_of_an_unknown_kind_is_left_out_and_a_symmetric_one_refuses_the_set()
    {
        Assert.True(JsonWebKeySet.TryParse($$"""{"keys":[{"kty":"new"},{"kty":"OKP"},{{Vectors.Rfc7520EcKey}},{{Vectors.Rfc7515A3Key}}]}""", out var set, out _));
        Assert.Single(set.Keys);
        Assert.False(JsonWebKeySet.TryParse($$"""{"keys":[{{Vectors.Rfc7515A3Key}},{"kty":"oct","k":"AAAA"}]}""", out _, out _));
    }

    [Fact]
    public void A_set_of_too_many_keys_is_refused()
    {
        static string Keys(int count) => $$"""{"keys":[{{string.Join(',', Enumerable.Repeat(Vectors.Rfc7515A3Key, count))}}]}""";
        Assert.True(JsonWebKeySet.TryParse(Keys(JsonWebKeySet.MaxKeys), out _, out _));
        Assert.False(JsonWebKeySet.TryParse(Keys(JsonWebKeySet.MaxKeys + 1), out _, out _));
    }

    internal static string Json(JsonWebKey key)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
            key.WriteTo(writer);
        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
