using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace AuthServer.Keys;

/// <summary>The key that seals this installation's other secrets. Any number of threads may use it at once.</summary>
public sealed class MasterKey : IDisposable
{
    public const int Size = 32;

    // An envelope: version, id of the master key, nonce, ciphertext, tag.
    private const byte Version = 1;
    private const int IdLength = 8;
    private const int HeaderLength = 1 + IdLength;
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int Overhead = HeaderLength + NonceLength + TagLength;

    private readonly byte[] _key;
    private readonly byte[] _sealing;
    private readonly byte[] _id;
    private bool _disposed;

    /// <param name="key">32 bytes; copied.</param>
    public MasterKey(ReadOnlySpan<byte> key)
    {
        if (key.Length != Size)
            throw new ArgumentException($"A master key has {Size} bytes.", nameof(key));
        _key = key.ToArray();
        _sealing = Derive("seal");
        _id = Derive("id")[..IdLength];
    }

    public static MasterKey Create()
    {
        Span<byte> key = stackalloc byte[Size];
        RandomNumberGenerator.Fill(key);
        var master = new MasterKey(key);
        CryptographicOperations.ZeroMemory(key);
        return master;
    }

    /// <summary>From 32 bytes as base64; white space around them is allowed. False for anything else.</summary>
    public static bool TryParse(ReadOnlySpan<byte> base64, [NotNullWhen(true)] out MasterKey? master)
    {
        master = null;
        Span<byte> key = stackalloc byte[Size + 3];
        base64 = base64.Trim(" \t\r\n"u8);
        if (base64.Length <= Base64.GetMaxEncodedToUtf8Length(Size)
            && Base64.DecodeFromUtf8(base64, key, out var read, out var written) == System.Buffers.OperationStatus.Done
            && read == base64.Length && written == Size)
            master = new MasterKey(key[..Size]);
        CryptographicOperations.ZeroMemory(key);
        return master is not null;
    }

    /// <summary>The key as base64, in UTF-8; the caller zeroes it.</summary>
    public byte[] Export()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var base64 = new byte[Base64.GetMaxEncodedToUtf8Length(Size)];
        Base64.EncodeToUtf8(_key, base64, out _, out _);
        return base64;
    }

    /// <summary>Another key for one purpose: 32 bytes that tell nothing about this key or about those for other purposes.</summary>
    public byte[] Derive(string purpose)
    {
        ObjectDisposedException.ThrowIf(_disposed, this); // else it would go on, with a key of zeros
        return HKDF.DeriveKey(HashAlgorithmName.SHA256, _key, Size, info: Encoding.UTF8.GetBytes("AuthServer " + purpose));
    }

    /// <summary>AES-256-GCM. What is sealed opens only with this key and under this identity.</summary>
    /// <param name="identity">What the secret is, such as <c>signing-key:KID</c>; not stored.</param>
    public byte[] Seal(ReadOnlySpan<byte> plain, string identity)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var envelope = new byte[Overhead + plain.Length];
        envelope[0] = Version;
        _id.CopyTo(envelope, 1);
        var nonce = envelope.AsSpan(HeaderLength, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(_sealing, TagLength); // one per call: instances are not for several threads
        aes.Encrypt(
            nonce, plain, envelope.AsSpan(HeaderLength + NonceLength, plain.Length), envelope.AsSpan(^TagLength..),
            AssociatedData(envelope.AsSpan(0, HeaderLength), identity));
        return envelope;
    }

    /// <summary>False with the reason when the envelope is damaged, of another master key or of another identity.</summary>
    /// <param name="plain">The caller zeroes it.</param>
    public bool TryOpen(ReadOnlySpan<byte> envelope, string identity, [NotNullWhen(true)] out byte[]? plain, [NotNullWhen(false)] out string? fault)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        plain = null;
        if (envelope.Length < Overhead || envelope[0] != Version)
        {
            fault = "it is damaged or of an unknown version";
            return false;
        }
        if (!envelope.Slice(1, IdLength).SequenceEqual(_id))
        {
            fault = "it was sealed with another master key";
            return false;
        }
        var opened = new byte[envelope.Length - Overhead];
        using var aes = new AesGcm(_sealing, TagLength);
        try
        {
            aes.Decrypt(
                envelope.Slice(HeaderLength, NonceLength), envelope[(HeaderLength + NonceLength)..^TagLength], envelope[^TagLength..], opened,
                AssociatedData(envelope[..HeaderLength], identity));
        }
        catch (AuthenticationTagMismatchException)
        {
            fault = "it is damaged or was sealed as something else";
            return false;
        }
        (plain, fault) = (opened, null);
        return true;
    }

    /// <inheritdoc cref="TryOpen"/>
    /// <exception cref="CryptographicException">It does not open.</exception>
    public byte[] Open(ReadOnlySpan<byte> envelope, string identity) =>
        TryOpen(envelope, identity, out var plain, out var fault) ? plain : throw new CryptographicException($"The secret does not open: {fault}.");

    public void Dispose()
    {
        _disposed = true;
        CryptographicOperations.ZeroMemory(_key);
        CryptographicOperations.ZeroMemory(_sealing);
    }

    public override string ToString() => "MasterKey (redacted)";

    private static byte[] AssociatedData(ReadOnlySpan<byte> header, string identity) => [.. header, .. Encoding.UTF8.GetBytes(identity)];
}
