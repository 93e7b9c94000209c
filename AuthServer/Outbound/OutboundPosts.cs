using System.Net.Http.Headers;
using Microsoft.Extensions.Logging;

namespace AuthServer.Outbound;

/// <summary>Sends messages to addresses that others name, as carefully as <see cref="OutboundClient"/> fetches: of the answer nothing is read but its status
/// and when to come again. Who sends bounds how many are on their way.</summary>
public sealed partial class OutboundPosts : IDisposable
{
    private const int MostOfOneHost = 32;

    /// <summary>For all of it: the name, the connection, and the answer's headers.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly PinnedConnections _connections;
    private readonly TimeProvider _clock;
    private readonly ILogger<OutboundPosts> _logger;

    public OutboundPosts(AuthServerOptions options, IHostNames names, TimeProvider clock, ILogger<OutboundPosts> logger) =>
        (_connections, _clock, _logger) = (new(new OutboundAddresses(options.Webhooks.AllowedPrivateHosts, names), MostOfOneHost, TimeSpan.Zero), clock, logger);

    /// <summary>Whether messages may be sent there, as far as the address itself tells.</summary>
    public bool Admits(Uri address) => _connections.Admits(address) && !_connections.IsPrivate(address);

    /// <summary>A failure is a value, with one line in the log.</summary>
    /// <param name="json">The message.</param>
    public async Task<OutboundReply> SendAsync(Uri address, ReadOnlyMemory<byte> json, IEnumerable<KeyValuePair<string, string>> headers, CancellationToken ct)
    {
        var reply = _connections.Admits(address) ? await TrySendAsync(address, json, headers, ct) : new OutboundReply { Failure = "address" };
        if (reply.Failure is { } failure)
        {
            Log.Failed(_logger, OutboundAddresses.NameOf(address), failure);
        }

        return reply;
    }

    public void Dispose() => _connections.Dispose();

    private async Task<OutboundReply> TrySendAsync(
        Uri address, ReadOnlyMemory<byte> json, IEnumerable<KeyValuePair<string, string>> headers, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(Deadline, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ReadOnlyMemoryContent(json) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await _connections.AskAsync(
            request,
            (response, _) => Task.FromResult(new OutboundReply { Status = (int)response.StatusCode, RetryAfter = PinnedConnections.WaitOf(response, _clock) }),
            failure => new OutboundReply { Failure = failure },
            either.Token,
            ct);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Nothing could be sent to {Host}: {Failure}.")]
        public static partial void Failed(ILogger logger, string host, string failure);
    }
}
