using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace AuthServer.Protocol.Tokens;

/// <summary>The values by which a client shows that it made its proof just now (RFC 9449 §8). Each is derived from a server key and the time, so that
/// nothing is stored and every node knows those of the others. They may be used by many, and often: what is used once is a proof's <c>jti</c>.</summary>
/// <param name="lifetime">How long one is good at most: half of that it is given out, and as long again accepted.</param>
public sealed class DPoPNonces(byte[] key, TimeSpan lifetime)
{
    public string Current(DateTimeOffset now) => Of(StepAt(now));

    /// <summary>Whether it was given out lately: it is the current one, or the one before.</summary>
    public bool Accepts(string nonce, DateTimeOffset now)
    {
        var step = StepAt(now);
        return Matches(nonce, Of(step)) | Matches(nonce, Of(step - 1));
    }

    private long StepAt(DateTimeOffset now) => now.UtcTicks / (lifetime.Ticks / 2);

    private string Of(long step)
    {
        Span<byte> message = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(message, step);
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, message, mac);
        return Base64Url.EncodeToString(mac);
    }

    private static bool Matches(string presented, string known) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(presented), Encoding.UTF8.GetBytes(known));
}
