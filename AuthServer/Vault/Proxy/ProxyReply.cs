using System.Text.Json;
using AuthServer.Http.Api;
using AuthServer.Outbound;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Vault.Proxy;

/// <summary>What a call came to: the provider's answer, or this server's problem.</summary>
public sealed class ProxyReply : IDisposable
{
    private readonly ReadOnlyMemory<byte> _start;
    private readonly bool _isWhole;

    internal ProxyReply(Problem problem) => Problem = problem;

    internal ProxyReply(StreamedAnswer answer, ReadOnlyMemory<byte> start, bool isWhole, IReadOnlyList<string> secrets) =>
        (Answer, _start, _isWhole, Secrets) = (answer, start, isWhole, secrets);

    public static Problem TooLate { get; } = new(
        StatusCodes.Status504GatewayTimeout, "provider_timeout", "The provider did not answer within the connection's timeout.");

    private static Problem Unreachable { get; } = new(StatusCodes.Status502BadGateway, "provider_unreachable", "The provider could not be reached.");

    private static Problem AddressRefused { get; } = new(StatusCodes.Status502BadGateway, "address_refused", "The provider's address may not be called from here.");

    /// <summary>Null: the provider answered.</summary>
    public Problem? Problem { get; }

    /// <summary>Null: there is none.</summary>
    public StreamedAnswer? Answer { get; }

    /// <summary>What must not come back in an answer's headers.</summary>
    public IReadOnlyList<string> Secrets { get; } = [];

    /// <summary>One sentence for all that leads where nobody may go: what is there is nobody's business.</summary>
    internal static Problem ProblemOf(string failure) => failure switch
    {
        "timeout" => TooLate,
        "address" or "private_address" => AddressRefused with { Reason = failure },
        _ => Unreachable,
    };

    public async Task CopyToAsync(Stream to, CancellationToken ct)
    {
        await to.WriteAsync(_start, ct);
        if (!_isWhole)
        {
            await Answer!.CopyToAsync(to, ct);
        }
    }

    /// <summary>The whole body; null: there is more than that.</summary>
    internal async Task<ReadOnlyMemory<byte>?> ReadAsync(int largest, CancellationToken ct)
    {
        if (_isWhole)
        {
            return _start;
        }

        using var body = new BoundedBuffer(largest);
        await CopyToAsync(body, ct);
        return body.Written;
    }

    internal static bool IsJson(HttpResponseMessage response) =>
        response.Content.Headers.ContentEncoding.Count == 0 && response.Content.Headers.ContentType?.MediaType is { } type
        && (type.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.EndsWith("+json", StringComparison.OrdinalIgnoreCase) || type.EndsWith("/javascript", StringComparison.OrdinalIgnoreCase));

    /// <summary>Null: it is none.</summary>
    internal static JsonElement? Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 64 });
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            // The parser's way to say that it is none.
            return null;
        }
    }

    public void Dispose() => Answer?.Dispose();
}
