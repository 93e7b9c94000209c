using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Http;

public static class CallerNetwork
{
    private const int NetworkBytes = 8;
    private const int NeighbourhoodBytes = 7;
    private const int NeighbourhoodBytesOfIPv4 = 3;

    /// <summary>What limits count by: an IPv4 address, or the /64 network that one IPv6 customer has all addresses of.</summary>
    public static string Network(this HttpContext http) =>
        http.Connection.RemoteIpAddress is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false } address ? Prefix(address, NetworkBytes) : http.Address();

    /// <summary>What more of one customer's networks lie in: the IPv4 /24, or the IPv6 /56 that homes and small sites are given whole.</summary>
    public static string Neighbourhood(this HttpContext http) => http.Connection.RemoteIpAddress switch
    {
        null => http.Address(),
        { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false } address => Prefix(address, NeighbourhoodBytes),
        var address => Prefix(address.MapToIPv4(), NeighbourhoodBytesOfIPv4),
    };

    private static string Prefix(IPAddress address, int length)
    {
        var bytes = address.GetAddressBytes();
        Array.Clear(bytes, length, bytes.Length - length);
        return $"{new IPAddress(bytes)}/{length * 8}";
    }
}
