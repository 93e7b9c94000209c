using System.Globalization;
using System.Text;
using AuthServer.Jose;
using static AuthServer.Tests.Jose.TestTokens;

namespace AuthServer.Tests.Jose;

public sealed class VerifiedTokensTests : IDisposable
{
    private readonly SigningKey _key = SigningKey.Create(JwsAlgorithm.ES256);
    private readonly VerifiedTokens _tokens = new(JwsTyp.Of("at+jwt"), capacity: 4);

    public void Dispose() => _key.Dispose();

    [Fact]
    public void A_token_is_verified_once_and_then_known()
    {
        var (token, keys) = (Token(0), Set(_key.PublicKey));
        var first = _tokens.Verify(token, keys);

        Assert.Equal("usr_0", first!.TryGetString("sub", out var subject) ? subject : null);
        Assert.Same(first, _tokens.Verify(token, keys));
    }

    [Fact]
    public void Another_signature_under_a_known_token_is_refused()
    {
        var (token, keys) = (Token(0), Set(_key.PublicKey));
        Assert.NotNull(_tokens.Verify(token, keys));
        var at = token.LastIndexOf('.') + 5;
        var forged = token[..at] + (token[at] == 'A' ? 'B' : 'A') + token[(at + 1)..];

        Assert.Null(_tokens.Verify(forged, keys));
        Assert.Null(_tokens.Verify(token + "A", keys));
        Assert.Null(_tokens.Verify(token.Replace('.', '\uFF0E'), keys));
    }

    [Fact]
    public void A_refused_token_is_refused_again_until_its_key_is_published()
    {
        using var other = SigningKey.Create(JwsAlgorithm.ES256);
        var (token, keys) = (Token(0), Set(other.PublicKey));

        Assert.Null(_tokens.Verify(token, keys));
        Assert.Null(_tokens.Verify(token, keys));
        Assert.NotNull(_tokens.Verify(token, Set(other.PublicKey, _key.PublicKey)));
    }

    [Fact]
    public void A_known_token_of_a_key_that_is_no_longer_published_is_refused()
    {
        using var other = SigningKey.Create(JwsAlgorithm.ES256);
        var token = Token(0);
        Assert.NotNull(_tokens.Verify(token, Set(_key.PublicKey, other.PublicKey)));

        Assert.Null(_tokens.Verify(token, Set(other.PublicKey)));
    }

    [Fact]
    public void What_is_asked_about_stays_and_what_is_not_makes_room()
    {
        var keys = Set(_key.PublicKey);
        var (busy, idle) = (_tokens.Verify(Token(0), keys), _tokens.Verify(Token(1), keys));
        for (var other = 2; other < 12; other++)
        {
            Assert.NotNull(_tokens.Verify(Token(other), keys));
            Assert.Same(busy, _tokens.Verify(Token(0), keys));
        }

        Assert.NotSame(idle, _tokens.Verify(Token(1), keys));
    }

    [Fact]
    public void A_token_too_long_to_be_remembered_is_verified_each_time()
    {
        var token = Jws.Sign(_key, "at+jwt", Encoding.UTF8.GetBytes($$"""{"sub":"{{new string('a', 2000)}}"}"""));
        var keys = Set(_key.PublicKey);
        var first = _tokens.Verify(token, keys);

        Assert.NotNull(first);
        Assert.NotSame(first, _tokens.Verify(token, keys));
    }

    // ES256 signs anew each time: each of these is made once.
    private readonly Dictionary<int, string> _made = [];

    private string Token(int number) => _made.TryGetValue(number, out var made)
        ? made
        : _made[number] = Jws.Sign(_key, "at+jwt", Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$"""{"sub":"usr_{{number}}"}""")));
}
