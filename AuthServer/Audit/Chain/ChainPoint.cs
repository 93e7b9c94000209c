using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;

namespace AuthServer.Audit.Chain;

/// <summary>A place in a chain and its hash, written <c>120:base64url</c>.</summary>
/// <param name="Hash">32 octets.</param>
public sealed record ChainPoint(long Sequence, byte[] Hash)
{
    public static ChainPoint Of(ChainHead head) => new(head.Sequence, head.Hash);

    /// <summary>Null for what is none.</summary>
    public static ChainPoint? Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var hash = new byte[SHA256.HashSizeInBytes];
        return colon > 0
            && long.TryParse(text.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            && Base64Url.DecodeFromChars(text.AsSpan(colon + 1), hash, out _, out var length) == OperationStatus.Done
            && length == hash.Length
                ? new ChainPoint(sequence, hash)
                : null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Sequence}:{Base64Url.EncodeToString(Hash)}");
}
