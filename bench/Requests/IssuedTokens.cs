using System.Buffers.Text;
using System.Text;

namespace AuthServer.Bench.Requests;

/// <summary>The <c>jti</c> of every access token that one connection was given, and a sample of the tokens themselves.
/// Kept as bytes in blocks, so that remembering costs the measurement nearly nothing.</summary>
public sealed class IssuedTokens
{
    private const int BlockSize = 256 * 1024;
    private const int SampleEvery = 512;
    private const int MaxToken = 4096;

    private readonly List<(byte[] Bytes, int Length)> _full = [];
    private readonly byte[] _payload = new byte[MaxToken];
    private readonly List<string> _sample = [];
    private byte[] _block = new byte[BlockSize];
    private int _used;

    public long Count { get; private set; }

    public IReadOnlyList<string> Sample => _sample;

    /// <summary>False: the answer has no access token with a <c>jti</c>.</summary>
    public bool TryAdd(ReadOnlySpan<byte> answer)
    {
        if (!JsonText.TryFind(answer, "\"access_token\":"u8, out var token) || token.Length > MaxToken)
        {
            return false;
        }

        var start = token.IndexOf((byte)'.') + 1;
        var length = token[start..].IndexOf((byte)'.');
        if (start == 0 || length <= 0
            || Base64Url.DecodeFromUtf8(token.Slice(start, length), _payload, out _, out var decoded) != System.Buffers.OperationStatus.Done
            || !JsonText.TryFind(_payload.AsSpan(0, decoded), "\"jti\":"u8, out var id) || id.Length > byte.MaxValue)
        {
            return false;
        }

        if (Count++ % SampleEvery == 0)
        {
            _sample.Add(Encoding.ASCII.GetString(token));
        }

        Keep(id);
        return true;
    }

    public IEnumerable<string> Ids() =>
        _full.Append((_block, _used)).SelectMany(block => Read(block.Item1, block.Item2));

    private void Keep(ReadOnlySpan<byte> id)
    {
        if (_used + 1 + id.Length > BlockSize)
        {
            _full.Add((_block, _used));
            _block = new byte[BlockSize];
            _used = 0;
        }

        _block[_used++] = (byte)id.Length;
        id.CopyTo(_block.AsSpan(_used));
        _used += id.Length;
    }

    private static IEnumerable<string> Read(byte[] block, int length)
    {
        for (var i = 0; i < length; i += 1 + block[i])
        {
            yield return Encoding.ASCII.GetString(block, i + 1, block[i]);
        }
    }
}
