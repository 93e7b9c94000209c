namespace AuthServer.Outbound;

/// <summary>Bodies of answers, of which no more is read than their reader wants.</summary>
internal static class BoundedBody
{
    private const int First = 16 * 1024;

    /// <summary>Null: there is more than that.</summary>
    /// <param name="largest">Octets.</param>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpResponseMessage response, int largest, CancellationToken ct)
    {
        if (response.Content.Headers.ContentLength > largest)
        {
            return null;
        }

        await using var stream = await response.Content.ReadAsStreamAsync(ct);
        var body = new byte[Math.Min(largest + 1, (int?)response.Content.Headers.ContentLength + 1 ?? First)];
        var length = 0;
        while (true)
        {
            length += await stream.ReadAtLeastAsync(body.AsMemory(length), body.Length - length, throwOnEndOfStream: false, ct);
            if (length < body.Length)
            {
                return body.AsMemory(0, length);
            }

            if (length > largest)
            {
                return null;
            }

            Array.Resize(ref body, (int)Math.Min(largest + 1L, 2L * body.Length));
        }
    }
}
