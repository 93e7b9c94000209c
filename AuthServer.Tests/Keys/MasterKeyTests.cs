using System.Security.Cryptography;
using System.Text;
using AuthServer.Keys;
using FsCheck;
using FsCheck.Fluent;

namespace AuthServer.Tests.Keys;

public sealed class MasterKeyTests : IDisposable
{
    private readonly MasterKey _master = MasterKey.Create();

    public void Dispose() => _master.Dispose();

    [Fact]
    public void What_is_sealed_opens_under_its_identity() =>
        Prop.ForAll<byte[], NonNull<string>>((plain, identity) =>
            _master.Open(_master.Seal(plain, identity.Get), identity.Get).AsSpan().SequenceEqual(plain)).QuickCheckThrowOnFailure();

    [Fact]
    public void Sealing_twice_never_gives_the_same_bytes() =>
        Assert.NotEqual(_master.Seal("x"u8, "a"), _master.Seal("x"u8, "a"));

    [Fact]
    public void A_secret_does_not_open_under_another_identity()
    {
        var envelope = _master.Seal("secret"u8, "signing-key:a");

        Assert.False(_master.TryOpen(envelope, "signing-key:b", out _, out var fault));
        Assert.Contains("sealed as something else", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_envelopes_cannot_be_swapped()
    {
        var (a, b) = (_master.Seal("one"u8, "a"), _master.Seal("two"u8, "b"));

        Assert.False(_master.TryOpen(b, "a", out _, out _));
        Assert.False(_master.TryOpen(a, "b", out _, out _));
    }

    [Fact]
    public void Another_master_key_opens_nothing_and_the_reason_says_so()
    {
        using var other = MasterKey.Create();

        Assert.False(other.TryOpen(_master.Seal("secret"u8, "a"), "a", out _, out var fault));
        Assert.Contains("another master key", fault, StringComparison.Ordinal);
        Assert.Throws<CryptographicException>(() => other.Open(_master.Seal("secret"u8, "a"), "a"));
    }

    [Fact]
    public void An_envelope_cut_anywhere_or_changed_in_any_bit_is_refused()
    {
        var envelope = _master.Seal("secret"u8, "a");
        for (var i = 0; i < envelope.Length; i++)
        {
            Assert.False(_master.TryOpen(envelope.AsSpan(0, i), "a", out _, out _), $"cut at {i}");
            for (var bit = 1; bit < 256; bit <<= 1)
            {
                var changed = envelope.ToArray();
                changed[i] ^= (byte)bit;
                Assert.False(_master.TryOpen(changed, "a", out _, out _), $"byte {i} bit {bit}");
            }
        }
        Assert.False(_master.TryOpen([.. envelope, 0], "a", out _, out _));
    }

    [Fact]
    public void The_envelope_does_not_hold_the_secret_in_clear() =>
        Assert.Equal(-1, _master.Seal("a secret of some length"u8, "a").AsSpan().IndexOf("a secret of some length"u8));

    [Fact]
    public void Derived_keys_are_stable_and_differ_by_purpose_and_by_master_key()
    {
        using var other = MasterKey.Create();

        Assert.Equal(32, _master.Derive("refresh").Length);
        Assert.Equal(_master.Derive("refresh"), _master.Derive("refresh"));
        Assert.NotEqual(_master.Derive("refresh"), _master.Derive("secrets"));
        Assert.NotEqual(_master.Derive("refresh"), other.Derive("refresh"));
    }

    [Fact]
    public void An_exported_key_reads_back_as_the_same_key()
    {
        Assert.True(MasterKey.TryParse([.. _master.Export(), (byte)'\r', (byte)'\n'], out var again));
        using (again)
            Assert.Equal("x"u8.ToArray(), again.Open(_master.Seal("x"u8, "a"), "a"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not base64 at all")]
    [InlineData("AAECAwQFBgcICQoLDA0ODw==")] // 16 bytes
    [InlineData("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g")] // 33 bytes
    [InlineData("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")]
    public void What_is_not_32_bytes_of_base64_is_no_master_key(string text) =>
        Assert.False(MasterKey.TryParse(Encoding.UTF8.GetBytes(text), out _));

    [Fact]
    public void It_never_prints_itself()
    {
        var text = Encoding.ASCII.GetString(_master.Export());

        Assert.DoesNotContain(text, $"{_master}", StringComparison.Ordinal);
        var settings = new KeySettings("keys", text, "/", new KeyPeriods(TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero));
        Assert.DoesNotContain(text, $"{settings}", StringComparison.Ordinal);
    }

    [Fact]
    public void After_its_end_it_refuses_to_work_instead_of_using_a_key_of_zeros()
    {
        var ended = MasterKey.Create();
        ended.Dispose();

        Assert.Throws<ObjectDisposedException>(() => ended.Seal("x"u8, "a"));
        Assert.Throws<ObjectDisposedException>(() => ended.Derive("a"));
        Assert.Throws<ObjectDisposedException>(() => ended.Export());
    }
}
