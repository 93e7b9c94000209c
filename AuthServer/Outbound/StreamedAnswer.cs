namespace AuthServer.Outbound;

/// <summary>An answer whose body is still to come, or why there is none.</summary>
/// <param name="patience">It ends with the answer.</param>
public sealed class StreamedAnswer(HttpResponseMessage? response, Patience patience) : IDisposable
{
    private const int BufferLength = 64 * 1024;

    /// <summary>Null: there is none.</summary>
    public HttpResponseMessage? Response => response;

    /// <summary>One word: <c>address</c>, <c>dns</c>, <c>private_address</c>, <c>timeout</c> or <c>unreachable</c>; null: it was answered.</summary>
    public string? Failure { get; init; }

    /// <summary>Whether the request was on its way, or may have been: then it may have been done, although there is no answer.</summary>
    public bool WasSent { get; init; }

    /// <summary>How long it asks to wait.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The beginning of the body, and whether that is all of it.</summary>
    /// <param name="most">Octets.</param>
    public async Task<(ReadOnlyMemory<byte> Start, bool IsWhole)> ReadAheadAsync(int most)
    {
        try
        {
            var body = await response!.Content.ReadAsStreamAsync(patience.Token);
            var start = new byte[most];
            var length = await body.ReadAtLeastAsync(start, most, throwOnEndOfStream: false, patience.Token);
            patience.Renew();
            return (start.AsMemory(0, length), length < most);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>What of the body was not read yet.</summary>
    public async Task CopyToAsync(Stream to, CancellationToken ct)
    {
        var body = await response!.Content.ReadAsStreamAsync(patience.Token);
        var buffer = new byte[BufferLength];
        while (await body.ReadAsync(buffer, patience.Token) is > 0 and var length)
        {
            await to.WriteAsync(buffer.AsMemory(0, length), ct);
            patience.Renew();
        }
    }

    public void Dispose()
    {
        response?.Dispose();
        patience.Dispose();
    }
}
