using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace AuthServer.Audit.Chain;

/// <summary>Values one after the other, each with its length before it (four octets, little-endian; -1 for null), so that two different
/// lists never have the same octets. Text is UTF-8. Meant to be filled again and again.</summary>
public sealed class LengthPrefixed
{
    private const int Prefix = sizeof(int);

    private byte[] _buffer = new byte[1024];
    private int _length;

    public ReadOnlySpan<byte> Octets => _buffer.AsSpan(0, _length);

    public void Clear() => _length = 0;

    public void Add(string? text)
    {
        if (text is null)
        {
            AddNull();
            return;
        }

        var room = Room(Prefix + Encoding.UTF8.GetMaxByteCount(text.Length));
        var count = Encoding.UTF8.GetBytes(text, room[Prefix..]);
        BinaryPrimitives.WriteInt32LittleEndian(room, count);
        _length += Prefix + count;
    }

    public void Add(ReadOnlySpan<byte> octets)
    {
        var room = Room(Prefix + octets.Length);
        BinaryPrimitives.WriteInt32LittleEndian(room, octets.Length);
        octets.CopyTo(room[Prefix..]);
        _length += Prefix + octets.Length;
    }

    public void Add(long number)
    {
        Span<byte> octets = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(octets, number);
        Add(octets);
    }

    public void AddNull()
    {
        BinaryPrimitives.WriteInt32LittleEndian(Room(Prefix), -1);
        _length += Prefix;
    }

    /// <summary>SHA-256 of everything added so far.</summary>
    /// <param name="destination">At least 32 octets.</param>
    public void Hash(Span<byte> destination) => SHA256.HashData(Octets, destination);

    private Span<byte> Room(int most)
    {
        if (_buffer.Length - _length < most)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + most));
        }

        return _buffer.AsSpan(_length);
    }
}
