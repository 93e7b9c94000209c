using System.Net.Http.Headers;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace AuthServer.Outbound;

/// <summary>Asks providers what the vault has to ask: any method, headers and body, and the whole answer up to a size. As careful as <see cref="OutboundClient"/>: no redirects,
/// proxies, cookies or compression, an address that was checked, a deadline for all of it.</summary>
public sealed partial class OutboundRequests : IDisposable
{
    private const int MostOfOneHost = 64;
    private const int LargestAnswer = 256 * 1024;

    /// <summary>For all of it: the name, the connection, and the answer's last octet.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly HttpClient _http = PinnedConnections.Create(MostOfOneHost);
    private readonly OutboundAddresses _addresses;
    private readonly TimeProvider _clock;
    private readonly ILogger<OutboundRequests> _logger;

    public OutboundRequests(AuthServerOptions options, IHostNames names, TimeProvider clock, ILogger<OutboundRequests> logger) =>
        (_addresses, _clock, _logger) = (new OutboundAddresses(options.Outbound.AllowedPrivateHosts, names), clock, logger);

    /// <inheritdoc cref="OutboundAddresses.Admit"/>
    public bool Admits(Uri address) => _addresses.Admit(address) && !_addresses.IsPrivate(address);

    /// <summary>A failure is a value, with one line in the log.</summary>
    public async Task<OutboundResult> SendAsync(OutboundCall request, CancellationToken ct)
    {
        var answer = _addresses.Admit(request.Address) ? await TrySendAsync(request, ct) : new OutboundResult { Failure = "address" };
        if (answer.Failure is { } failure)
        {
            Log.Failed(_logger, OutboundAddresses.NameOf(request.Address), failure);
        }

        return answer;
    }

    public void Dispose()
    {
        _http.Dispose();
        _addresses.Dispose();
    }

    private async Task<OutboundResult> TrySendAsync(OutboundCall request, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(Deadline, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        try
        {
            if (await _addresses.ResolveAsync(request.Address, either.Token) is var (target, failure) && target is null)
            {
                return new OutboundResult { Failure = failure };
            }

            using var message = Write(request);
            PinnedConnections.Pin(message, target);
            using var response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return await ReadAsync(response, either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new OutboundResult { Failure = "timeout" };
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
        {
            // The framework's way to say that the other side did not answer as HTTP does, or not at all.
            return new OutboundResult { Failure = "unreachable" };
        }
    }

    private static HttpRequestMessage Write(OutboundCall request)
    {
        var message = new HttpRequestMessage(new HttpMethod(request.Method), request.Address);
        if (request.Body is { } body)
        {
            message.Content = new ReadOnlyMemoryContent(body);
            message.Content.Headers.ContentType = request.ContentType is null ? null : MediaTypeHeaderValue.Parse(request.ContentType);
        }

        foreach (var (name, value) in request.Headers)
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }

        return message;
    }

    private async Task<OutboundResult> ReadAsync(HttpResponseMessage response, CancellationToken ct)
    {
        var answer = new OutboundResult
        {
            Status = (int)response.StatusCode,
            Headers = response.Headers.Concat(response.Content.Headers).ToDictionary(pair => pair.Key, pair => string.Join(", ", pair.Value), StringComparer.OrdinalIgnoreCase),
            RetryAfter = response.Headers.RetryAfter?.Delta ?? (response.Headers.RetryAfter?.Date - _clock.GetUtcNow()),
        };
        if (response.Content.Headers.ContentEncoding.Count > 0)
        {
            return answer with { Failure = "encoding" };
        }

        if (response.Content.Headers.ContentLength > LargestAnswer)
        {
            return answer with { Failure = "too_large" };
        }

        await using var stream = await response.Content.ReadAsStreamAsync(ct);
        var body = new byte[LargestAnswer + 1];
        var length = await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, ct);
        return length > LargestAnswer ? answer with { Failure = "too_large" } : answer with { Body = body.AsMemory(0, length) };
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "A provider at {Host} gave no answer: {Failure}.")]
        public static partial void Failed(ILogger logger, string host, string failure);
    }
}
