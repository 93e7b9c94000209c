using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace AuthServer.Outbound;

/// <summary>The one HTTP client for documents at addresses that others name; <see cref="OutboundPosts"/> sends there. Whoever names them must not reach what only this machine can (SSRF), nor keep it busy:
/// https to public addresses, resolved once and connected to exactly there; no redirects, proxies, cookies or compression; little time, and little to read.</summary>
public sealed partial class OutboundClient : IDisposable
{
    private const int MostAtOnce = 32;
    private const int MostOfOneHost = 4;

    /// <summary>For all of it: the wait for a turn, the name, the connection, and the last octet.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2.5);

    private readonly SemaphoreSlim _turns = new(MostAtOnce);
    private readonly HttpClient _http = PinnedConnections.Create(MostOfOneHost);
    private readonly OutboundAddresses _addresses;
    private readonly TimeProvider _clock;
    private readonly ILogger<OutboundClient> _logger;

    public OutboundClient(AuthServerOptions options, IHostNames names, TimeProvider clock, ILogger<OutboundClient> logger)
    {
        (_addresses, _clock, _logger) = (new OutboundAddresses(options.Outbound.AllowedPrivateHosts, names), clock, logger);
        _http.DefaultRequestHeaders.Accept.ParseAdd("application/json");
    }

    /// <inheritdoc cref="OutboundAddresses.Admit"/>
    public bool Admits(Uri address) => _addresses.Admit(address);

    /// <summary>Whether it may be asked, as far as the address itself tells: the name behind it may still lead where nobody may go.</summary>
    public bool IsPublic(Uri address) => _addresses.Admit(address) && !_addresses.IsPrivate(address);

    /// <summary>A failure is a value, with one line in the log.</summary>
    /// <param name="largest">Octets; more are not read.</param>
    public async Task<OutboundAnswer> GetAsync(Uri address, int largest, CancellationToken ct)
    {
        var answer = Admits(address) ? await TryGetAsync(address, largest, ct) : new OutboundAnswer { Failure = "address" };
        if (answer.Failure is { } failure)
        {
            Log.Failed(_logger, OutboundAddresses.NameOf(address), failure);
        }

        return answer;
    }

    public void Dispose()
    {
        _http.Dispose();
        _turns.Dispose();
        _addresses.Dispose();
    }

    private async Task<OutboundAnswer> TryGetAsync(Uri address, int largest, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(Deadline, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        if (!await HasTurnAsync(either.Token))
        {
            ct.ThrowIfCancellationRequested();
            return new OutboundAnswer { Failure = "busy" };
        }

        try
        {
            return await _addresses.ResolveAsync(address, either.Token) is var (target, failure) && target is not null
                ? await SendAsync(address, target, largest, either.Token)
                : new OutboundAnswer { Failure = failure };
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new OutboundAnswer { Failure = "timeout" };
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
        {
            // The framework's way to say that the other side did not answer as HTTP does, or not at all.
            return new OutboundAnswer { Failure = "unreachable" };
        }
        finally
        {
            _turns.Release();
        }
    }

    private async Task<bool> HasTurnAsync(CancellationToken ct)
    {
        try
        {
            await _turns.WaitAsync(ct);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task<OutboundAnswer> SendAsync(Uri address, IPAddress target, int largest, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        PinnedConnections.Pin(request, target);
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            return new OutboundAnswer { Failure = $"status_{(int)response.StatusCode}" };
        }

        if (response.Content.Headers.ContentEncoding.Count > 0)
        {
            return new OutboundAnswer { Failure = "encoding" };
        }

        return response.Content.Headers.ContentLength <= largest || response.Content.Headers.ContentLength is null
            ? await ReadAsync(response, largest, ct)
            : new OutboundAnswer { Failure = "too_large" };
    }

    private async Task<OutboundAnswer> ReadAsync(HttpResponseMessage response, int largest, CancellationToken ct)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(ct);
        var body = new byte[largest + 1];
        var length = await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, ct);
        return length > largest
            ? new OutboundAnswer { Failure = "too_large" }
            : new OutboundAnswer { Body = body.AsMemory(0, length), IsJson = IsJson(response.Content.Headers.ContentType?.MediaType), Freshness = FreshnessOf(response) };
    }

    private static bool IsJson(string? mediaType) => mediaType is not null
        && (mediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || (mediaType.StartsWith("application/", StringComparison.OrdinalIgnoreCase) && mediaType.EndsWith("+json", StringComparison.OrdinalIgnoreCase)));

    private TimeSpan? FreshnessOf(HttpResponseMessage response)
    {
        var cache = response.Headers.CacheControl;
        return cache is { NoStore: true } or { NoCache: true } ? TimeSpan.Zero
            : cache?.MaxAge is { } age ? age - (response.Headers.Age ?? TimeSpan.Zero)
            : response.Content.Headers.Expires is { } expires ? expires - (response.Headers.Date ?? _clock.GetUtcNow())
            : null;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Nothing was fetched from {Host}: {Failure}.")]
        public static partial void Failed(ILogger logger, string host, string failure);
    }
}
