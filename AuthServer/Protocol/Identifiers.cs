using System.Buffers.Binary;
using System.Security.Cryptography;

namespace AuthServer.Protocol;

/// <summary>Ids that sort by time: a prefix and a lower-case ULID (48 bits of milliseconds, 80 random bits). Opaque to callers.</summary>
public static class Identifiers
{
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int Length = 26;
    private const int TimeLength = 10;

    /// <param name="prefix">Such as <c>usr_</c>.</param>
    public static string New(string prefix, DateTimeOffset now)
    {
        Span<byte> bits = stackalloc byte[16];
        RandomNumberGenerator.Fill(bits[6..]);
        WriteTime(bits, now);
        return Format(prefix, BinaryPrimitives.ReadUInt128BigEndian(bits));
    }

    /// <summary>The least of all ids of this moment: those made before it sort before it, and no other does.</summary>
    public static string First(string prefix, DateTimeOffset moment)
    {
        Span<byte> bits = stackalloc byte[16];
        bits.Clear();
        WriteTime(bits, moment);
        return Format(prefix, BinaryPrimitives.ReadUInt128BigEndian(bits));
    }

    /// <summary>The same 128 bits as a UUID; null for what is no such id.</summary>
    /// <param name="prefix">The only one that is accepted.</param>
    public static Guid? ToUuid(string prefix, string id)
    {
        // 26 digits hold 130 bits: the first is at most 7.
        if (id.Length != prefix.Length + Length || !id.StartsWith(prefix, StringComparison.Ordinal) || id[prefix.Length] > '7')
        {
            return null;
        }

        UInt128 value = 0;
        foreach (var digit in id.AsSpan(prefix.Length))
        {
            if (Alphabet.IndexOf(digit, StringComparison.Ordinal) is var number && number < 0)
            {
                return null;
            }

            value = (value << 5) | (uint)number;
        }

        Span<byte> bits = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bits, value);
        return new Guid(bits, bigEndian: true);
    }

    /// <summary>When it was made, to the millisecond; null for what is no such id.</summary>
    public static DateTimeOffset? TimeOf(string prefix, string id)
    {
        if (ToUuid(prefix, id) is not { } uuid)
        {
            return null;
        }

        Span<byte> bits = stackalloc byte[16];
        uuid.TryWriteBytes(bits, bigEndian: true, out _);
        var milliseconds = (long)(BinaryPrimitives.ReadUInt64BigEndian(bits) >> 16);
        return milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;
    }

    /// <summary>The same of an id's UTF-8, without a string: milliseconds since 1970; null for what is no such id.</summary>
    public static long? MillisecondsOf(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> id)
    {
        if (id.Length != prefix.Length + Length || !id.StartsWith(prefix))
        {
            return null;
        }

        var milliseconds = 0L;
        foreach (var digit in id.Slice(prefix.Length, TimeLength))
        {
            if (Alphabet.AsSpan().IndexOf((char)digit) is var number && number < 0)
            {
                return null;
            }

            milliseconds = (milliseconds << 5) | (uint)number;
        }

        return milliseconds;
    }

    public static string FromUuid(string prefix, Guid uuid)
    {
        Span<byte> bits = stackalloc byte[16];
        uuid.TryWriteBytes(bits, bigEndian: true, out _);
        return Format(prefix, BinaryPrimitives.ReadUInt128BigEndian(bits));
    }

    /// <summary>The id that a caller means, who may write it as a UUID; null for what is neither.</summary>
    public static string? Read(string prefix, string text) =>
        Guid.TryParseExact(text, "D", out var uuid) ? FromUuid(prefix, uuid) : ToUuid(prefix, text) is null ? null : text;

    /// <summary>The id of a member of a family: the family's id, a dot, and its own.</summary>
    public static string Member(string familyId, DateTimeOffset now) => New(familyId + ".", now);

    private static void WriteTime(Span<byte> bits, DateTimeOffset moment)
    {
        var milliseconds = moment.ToUnixTimeMilliseconds();
        for (var i = 5; i >= 0; i--)
        {
            bits[i] = (byte)milliseconds;
            milliseconds >>= 8;
        }
    }

    private static string Format(string prefix, UInt128 value) =>
        string.Create(prefix.Length + Length, (prefix, value), static (text, state) =>
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
