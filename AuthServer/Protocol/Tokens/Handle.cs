using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace AuthServer.Protocol.Tokens;

/// <summary>Opaque values given to clients: 256 random bits in base64url. Only their hashes are stored.</summary>
public static class Handle
{
    public static string New()
    {
        Span<byte> bits = stackalloc byte[32];
        RandomNumberGenerator.Fill(bits);
        return Base64Url.EncodeToString(bits);
    }

    /// <summary>OpenIddict's reference id: Base64 of the SHA-256 of the value's UTF-8.</summary>
    public static string ReferenceId(string value)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(value), hash);
        return Convert.ToBase64String(hash);
    }
}
