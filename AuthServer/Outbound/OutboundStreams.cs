using Microsoft.Extensions.Logging;

namespace AuthServer.Outbound;

/// <summary>Calls of APIs at addresses that organizations name, as carefully as <see cref="OutboundClient"/> fetches: any method and headers, bodies streamed both
/// ways, however large. A host's connections are used again for a moment. Who calls bounds how many are on their way.</summary>
public sealed partial class OutboundStreams : IDisposable
{
    private const int MostOfOneHost = 256;

    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(1);

    private readonly PinnedConnections _connections;
    private readonly TimeProvider _clock;
    private readonly ILogger<OutboundStreams> _logger;

    public OutboundStreams(AuthServerOptions options, IHostNames names, TimeProvider clock, ILogger<OutboundStreams> logger) =>
        (_connections, _clock, _logger) = (new(new OutboundAddresses(options.Outbound.AllowedPrivateHosts, names), MostOfOneHost, Kept), clock, logger);

    /// <inheritdoc cref="OutboundAddresses.Admit"/>
    public bool Admits(Uri address) => _connections.Admits(address);

    /// <summary>Begins to wait for something to move.</summary>
    public Patience Begin(TimeSpan patience, CancellationToken ct) => new(patience, _clock, ct);

    /// <summary>Sends, and returns with the answer's headers: its body is still to come. A failure is a value, with one line in the log.</summary>
    /// <param name="patience">For as long as nothing moves; both bodies may take as long as they like while they do. The answer's from then on.</param>
    public async Task<StreamedAnswer> OpenAsync(HttpRequestMessage request, Patience patience, CancellationToken ct)
    {
        var sent = SentContent.Around(request);
        try
        {
            var (response, failure) = await _connections.SendAsync(request, patience.Token);
            return response is null
                ? Failed(request, new StreamedAnswer(null, patience) { Failure = failure })
                : new StreamedAnswer(response, patience) { WasSent = true, RetryAfter = PinnedConnections.WaitOf(response, _clock) };
        }
        catch (Exception e) when (PinnedConnections.FailureOf(e, ct) is not null)
        {
            return Failed(request, new StreamedAnswer(null, patience) { Failure = PinnedConnections.FailureOf(e, ct), WasSent = sent.IsBegun });
        }
        catch
        {
            patience.Dispose();
            throw;
        }
    }

    public void Dispose() => _connections.Dispose();

    private StreamedAnswer Failed(HttpRequestMessage request, StreamedAnswer answer)
    {
        Log.Failed(_logger, OutboundAddresses.NameOf(request.RequestUri!), answer.Failure!);
        return answer;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "A call of {Host} failed: {Failure}.")]
        public static partial void Failed(ILogger logger, string host, string failure);
    }
}
