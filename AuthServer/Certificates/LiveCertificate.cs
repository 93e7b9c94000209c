using System.Text.Json;
using AuthServer.Jose;

namespace AuthServer.Certificates;

/// <summary>A certificate with its public key, ready to verify.</summary>
public sealed record LiveCertificate(Certificate Certificate, JsonWebKey Key)
{
    /// <exception cref="InvalidDataException">The stored key is none.</exception>
    public static LiveCertificate Of(Certificate certificate)
    {
        if (!PemPublicKey.TryReadJwk(certificate.PublicKey, out var jwk, out var fault))
        {
            throw new InvalidDataException($"The certificate {certificate.Id} holds no public key: {fault}");
        }

        var named = JsonSerializer.SerializeToElement(new
        {
            kty = "RSA",
            use = "sig",
            alg = Certificate.Algorithm,
            kid = certificate.KeyId,
            n = jwk.GetProperty("n"),
            e = jwk.GetProperty("e"),
        });
        return JsonWebKey.TryParse(named, out var key, out var unusable)
            ? new LiveCertificate(certificate, key)
            : throw new InvalidDataException($"The certificate {certificate.Id} holds no usable public key: {unusable}");
    }
}
