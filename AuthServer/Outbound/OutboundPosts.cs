using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace AuthServer.Outbound;

/// <summary>Sends messages to addresses that others name, as carefully as <see cref="OutboundClient"/> fetches: of the answer nothing is read but its status
/// and when to come again. Who sends bounds how many are on their way.</summary>
public sealed partial class OutboundPosts : IDisposable
{
    private const int MostOfOneHost = 32;

    /// <summary>For all of it: the name, the connection, and the answer's headers.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly HttpClient _http = PinnedConnections.Create(MostOfOneHost);
    private readonly OutboundAddresses _addresses;
    private readonly TimeProvider _clock;
    private readonly ILogger<OutboundPosts> _logger;

    public OutboundPosts(AuthServerOptions options, IHostNames names, TimeProvider clock, ILogger<OutboundPosts> logger) =>
        (_addresses, _clock, _logger) = (new OutboundAddresses(options.Webhooks.AllowedPrivateHosts, names), clock, logger);

    /// <summary>Whether messages may be sent there, as far as the address itself tells.</summary>
    public bool Admits(Uri address) => _addresses.Admit(address) && !_addresses.IsPrivate(address);

    /// <summary>A failure is a value, with one line in the log.</summary>
    /// <param name="json">The message.</param>
    public async Task<OutboundReply> SendAsync(Uri address, ReadOnlyMemory<byte> json, IEnumerable<KeyValuePair<string, string>> headers, CancellationToken ct)
    {
        var reply = _addresses.Admit(address) ? await TrySendAsync(address, json, headers, ct) : new OutboundReply { Failure = "address" };
        if (reply.Failure is { } failure)
        {
            Log.Failed(_logger, OutboundAddresses.NameOf(address), failure);
        }

        return reply;
    }

    public void Dispose()
    {
        _http.Dispose();
        _addresses.Dispose();
    }

    private async Task<OutboundReply> TrySendAsync(
        Uri address, ReadOnlyMemory<byte> json, IEnumerable<KeyValuePair<string, string>> headers, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(Deadline, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        try
        {
            return await _addresses.ResolveAsync(address, either.Token) is var (target, failure) && target is not null
                ? await PostAsync(address, target, json, headers, either.Token)
                : new OutboundReply { Failure = failure };
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new OutboundReply { Failure = "timeout" };
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
        {
            // The framework's way to say that the other side did not answer as HTTP does, or not at all.
            return new OutboundReply { Failure = "unreachable" };
        }
    }

    private async Task<OutboundReply> PostAsync(
        Uri address, IPAddress target, ReadOnlyMemory<byte> json, IEnumerable<KeyValuePair<string, string>> headers, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ReadOnlyMemoryContent(json) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        PinnedConnections.Pin(request, target);
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        return new OutboundReply { Status = (int)response.StatusCode, RetryAfter = RetryAfter(response.Headers.RetryAfter) };
    }

    private TimeSpan? RetryAfter(RetryConditionHeaderValue? said) => said?.Delta ?? (said?.Date - _clock.GetUtcNow());

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Nothing could be sent to {Host}: {Failure}.")]
        public static partial void Failed(ILogger logger, string host, string failure);
    }
}
