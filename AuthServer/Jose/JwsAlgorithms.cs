using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace AuthServer.Jose;

/// <summary>What each algorithm is called and which keys it takes. Names are exact and case-sensitive (RFC 7515 §4.1.1).</summary>
public static class JwsAlgorithms
{
    /// <summary>Every supported name, in order of preference; what discovery documents list.</summary>
    public static IReadOnlyList<string> Names { get; } = ["ES256", "ES384", "RS256", "PS256"];

    public static bool TryParse(ReadOnlySpan<char> name, out JwsAlgorithm algorithm)
    {
        JwsAlgorithm? known = name switch
        {
            "ES256" => JwsAlgorithm.ES256,
            "ES384" => JwsAlgorithm.ES384,
            "RS256" => JwsAlgorithm.RS256,
            "PS256" => JwsAlgorithm.PS256,
            _ => null,
        };
        algorithm = known.GetValueOrDefault();
        return known is not null;
    }

    public static string Name(this JwsAlgorithm algorithm) => algorithm switch
    {
        JwsAlgorithm.ES256 => "ES256",
        JwsAlgorithm.ES384 => "ES384",
        JwsAlgorithm.RS256 => "RS256",
        JwsAlgorithm.PS256 => "PS256",
        _ => throw new ArgumentOutOfRangeException(nameof(algorithm)),
    };

    /// <summary>True for the algorithms that take an RSA key, false for those that take an elliptic curve.</summary>
    public static bool IsRsa(this JwsAlgorithm algorithm) => algorithm is JwsAlgorithm.RS256 or JwsAlgorithm.PS256;

    /// <summary>
    /// OpenID Connect Core §3.1.3.6: the left half of the algorithm's hash of an ASCII value, base64url; what "at_hash" and
    /// "c_hash" say in an ID token that this algorithm signs.
    /// </summary>
    public static string HalfHash(this JwsAlgorithm algorithm, string value)
    {
        var ascii = Encoding.ASCII.GetBytes(value);
        Span<byte> hash = stackalloc byte[SHA384.HashSizeInBytes];
        var length = algorithm.Hash(ascii, hash);
        return Base64Url.EncodeToString(hash[..(length / 2)]);
    }

    /// <summary>The algorithm's hash of some octets; answers its length, at most 48 bytes.</summary>
    internal static int Hash(this JwsAlgorithm algorithm, ReadOnlySpan<byte> input, Span<byte> destination) =>
        algorithm == JwsAlgorithm.ES384 ? SHA384.HashData(input, destination) : SHA256.HashData(input, destination);

    // RFC 7518 §3.4: each ECDSA algorithm belongs to one curve and one hash.
    internal static ECCurve Curve(this JwsAlgorithm algorithm) =>
        algorithm == JwsAlgorithm.ES384 ? ECCurve.NamedCurves.nistP384 : ECCurve.NamedCurves.nistP256;

    internal static string CurveName(this JwsAlgorithm algorithm) => algorithm == JwsAlgorithm.ES384 ? "P-384" : "P-256";

    /// <summary>Bytes of one coordinate, and of each half of a signature.</summary>
    internal static int CoordinateLength(this JwsAlgorithm algorithm) => algorithm == JwsAlgorithm.ES384 ? 48 : 32;
}
