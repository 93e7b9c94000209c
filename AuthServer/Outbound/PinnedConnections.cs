using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace AuthServer.Outbound;

/// <summary>HTTP to addresses that others name. Every connection leads to an address that was checked for its host, and to no other: no redirects, proxies,
/// cookies or compression.</summary>
internal sealed class PinnedConnections : IDisposable
{
    private static readonly HttpRequestOptionsKey<IPAddress> Checked = new("address");

    private readonly OutboundAddresses _addresses;
    private readonly HttpClient _http;

    /// <param name="kept">How long a connection may be used again, to the address that its host had when it was made; zero: each request makes its own.</param>
    public PinnedConnections(OutboundAddresses addresses, int mostOfOneHost, TimeSpan kept)
    {
        _addresses = addresses;
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            MaxConnectionsPerServer = mostOfOneHost,
            MaxResponseHeadersLength = 16,
            ConnectCallback = ConnectAsync,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionLifetime = kept,

            // What nobody wants to read of an answer is not read, and nobody is told this server's own trace.
            MaxResponseDrainSize = 0,
            ActivityHeadersPropagator = null,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("AuthServer");
    }

    /// <inheritdoc cref="OutboundAddresses.Admit"/>
    public bool Admits(Uri address) => _addresses.Admit(address);

    /// <inheritdoc cref="OutboundAddresses.IsPrivate"/>
    public bool IsPrivate(Uri address) => _addresses.IsPrivate(address);

    /// <summary>The answer, its headers read and its body not yet; or why there is none.</summary>
    /// <exception cref="Exception">As <see cref="FailureOf"/> knows them.</exception>
    public async Task<(HttpResponseMessage? Response, string? Failure)> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        var (address, failure) = Admits(request.RequestUri!) ? await _addresses.ResolveAsync(request.RequestUri!, ct) : (null, "address");
        if (address is null)
        {
            return (null, failure);
        }

        request.Options.Set(Checked, address);
        return (await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct), null);
    }

    /// <summary>What is read of the answer, or made of the reason why there is none.</summary>
    /// <param name="deadline">Ends all of it; <paramref name="ct"/> ends this too.</param>
    public async Task<T> AskAsync<T>(
        HttpRequestMessage request, Func<HttpResponseMessage, CancellationToken, Task<T>> read, Func<string, T> fail, CancellationToken deadline, CancellationToken ct)
    {
        try
        {
            var (response, failure) = await SendAsync(request, deadline);
            using (response)
            {
                return response is null ? fail(failure!) : await read(response, deadline);
            }
        }
        catch (Exception e) when (FailureOf(e, ct) is not null)
        {
            return fail(FailureOf(e, ct)!);
        }
    }

    /// <summary>The framework's ways to say that it took too long, that the other side did not answer as HTTP does, or not at all; null: it is something else.</summary>
    public static string? FailureOf(Exception e, CancellationToken ct) => e switch
    {
        OperationCanceledException when !ct.IsCancellationRequested => "timeout",
        HttpRequestException or IOException or SocketException => "unreachable",
        _ => null,
    };

    /// <summary>How long an answer asks to wait (RFC 9110 §10.2.3).</summary>
    public static TimeSpan? WaitOf(HttpResponseMessage response, TimeProvider clock) =>
        response.Headers.RetryAfter is { } said ? Wait(said, clock) : null;

    public void Dispose()
    {
        _http.Dispose();
        _addresses.Dispose();
    }

    private static TimeSpan? Wait(RetryConditionHeaderValue said, TimeProvider clock) => said.Delta ?? (said.Date - clock.GetUtcNow());

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
