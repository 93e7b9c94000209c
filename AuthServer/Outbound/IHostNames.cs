using System.Net;
using System.Net.Sockets;

namespace AuthServer.Outbound;

/// <summary>Names to addresses.</summary>
public interface IHostNames
{
    /// <summary>Empty where there are none. It cannot be called off: while it goes on, it takes whatever it takes of this machine.</summary>
    Task<IPAddress[]> ResolveAsync(string host);
}

/// <summary>By the machine's own resolver.</summary>
internal sealed class MachineHostNames : IHostNames
{
    // The resolver blocks. On a thread of its own, a name whose servers do not answer costs nobody else one of the pool's few.
    public Task<IPAddress[]> ResolveAsync(string host) =>
        Task.Factory.StartNew(() => Resolve(host), CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);

    private static IPAddress[] Resolve(string host)
    {
        try
        {
            return Dns.GetHostAddresses(host);
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            // The framework's ways to say that there is none, and that there can be none.
            return [];
        }
    }
}
