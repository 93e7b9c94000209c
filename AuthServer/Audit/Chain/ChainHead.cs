using System.Security.Cryptography;
using System.Text;

namespace AuthServer.Audit.Chain;

/// <summary>A place in a chain: the event that stands there, and with it everything before it.</summary>
/// <param name="Writer">The chain's name.</param>
/// <param name="Sequence">From 1; 0 is the place before the first event.</param>
/// <param name="Hash">32 octets, never changed.</param>
public sealed record ChainHead(string Writer, long Sequence, byte[] Hash)
{
    /// <summary>A hash begins with the chain's name, so that no chain can be passed off as another.</summary>
    public static ChainHead Before(string writer) => new(writer, 0, SHA256.HashData(Encoding.UTF8.GetBytes(writer)));

    public ChainHead After(ReadOnlySpan<byte> digest)
    {
        var hash = new byte[SHA256.HashSizeInBytes];
        Link(Hash, digest, hash);
        return new ChainHead(Writer, Sequence + 1, hash);
    }

    /// <summary>The hash of an event: SHA-256 over the hash before it and its own digest.</summary>
    /// <param name="destination">32 octets; may be where <paramref name="previous"/> stands.</param>
    public static void Link(ReadOnlySpan<byte> previous, ReadOnlySpan<byte> digest, Span<byte> destination)
    {
        Span<byte> both = stackalloc byte[2 * SHA256.HashSizeInBytes];
        previous.CopyTo(both);
        digest.CopyTo(both[SHA256.HashSizeInBytes..]);
        SHA256.HashData(both, destination);
    }
}
