using System.Net;

namespace AuthServer.Outbound;

/// <summary>A request's body, which knows whether anybody began to send it.</summary>
internal sealed class SentContent : HttpContent
{
    private readonly HttpContent? _content;

    private SentContent(HttpContent? content)
    {
        _content = content;
        foreach (var (name, values) in content?.Headers ?? Enumerable.Empty<KeyValuePair<string, IEnumerable<string>>>())
        {
            Headers.TryAddWithoutValidation(name, values);
        }
    }

    /// <summary>Whether the connection stood: what was sent by then may have been done.</summary>
    public bool IsBegun { get; private set; }

    /// <summary>Takes the place of the request's content. One without any says nothing of itself, and is taken for sent.</summary>
    public static SentContent Around(HttpRequestMessage request)
    {
        var sent = new SentContent(request.Content) { IsBegun = request.Content is null };
        request.Content = request.Content is null ? null : sent;
        return sent;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        IsBegun = true;
        return _content!.CopyToAsync(stream, context, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _content?.Headers.ContentLength ?? 0;
        return _content?.Headers.ContentLength is not null;
    }

    protected override void Dispose(bool disposing)
    {
        _content?.Dispose();
        base.Dispose(disposing);
    }
}
