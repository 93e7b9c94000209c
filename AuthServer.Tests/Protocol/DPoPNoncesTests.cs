using AuthServer.Protocol.Tokens;

namespace AuthServer.Tests.Protocol;

/// <summary>Nonces come from the key and the time alone.</summary>
public sealed class DPoPNoncesTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);
    private readonly DPoPNonces _nonces = new(new byte[32], Lifetime);

    [Fact]
    public void One_is_accepted_for_half_its_life_at_least_and_its_life_at_most()
    {
        for (var second = 0; second < 300; second += 7)
        {
            var given = Now.AddSeconds(second);
            var nonce = _nonces.Current(given);
            Assert.All(Enumerable.Range(0, 151), later => Assert.True(_nonces.Accepts(nonce, given.AddSeconds(later))));
            Assert.False(_nonces.Accepts(nonce, given + Lifetime));
        }
    }

    [Fact]
    public void Every_node_with_the_key_knows_it_and_nobody_without() => Assert.Equal(
        (true, false),
        (new DPoPNonces(new byte[32], Lifetime).Accepts(_nonces.Current(Now), Now), new DPoPNonces([1, .. new byte[31]], Lifetime).Accepts(_nonces.Current(Now), Now)));

    [Fact]
    public void One_of_the_future_is_not_accepted_yet() => Assert.False(_nonces.Accepts(_nonces.Current(Now + Lifetime), Now));

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("ä")]
    public void Nothing_else_is_one(string nonce) => Assert.False(_nonces.Accepts(nonce, Now));
}
