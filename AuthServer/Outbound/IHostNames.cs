using System.Net;
using System.Net.Sockets;

namespace AuthServer.Outbound;

/// <summary>Names to addresses.</summary>
public interface IHostNames
{
    /// <summary>Empty where there are none.</summary>
    Task<IPAddress[]> ResolveAsync(string host, CancellationToken ct);
}

/// <summary>By the machine's own resolver.</summary>
internal sealed class MachineHostNames : IHostNames
{
    public async Task<IPAddress[]> ResolveAsync(string host, CancellationToken ct)
    {
        try
        {
            return await Dns.GetHostAddressesAsync(host, ct);
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            // The framework's ways to say that there is none, and that there can be none.
            return [];
        }
    }
}
