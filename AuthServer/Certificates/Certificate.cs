using System.Security.Cryptography;
using AuthServer.Organizations;
using AuthServer.Protocol;

namespace AuthServer.Certificates;

/// <summary>An RSA key pair by which programs of an organization sign JWTs. Its private half is answered once and kept nowhere.</summary>
public sealed class Certificate
{
    public const string IdPrefix = "cert_";
    public const string KeyIdPrefix = "kid_";

    /// <summary>The one algorithm (RFC 7518 §3.3).</summary>
    public const string Algorithm = "RS256";

    public static readonly IReadOnlyList<int> ModulusLengths = [2048, 3072, 4096];

    /// <summary><c>cert_…</c></summary>
    public string Id { get; set; } = "";

    public string OrganizationId { get; set; } = "";

    /// <summary>Who made it, and whom its acts are told of in the trail.</summary>
    public string UserId { get; set; } = "";

    public string Name { get; set; } = "";

    /// <summary>The most that who signs with it may do: never more than its maker may.</summary>
    public Role Role { get; set; }

    /// <summary>A SubjectPublicKeyInfo as PEM (RFC 7468 §13).</summary>
    public string PublicKey { get; set; } = "";

    /// <summary>Bits: one of <see cref="ModulusLengths"/>.</summary>
    public int ModulusLength { get; set; }

    /// <summary>Space-separated; null: all that its role allows.</summary>
    public string? Scopes { get; set; }

    /// <summary>A JSON object.</summary>
    public string Metadata { get; set; } = "{}";

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    public DateTimeOffset? RevokedAt { get; set; }

    /// <summary>As JWT headers name it: the same 128 bits as the id.</summary>
    public string KeyId => KeyIdPrefix + Id[IdPrefix.Length..];

    public IReadOnlyList<string>? BoundScopes => Scopes?.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    public CertificateStatus StatusAt(DateTimeOffset now) =>
        RevokedAt is not null ? CertificateStatus.Revoked : ExpiresAt <= now ? CertificateStatus.Expired : CertificateStatus.Active;

    public static bool IsOne(string? credentialId) => credentialId?.StartsWith(IdPrefix, StringComparison.Ordinal) == true;

    /// <summary>The id of the certificate that a JWT's header names; null: it names none.</summary>
    public static string? IdOf(string? keyId) =>
        keyId is not null && Identifiers.ToUuid(KeyIdPrefix, keyId) is not null ? IdPrefix + keyId[KeyIdPrefix.Length..] : null;

    /// <summary>Gives it a key pair; the private half as PKCS#8 PEM (RFC 7468 §10).</summary>
    public string MakeKeys()
    {
        using var pair = RSA.Create(ModulusLength);
        PublicKey = pair.ExportSubjectPublicKeyInfoPem();
        return pair.ExportPkcs8PrivateKeyPem();
    }
}

public enum CertificateStatus
{
    Active,
    Revoked,
    Expired,
}
