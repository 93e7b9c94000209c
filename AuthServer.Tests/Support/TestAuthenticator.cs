using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace AuthServer.Tests.Support;

/// <summary>An authenticator app (RFC 6238) that was told a key as a page shows it.</summary>
public sealed class TestAuthenticator(string shown, TestClock clock)
{
    private readonly byte[] _secret = Read(shown);

    /// <summary>What it shows now, or was or will be shown so many steps away.</summary>
    public string Code(int steps = 0) => CodeOf(_secret, (clock.Now.ToUnixTimeSeconds() / 30) + steps);

    /// <summary>A code of six digits that is none of those that would be accepted now.</summary>
    public string Wrong() => Enumerable.Range(0, 10).Select(n => n.ToString("D6", CultureInfo.InvariantCulture)).First(code => code != Code(-1) && code != Code() && code != Code(1));

    public static string CodeOf(byte[] secret, long step)
    {
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
#pragma warning disable CA5350 // RFC 6238's default, and all that every app knows.
        var mac = HMACSHA1.HashData(secret, counter);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadInt32BigEndian(mac.AsSpan(mac[^1] & 15, 4)) & int.MaxValue;
        return (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }

    private static byte[] Read(string shown)
    {
        var bits = string.Concat(shown.Where(char.IsLetterOrDigit).Select(c => Convert.ToString("abcdefghijklmnopqrstuvwxyz234567".IndexOf(c, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        return [.. bits.Chunk(8).Where(octet => octet.Length == 8).Select(octet => Convert.ToByte(new string(octet), 2))];
    }
}
