using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using AuthServer.Jose;

namespace AuthServer.Tests.Jose;

/// <summary>Tokens with any header, honestly signed, so that a refusal can only be the header's doing.</summary>
internal static class TestTokens
{
    public static readonly byte[] Claims = Encoding.UTF8.GetBytes("""{"iss":"https://as.example","sub":"usr_1","aud":"https://api.example","exp":2000000000}""");

    public static JsonWebKey Key(string jwk) =>
        JsonWebKey.TryParse(JsonElement.Parse(jwk), out var key, out var error) ? key : throw new Xunit.Sdk.XunitException(error);

    public static JsonWebKeySet Set(params JsonWebKey[] keys) => new(keys);

    public static string Sign(SigningKey key, string headerJson, string? payload = null)
    {
        var input = Encode(headerJson) + "." + (payload is null ? Base64Url.EncodeToString(Claims) : Encode(payload));
        var signature = new byte[key.SignatureLength];
        key.Sign(Encoding.ASCII.GetBytes(input), signature);
        return input + "." + Base64Url.EncodeToString(signature);
    }

    public static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    /// <summary>What verifying an honestly signed ES256 token with these extra header members says.</summary>
    public static JwsFailure? FailureOf(string extraHeaderMembers)
    {
        using var key = SigningKey.Create(JwsAlgorithm.ES256);
        var token = Sign(key, $$"""{"alg":"ES256","typ":"at+jwt"{{extraHeaderMembers}}}""");
        return Jws.Verify(token, JwsTyp.Of("at+jwt"), Set(key.PublicKey)).Failure ?? Jws.Verify(token, JwsTyp.Of("at+jwt"), _ => [key.PublicKey]).Failure;
    }
}
