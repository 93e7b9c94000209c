namespace AuthServer.Vault.Proxy;

/// <summary>Keeps what is written to it, up to a size; of more it keeps nothing.</summary>
internal sealed class BoundedBuffer(int largest) : Stream
{
    private MemoryStream? _kept = new();

    /// <summary>Null: there was too much.</summary>
    public ReadOnlyMemory<byte>? Written => _kept?.ToArray();

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (_kept is not null && _kept.Length + buffer.Length > largest)
        {
            _kept.Dispose();
            _kept = null;
        }

        _kept?.Write(buffer);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _kept?.Dispose();
        base.Dispose(disposing);
    }
}
