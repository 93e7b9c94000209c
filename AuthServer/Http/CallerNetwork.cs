using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Http;

public static class CallerNetwork
{
    private const int NetworkBytes = 8;

    /// <summary>What limits count by: an IPv4 address, or the /64 network that one IPv6 customer has all addresses of.</summary>
    public static string Network(this HttpContext http)
    {
        if (http.Connection.RemoteIpAddress is not { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false } address)
        {
            return http.Address();
        }

        var bytes = address.GetAddressBytes();
        Array.Clear(bytes, NetworkBytes, bytes.Length - NetworkBytes);
        return new System.Net.IPAddress(bytes) + "/64";
    }
}
