using System.Text;
using AuthServer.Jose;
using FsCheck;
using FsCheck.Fluent;

namespace AuthServer.Tests.Jose;

public class FuzzTests
{
    private static readonly string[] Pieces =
        ["{", "}", "[", "]", ":", ",", "\"", "\\u0061", "\\ud800", "\\", "alg", "ES256", "kid", "typ", "at+jwt", "jwk", "kty", "EC", "x", "1", "-", "1e9", "null", "é", "\n", "{\"alg\":\"ES256\""];

    private static Arbitrary<string> Json => Gen.Elements(Pieces).ListOf().Select(string.Concat).ToArbitrary();

    [Fact]
    public void No_text_makes_verification_throw() =>
        Prop.ForAll<NonNull<string>>(text => !Jws.Verify(text.Get, JwsTyp.JwtOrAbsent, new JsonWebKeySet([])).IsValid).QuickCheckThrowOnFailure();

    [Fact]
    public void No_header_makes_verification_throw()
    {
        using var key = SigningKey.Create(JwsAlgorithm.ES256);
        var keys = new JsonWebKeySet([key.PublicKey]);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2_000), Prop.ForAll(Json, json =>
        {
            var token = TestTokens.Encode(json) + ".e30.AAAA";
            return !Jws.Verify(token, JwsTyp.JwtOrAbsent, keys).IsValid && !Jws.VerifySelfSigned(token, JwsTyp.JwtOrAbsent).IsValid;
        }));
    }

    [Fact]
    public void No_claims_set_or_key_set_makes_its_reader_throw() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2_000), Prop.ForAll(Json, json =>
        {
            var read = JwtClaims.TryParse(Encoding.UTF8.GetBytes(json), out var claims);
            var keysRead = JsonWebKeySet.TryParse("{\"keys\":[" + json + "]}", out var keys, out _);
            return keysRead == (keys is not null) && read == (claims is not null) && (claims is null || claims.Names.All(claims.Has));
        }));
}
