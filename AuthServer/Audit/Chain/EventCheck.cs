using System.Security.Cryptography;

namespace AuthServer.Audit.Chain;

/// <summary>What an event says of itself: its content and personal values against its digest.</summary>
internal static class EventCheck
{
    /// <summary>What is wrong with it; null: nothing. Uses up <see cref="StoredEvent.Content"/>.</summary>
    public static string? Fault(StoredEvent stored)
    {
        if (stored.Digest.Value.Length != SHA256.HashSizeInBytes || stored.Hash.Value.Length != SHA256.HashSizeInBytes)
        {
            return "its digest or hash is missing";
        }

        return (stored.IsStub ? StubFault(stored) : PersonalFault(stored) ?? ContentFault(stored)) ?? TimeFault(stored);
    }

    // Events are looked for by their ids and judged by their times: who chose them apart could have an old one signed as if it were new.
    private static string? TimeFault(StoredEvent stored) =>
        stored.IdMilliseconds == (stored.At - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMillisecond
            ? null
            : "its id is not of its time";

    // What is outside the digest that was kept has nothing to prove it.
    private static string? StubFault(StoredEvent stored) =>
        stored.HasContent || stored.HasPersonal || !stored.Salt.IsNull || !stored.Commitment.IsNull
            ? "only its place was kept, and yet it has content"
            : null;

    private static string? PersonalFault(StoredEvent stored)
    {
        if (stored.Salt.IsNull || stored.Commitment.IsNull)
        {
            return stored.HasPersonal || !stored.Salt.IsNull ? "its personal values have no commitment" : null;
        }

        Span<byte> commitment = stackalloc byte[SHA256.HashSizeInBytes];
        stored.Personal.Hash(commitment);
        return stored.Commitment.Value.SequenceEqual(commitment) ? null : "its personal values are not those that were committed to";
    }

    private static string? ContentFault(StoredEvent stored)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        EventDigest.AddCommitment(stored.Content, stored.Commitment.Value);
        stored.Content.Hash(digest);
        return stored.Digest.Value.SequenceEqual(digest) ? null : "its content is not what its digest was made from";
    }
}
