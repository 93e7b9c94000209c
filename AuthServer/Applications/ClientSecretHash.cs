using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace AuthServer.Applications;

/// <summary>Hashes of client secrets in OpenIddict's format, so that secrets survive a move either way:
/// Base64 of 0x01, three big-endian 32-bit numbers (hash function, iterations, salt length), salt and key.</summary>
public static class ClientSecretHash
{
    /// <summary>For a secret of 256 random bits, which no number of guesses finds.</summary>
    public const int RoundsOfGenerated = 10_000;

    private const byte Version = 1;
    private const int HeaderLength = 13;
    private const int RoundsOfChosen = 210_000;
    private const int SaltLength = 16;
    private const int KeyLength = 32;

    // A row that asks for more work than this is not one that anybody wrote in earnest.
    private const int MostIterations = 10_000_000;

    private static readonly HashAlgorithmName[] Functions = [HashAlgorithmName.SHA1, HashAlgorithmName.SHA256, HashAlgorithmName.SHA512];

    /// <summary>The hash of no secret at all: checking against it takes as long as against a real one.</summary>
    public static string OfNothing { get; } = Create(Convert.ToHexString(RandomNumberGenerator.GetBytes(32)));

    public static string Create(string secret, int rounds = RoundsOfChosen)
    {
        var hash = new byte[HeaderLength + SaltLength + KeyLength];
        hash[0] = Version;
        BinaryPrimitives.WriteUInt32BigEndian(hash.AsSpan(1), 1); // SHA-256
        BinaryPrimitives.WriteUInt32BigEndian(hash.AsSpan(5), (uint)rounds);
        BinaryPrimitives.WriteUInt32BigEndian(hash.AsSpan(9), SaltLength);
        var salt = hash.AsSpan(HeaderLength, SaltLength);
        RandomNumberGenerator.Fill(salt);
        Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(secret), salt, hash.AsSpan(HeaderLength + SaltLength), rounds, HashAlgorithmName.SHA256);
        return Convert.ToBase64String(hash);
    }

    public static bool Verify(string hash, string secret)
    {
        var bytes = new byte[hash.Length];
        if (!Convert.TryFromBase64String(hash, bytes, out var length) || length < HeaderLength || bytes[0] != Version)
        {
            return false;
        }

        var function = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(1));
        var iterations = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(5));
        var saltLength = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(9));
        if (function >= Functions.Length || iterations is 0 or > MostIterations || saltLength < 16 || saltLength > length - HeaderLength - 16)
        {
            return false;
        }

        var salt = bytes.AsSpan(HeaderLength, (int)saltLength);
        var key = bytes.AsSpan(HeaderLength + (int)saltLength, length - HeaderLength - (int)saltLength);
        var computed = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(secret), salt, (int)iterations, Functions[function], key.Length);
        return CryptographicOperations.FixedTimeEquals(computed, key);
    }
}
