using System.Net.Http.Headers;
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

    // Each request has a connection of its own: one that is used again may be dead already, and then nobody knows whether a token was redeemed.
    private readonly PinnedConnections _connections;
    private readonly TimeProvider _clock;
    private readonly ILogger<OutboundRequests> _logger;

    public OutboundRequests(AuthServerOptions options, IHostNames names, TimeProvider clock, ILogger<OutboundRequests> logger) =>
        (_connections, _clock, _logger) = (new(new OutboundAddresses(options.Outbound.AllowedPrivateHosts, names), MostOfOneHost, TimeSpan.Zero), clock, logger);

    /// <summary>Whether requests may be sent there, as far as the address itself tells.</summary>
    public bool Admits(Uri address) => _connections.Admits(address) && !_connections.IsPrivate(address);

    /// <summary>A failure is a value, with one line in the log.</summary>
    public async Task<OutboundResult> SendAsync(OutboundCall request, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(Deadline, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        using var message = Write(request);
        var sent = SentContent.Around(message);
        var answer = await _connections.AskAsync(
            message, ReadAsync, failure => new OutboundResult { Failure = failure, WasSent = sent.IsBegun }, either.Token, ct);
        if (answer.Failure is { } failure)
        {
            Log.Failed(_logger, OutboundAddresses.NameOf(request.Address), failure);
        }

        return answer;
    }

    public void Dispose() => _connections.Dispose();

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
            RetryAfter = PinnedConnections.WaitOf(response, _clock),
            WasSent = true,
        };
        if (response.Content.Headers.ContentEncoding.Count > 0)
        {
            return answer with { Failure = "encoding" };
        }

        return await BoundedBody.ReadAsync(response, LargestAnswer, ct) is { } body ? answer with { Body = body } : answer with { Failure = "too_large" };
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "A provider at {Host} gave no answer: {Failure}.")]
        public static partial void Failed(ILogger logger, string host, string failure);
    }
}
