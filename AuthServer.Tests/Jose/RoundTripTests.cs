using System.Text;
using System.Text.Json;
using AuthServer.Jose;
using FsCheck;
using FsCheck.Fluent;

namespace AuthServer.Tests.Jose;

public class RoundTripTests
{
    private static readonly JwsTyp AccessToken = JwsTyp.Of("at+jwt");

    public static TheoryData<JwsAlgorithm> Algorithms => [JwsAlgorithm.ES256, JwsAlgorithm.ES384, JwsAlgorithm.RS256, JwsAlgorithm.PS256];

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Whatever_is_signed_verifies_and_reads_back(JwsAlgorithm algorithm)
    {
        using var key = SigningKey.Create(algorithm);
        var keys = new JsonWebKeySet([key.PublicKey]);
        Prop.ForAll<NonNull<string>, long>((subject, number) =>
        {
            var text = subject.Get.Replace("\0", "", StringComparison.Ordinal);
            text = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)); // lone surrogates are no JSON text
            var payload = JsonSerializer.SerializeToUtf8Bytes(new { sub = text, n = number });
            var result = Jws.Verify(Jws.Sign(key, "at+jwt", payload), AccessToken, keys);
            return result.IsValid && result.Payload.Span.SequenceEqual(payload) && result.KeyId == key.KeyId && result.Type == "at+jwt"
                && result.Claims.TryGetString("sub", out var sub) && sub == text
                && result.Claims.TryGetLong("n", out var n) && n == number;
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Any_change_of_one_character_is_refused(JwsAlgorithm algorithm)
    {
        using var key = SigningKey.Create(algorithm);
        var keys = new JsonWebKeySet([key.PublicKey]);
        var token = Jws.Sign(key, "at+jwt", TestTokens.Claims);
        Prop.ForAll<NonNegativeInt, char>((position, character) =>
        {
            var changed = token.ToCharArray();
            var index = position.Get % changed.Length;
            if (changed[index] == character)
                return true;
            changed[index] = character;
            return !Jws.Verify(changed, AccessToken, keys).IsValid;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Every_position_of_a_token_is_covered_and_has_one_spelling()
    {
        using var key = SigningKey.Create(JwsAlgorithm.ES256);
        var keys = new JsonWebKeySet([key.PublicKey]);
        var token = Jws.Sign(key, "at+jwt", TestTokens.Claims);
        for (var i = 0; i < token.Length; i++)
        {
            var changed = token.ToCharArray();
            changed[i] = changed[i] == 'A' ? 'B' : (char)(changed[i] ^ 1); // often the lowest bit: the unused one of a last character
            Assert.False(Jws.Verify(changed, AccessToken, keys).IsValid, $"position {i}");
            Assert.False(Jws.Verify(token.Remove(i, 1), AccessToken, keys).IsValid, $"without position {i}");
            Assert.False(Jws.Verify(token.AsSpan(0, i), AccessToken, keys).IsValid, $"cut at {i}");
        }
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public async Task Many_threads_sign_and_verify_with_one_key_at_once(JwsAlgorithm algorithm)
    {
        using var key = SigningKey.Create(algorithm);
        var keys = new JsonWebKeySet([key.PublicKey]);
        using var start = new Barrier(64);
        var threads = Enumerable.Range(0, 64).Select(thread => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait();
                return Enumerable.Range(0, 10).All(i =>
                {
                    var payload = Encoding.UTF8.GetBytes($$"""{"jti":"{{thread}}-{{i}}"}""");
                    var result = Jws.Verify(Jws.Sign(key, "at+jwt", payload), AccessToken, keys);
                    return result.IsValid && result.Payload.Span.SequenceEqual(payload);
                });
            },
            TaskCreationOptions.LongRunning));

        Assert.All(await Task.WhenAll(threads), Assert.True);
    }

    [Fact]
    public void A_header_is_the_same_bytes_for_a_type_and_differs_between_types()
    {
        using var key = SigningKey.Create(JwsAlgorithm.ES256);
        var access = Jws.Sign(key, "at+jwt", TestTokens.Claims).Split('.')[0];

        Assert.Equal(access, Jws.Sign(key, "at+jwt", "{}"u8).Split('.')[0]);
        Assert.NotEqual(access, Jws.Sign(key, "JWT", "{}"u8).Split('.')[0]);
        Assert.Equal(TestTokens.Encode($$"""{"alg":"ES256","typ":"at+jwt","kid":"{{key.KeyId}}"}"""), access);
    }

    [Fact]
    public void A_token_larger_than_the_stack_buffer_round_trips_and_one_over_the_limit_is_refused()
    {
        using var key = SigningKey.Create(JwsAlgorithm.ES256);
        var keys = new JsonWebKeySet([key.PublicKey]);
        var large = Jws.Sign(key, "at+jwt", JsonSerializer.SerializeToUtf8Bytes(new { sub = new string('x', 9_000) }));
        var tooLarge = Jws.Sign(key, "at+jwt", JsonSerializer.SerializeToUtf8Bytes(new { sub = new string('x', 12_500) }));

        Assert.True(Jws.Verify(large, AccessToken, keys).IsValid);
        Assert.Equal(JwsFailure.TooLarge, Jws.Verify(tooLarge, AccessToken, keys).Failure);
    }
}
