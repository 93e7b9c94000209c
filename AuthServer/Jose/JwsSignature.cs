using System.Security.Cryptography;

namespace AuthServer.Jose;

/// <summary>The four signature schemes of RFC 7518 §3.3 to §3.5 over the framework's keys.</summary>
internal static class JwsSignature
{
    // RFC 7518 §3.4: R and S of fixed length, one after the other, not the DER of other protocols.
    private const DSASignatureFormat Concatenated = DSASignatureFormat.IeeeP1363FixedFieldConcatenation;

    /// <summary>Bytes of a signature by this key.</summary>
    public static int Length(JwsAlgorithm algorithm, AsymmetricAlgorithm key) =>
        algorithm.IsRsa() ? (key.KeySize + 7) / 8 : 2 * algorithm.CoordinateLength();

    public static void Sign(JwsAlgorithm algorithm, AsymmetricAlgorithm key, ReadOnlySpan<byte> input, Span<byte> destination)
    {
        Span<byte> hash = stackalloc byte[SHA384.HashSizeInBytes];
        hash = hash[..algorithm.Hash(input, hash)];
        int written;
        var signed = algorithm.IsRsa()
            ? ((RSA)key).TrySignHash(hash, destination, HashAlgorithmName.SHA256, Padding(algorithm), out written)
            : ((ECDsa)key).TrySignHash(hash, destination, Concatenated, out written);
        if (!signed || written != destination.Length)
            throw new CryptographicException("The signature has not the length of its key.");
    }

    public static bool Verify(JwsAlgorithm algorithm, AsymmetricAlgorithm key, ReadOnlySpan<byte> input, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != Length(algorithm, key))
            return false;
        Span<byte> hash = stackalloc byte[SHA384.HashSizeInBytes];
        hash = hash[..algorithm.Hash(input, hash)];
        return algorithm.IsRsa()
            ? ((RSA)key).VerifyHash(hash, signature, HashAlgorithmName.SHA256, Padding(algorithm))
            : ((ECDsa)key).VerifyHash(hash, signature, Concatenated);
    }

    // RFC 7518 §3.5: PS256 has MGF1 with SHA-256 and a salt as long as the hash, which is what the framework's Pss means.
    private static RSASignaturePadding Padding(JwsAlgorithm algorithm) =>
        algorithm == JwsAlgorithm.PS256 ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1;
}
