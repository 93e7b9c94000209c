using System.Net;
using System.Net.Sockets;

namespace AuthServer.Outbound;

/// <summary>Which addresses the public internet has: none of the special-use ranges (RFC 6890 and its registries), which lead into this machine, its
/// network or its cloud.</summary>
public static class PublicAddresses
{
    private static readonly IPNetwork[] SpecialIPv4 =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
            "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24",
            "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",

            // Looks public, and is the host of every Azure machine: its metadata and agents.
            "168.63.129.16/32",
        }.Select(range => IPNetwork.Parse(range)),
    ];

    // Global unicast. All else is loopback, mapped IPv4, NAT64, unique local, link-local, multicast or not assigned.
    private static readonly IPNetwork GlobalIPv6 = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork[] SpecialIPv6 =
    [
        .. new[]
        {
            // Teredo and other protocol assignments, documentation, 6to4, AS112, documentation.
            "2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20",
        }.Select(range => IPNetwork.Parse(range)),
    ];

    public static bool Contains(IPAddress address) => address.AddressFamily switch
    {
        AddressFamily.InterNetwork => !SpecialIPv4.Any(range => range.Contains(address)),

        // The framework compares a mapped IPv4 address by its IPv4 part.
        AddressFamily.InterNetworkV6 => !address.IsIPv4MappedToIPv6 && address.ScopeId == 0 && GlobalIPv6.Contains(address) && !SpecialIPv6.Any(range => range.Contains(address)),
        _ => false,
    };
}
