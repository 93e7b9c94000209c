using System.Security.Cryptography;

namespace AuthServer.Protocol;

/// <summary>Ids that sort by time: a prefix and a lower-case ULID (48 bits of milliseconds, 80 random bits). Opaque to callers.</summary>
public static class Identifiers
{
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int Length = 26;

    /// <param name="prefix">Such as <c>usr_</c>.</param>
    public static string New(string prefix, DateTimeOffset now)
    {
        Span<byte> bits = stackalloc byte[16];
        RandomNumberGenerator.Fill(bits[6..]);
        var milliseconds = now.ToUnixTimeMilliseconds();
        for (var i = 5; i >= 0; i--)
        {
            bits[i] = (byte)milliseconds;
            milliseconds >>= 8;
        }

        var value = new UInt128(System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bits), System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bits[8..]));
        return string.Create(prefix.Length + Length, (prefix, value), static (text, state) =>
        {
            state.prefix.CopyTo(text);
            var rest = state.value;
            for (var i = text.Length - 1; i >= state.prefix.Length; i--)
            {
                text[i] = Alphabet[(int)(rest & 31)];
                rest >>= 5;
            }
        });
    }

    /// <summary>The id of a member of a family: the family's id, a dot, and its own.</summary>
    public static string Member(string familyId, DateTimeOffset now) => New(familyId + ".", now);
}
