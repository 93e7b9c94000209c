using System.Net;
using System.Net.Sockets;

namespace AuthServer.Outbound;

/// <summary>HTTP whose every request connects to the address that was checked for it, and to no other: no redirects, proxies, cookies or compression.</summary>
internal static class PinnedConnections
{
    private static readonly HttpRequestOptionsKey<IPAddress> Checked = new("address");

    public static HttpClient Create(int mostOfOneHost)
    {
        var http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            MaxConnectionsPerServer = mostOfOneHost,
            MaxResponseHeadersLength = 16,
            ConnectCallback = ConnectAsync,

            // Each request connects to the address that was checked for it, and what nobody wants to read of an answer is not read.
            PooledConnectionLifetime = TimeSpan.Zero,
            MaxResponseDrainSize = 0,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        http.DefaultRequestHeaders.UserAgent.ParseAdd("AuthServer");
        return http;
    }

    public static void Pin(HttpRequestMessage request, IPAddress address) => request.Options.Set(Checked, address);

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        if (!context.InitialRequestMessage.Options.TryGetValue(Checked, out var address))
        {
            throw new InvalidOperationException("A request without a checked address.");
        }

        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(address, context.DnsEndPoint.Port), ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
