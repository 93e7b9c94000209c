using System.Net;

namespace AuthServer.Outbound;

/// <summary>A body that is passed on as it comes.</summary>
/// <param name="known">Its length. Null: nobody knows it before its end.</param>
public sealed class StreamedContent(Stream body, long? known, Patience patience) : HttpContent
{
    private const int BufferLength = 64 * 1024;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferLength];
        while (await body.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            await stream.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            patience.Renew();
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = known ?? 0;
        return known is not null;
    }
}
