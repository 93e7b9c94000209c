using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace AuthServer.Policies.Engine.Rules;

/// <summary>A network in CIDR notation, or a single address. IPv4 written as IPv6 (<c>::ffff:10.0.0.1</c>) is IPv4, here and in callers.</summary>
public sealed record Network
{
    private const int MappedBits = 96;

    private readonly byte[] _start;
    private readonly int _length;

    private Network(string text, byte[] start, int length) => (Text, _start, _length) = (text, start, length);

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>Null: no network, or bits are set behind its length.</summary>
    public static Network? Parse(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (!TryAddress(slash < 0 ? text : text[..slash], out var address))
        {
            return null;
        }

        var bits = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        var length = slash < 0 ? bits : Length(text.AsSpan(slash + 1));
        if (address.IsIPv4MappedToIPv6 && length >= MappedBits)
        {
            (address, length, bits) = (address.MapToIPv4(), length - MappedBits, 32);
        }

        var start = address.GetAddressBytes();
        return length is { } known && known <= bits && EndsEmpty(start, known) ? new Network(text, start, known) : null;
    }

    /// <summary>An address in its usual form. The framework also reads 10.1, 0xa.0.0.1 and 012.0.0.1, which people read otherwise, and zones, which
    /// only one host knows.</summary>
    public static bool TryAddress(string text, [NotNullWhen(true)] out IPAddress? address) =>
        IPAddress.TryParse(text, out address) && !text.Contains('%')
        && (address.AddressFamily == AddressFamily.InterNetworkV6 ? !text.Contains('[') : address.ToString() == text);

    public bool Contains(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).TryWriteBytes(bytes, out var count);
        if (count != _start.Length)
        {
            return false;
        }

        var whole = _length / 8;
        return bytes[..whole].SequenceEqual(_start.AsSpan(0, whole))
            && (_length % 8 == 0 || (bytes[whole] ^ _start[whole]) >> (8 - (_length % 8)) == 0);
    }

    public bool Equals(Network? other) => other is not null && _length == other._length && _start.AsSpan().SequenceEqual(other._start);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(_start);
        hash.Add(_length);
        return hash.ToHashCode();
    }

    public override string ToString() => Text;

    private static int? Length(ReadOnlySpan<char> text) =>
        text.Length <= 3 && (text.Length == 1 || !text.StartsWith("0")) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            ? length
            : null;

    // The framework's own IPNetwork takes 2001:db8::1/32.
    private static bool EndsEmpty(byte[] start, int length)
    {
        for (var bit = length; bit < start.Length * 8; bit++)
        {
            if ((start[bit / 8] >> (7 - (bit % 8)) & 1) == 1)
            {
                return false;
            }
        }

        return true;
    }
}
