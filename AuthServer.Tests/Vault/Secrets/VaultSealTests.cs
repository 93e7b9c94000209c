using System.Security.Cryptography;
using System.Text;
using AuthServer.Tests.Keys;
using AuthServer.Vault.Secrets;

namespace AuthServer.Tests.Vault.Secrets;

/// <summary>What is sealed opens in its own place and nowhere else, whole and not in parts.</summary>
[Trait("negative", "54")]
public sealed class VaultSealTests : IAsyncLifetime
{
    private static readonly SecretPlace Place = new("Connections", "Secret", "conn_1");

    private readonly Installation _installation = new();
    private VaultSeal _seal = null!;

    public async Task InitializeAsync() => _seal = (await VaultNode.StartAsync(_installation)).Seal;

    public async Task DisposeAsync() => await _installation.DisposeAsync();

    [Fact]
    public void Whatever_is_sealed_opens_again_in_its_place()
    {
        for (var length = 0; length < 200; length++)
        {
            var plain = RandomNumberGenerator.GetBytes(length);
            Assert.True(_seal.TryOpen(_seal.Seal(plain, Place), Place, out var opened, out var fault));
            Assert.Null(fault);
            Assert.Equal(plain, opened);
        }
    }

    [Theory]
    [InlineData("Connections", "Secret", "conn_2")]
    [InlineData("Connections", "Secret", "conn_1 ")]
    [InlineData("Connections", "Secret", "")]
    [InlineData("ConnectedAccounts", "Tokens", "conn_1")]
    [InlineData("Connections", "Settings", "conn_1")]
    [InlineData("connections", "Secret", "conn_1")]
    public void A_copied_row_and_a_swapped_column_do_not_open(string table, string column, string id)
    {
        var envelope = _seal.Seal("a secret"u8, Place);
        var elsewhere = new SecretPlace(table, column, id);

        Assert.False(_seal.TryOpen(envelope, elsewhere, out var plain, out var fault));
        Assert.Null(plain);
        Assert.Contains("another place", fault, StringComparison.Ordinal);
        Assert.False(_seal.TryRewrap(envelope, elsewhere, out _, out _));
        Assert.False(_seal.TryReencrypt(envelope, elsewhere, out _, out _));
    }

    [Fact]
    public void A_truncated_value_does_not_open_wherever_it_was_cut()
    {
        var envelope = _seal.Seal("a secret of some length"u8, Place);
        for (var length = 0; length < envelope.Length; length++)
        {
            Assert.False(_seal.TryOpen(envelope[..length], Place, out _, out _));
            Assert.False(_seal.TryOpen(envelope[length..][1..], Place, out _, out _));
        }
    }

    [Fact]
    public void A_value_does_not_open_when_any_of_its_characters_is_another()
    {
        var envelope = _seal.Seal("a secret"u8, Place);
        for (var at = 0; at < envelope.Length; at++)
        {
            // Of the last character of base64 some bits count for nothing; the decoder refuses those too.
            foreach (var other in new[] { 'A', 'B', '-', '.', '=' }.Where(other => other != envelope[at]))
            {
                var changed = envelope[..at] + other + envelope[(at + 1)..];
                Assert.False(_seal.TryOpen(changed, Place, out _, out _), $"{at}: {other}");
            }
        }
    }

    [Fact]
    public void The_keys_of_two_values_cannot_be_exchanged()
    {
        var (one, two) = (_seal.Seal("one"u8, Place).Split('.'), _seal.Seal("two"u8, Place).Split('.'));
        Assert.False(_seal.TryOpen(string.Join('.', one[0], one[1], two[2], one[3]), Place, out _, out _));
    }

    [Fact]
    public void The_same_value_is_never_sealed_the_same_twice_and_nothing_of_it_is_to_be_seen()
    {
        const string secret = "sk-live-0123456789";
        var envelopes = Enumerable.Range(0, 100).Select(_ => _seal.Seal(Encoding.UTF8.GetBytes(secret), Place)).ToList();

        Assert.Equal(100, envelopes.SelectMany(envelope => envelope.Split('.')[2..]).Distinct().Count() / 2);
        Assert.All(envelopes, envelope => Assert.DoesNotContain(Convert.ToBase64String(Encoding.UTF8.GetBytes(secret))[..12], envelope, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Another_installation_opens_nothing()
    {
        await using var other = new Installation();
        var envelope = _seal.Seal("a secret"u8, Place);

        Assert.False((await VaultNode.StartAsync(other)).Seal.TryOpen(envelope, Place, out _, out var fault));
        Assert.Contains("not here", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_sealed_for_a_column_that_a_new_key_would_not_reach() =>
        Assert.Contains("SealedColumns", Assert.Throws<ArgumentException>(() => _seal.Seal("x"u8, new SecretPlace("Connections", "Settings", "conn_1"))).Message, StringComparison.Ordinal);
}
