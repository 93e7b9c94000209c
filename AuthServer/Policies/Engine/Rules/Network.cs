using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace AuthServer.Policies.Engine.Rules;

/// <summary>A network in CIDR notation, or a single address. IPv4 written as IPv6 (<c>::ffff:10.0.0.1</c>) is IPv4, here and in callers.</summary>
public sealed record Network
{
    private const int MappedBits = 96;

    private readonly IPNetwork _network;

    private Network(string text, IPNetwork network) => (Text, _network) = (text, network);

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>Null: no network, or bits are set behind its length.</summary>
    public static Network? Parse(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (Address(slash < 0 ? text : text[..slash]) is not { } address)
        {
            return null;
        }

        var bits = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        var length = slash < 0 ? bits : Length(text.AsSpan(slash + 1));
        if (address.IsIPv4MappedToIPv6 && length >= MappedBits)
        {
            (address, length, bits) = (address.MapToIPv4(), length - MappedBits, 32);
        }

        return length is { } prefix && prefix <= bits && Exact(address, prefix) is { } network ? new Network(text, network) : null;
    }

    public bool Contains(IPAddress address) => _network.Contains(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    public bool Equals(Network? other) => other is not null && _network.Equals(other._network);

    public override int GetHashCode() => _network.GetHashCode();

    public override string ToString() => Text;

    // The framework also reads 10.1, 0xa.0.0.1 and 012.0.0.1, which people read otherwise, and zones, which are another host's.
    private static IPAddress? Address(string text) =>
        !text.Contains('%') && IPAddress.TryParse(text, out var address)
        && (address.AddressFamily == AddressFamily.InterNetworkV6 ? !text.Contains('[') : address.ToString() == text)
            ? address
            : null;

    private static int? Length(ReadOnlySpan<char> text) =>
        text.Length <= 3 && (text.Length == 1 || !text.StartsWith("0")) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            ? length
            : null;

    private static IPNetwork? Exact(IPAddress address, int length) =>
        IPNetwork.TryParse($"{address}/{length.ToString(CultureInfo.InvariantCulture)}", out var network) ? network : null;
}
