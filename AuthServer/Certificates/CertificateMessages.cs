using System.Text.Json;
using AuthServer.Organizations;

namespace AuthServer.Certificates;

/// <summary>A certificate to be made.</summary>
public sealed class NewCertificate
{
    public string? Name { get; init; }

    /// <summary>RS256, which it is without being said.</summary>
    public string? Algorithm { get; init; }

    /// <summary>Bits: 2048, 3072 or 4096; null: 2048.</summary>
    public int? ModulusLength { get; init; }

    /// <summary>Null: in a year.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The most that who signs with it may do. Null: developer.</summary>
    public Role? Role { get; init; }

    /// <summary>Bounds it to endpoints that ask for one of these; null: all that its role allows.</summary>
    public IReadOnlyList<string?>? Scopes { get; init; }

    public JsonElement? Metadata { get; init; }
}

/// <summary>A certificate as members see it. No record: the private key, which is shown once, must never be printed.</summary>
public sealed class CertificateDetail(Certificate certificate, DateTimeOffset now, string? privateKey = null)
{
    public string Id { get; } = certificate.Id;

    /// <summary>The organization, <c>acct_…</c></summary>
    public string Account { get; } = certificate.OrganizationId;

    /// <summary>The key id in the headers of JWTs that it signs.</summary>
    public string Kid { get; } = certificate.KeyId;

    public string Name { get; } = certificate.Name;

    /// <summary>A SubjectPublicKeyInfo as PEM.</summary>
    public string PublicKey { get; } = certificate.PublicKey;

    /// <summary>PKCS#8 as PEM, in the answer that made it and nowhere else.</summary>
    public string? PrivateKey { get; } = privateKey;

    public string Algorithm { get; } = Certificate.Algorithm;

    public int ModulusLength { get; } = certificate.ModulusLength;

    public CertificateStatus Status { get; } = certificate.StatusAt(now);

    public Role Role { get; } = certificate.Role;

    /// <summary>Null: all that its role allows.</summary>
    public IReadOnlyList<string>? Scopes { get; } = certificate.BoundScopes;

    public DateTimeOffset ExpiresAt { get; } = certificate.ExpiresAt;

    public JsonElement Metadata { get; } = JsonElement.Parse(certificate.Metadata);

    /// <summary>Whom its acts are told of in the trail; when they leave, it ends.</summary>
    public string CreatedBy { get; } = certificate.UserId;

    public DateTimeOffset CreatedAt { get; } = certificate.CreatedAt;

    public DateTimeOffset UpdatedAt { get; } = certificate.RevokedAt ?? certificate.CreatedAt;

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<StatusChange> StatusHistory { get; } = [.. StatusChange.Of(certificate, now)];
}

/// <summary>Since when a certificate has a status.</summary>
public sealed record StatusChange(CertificateStatus Status, DateTimeOffset At)
{
    public static IEnumerable<StatusChange> Of(Certificate certificate, DateTimeOffset now)
    {
        yield return new StatusChange(CertificateStatus.Active, certificate.CreatedAt);
        if (certificate.ExpiresAt <= (certificate.RevokedAt ?? now))
        {
            yield return new StatusChange(CertificateStatus.Expired, certificate.ExpiresAt);
        }

        if (certificate.RevokedAt is { } at)
        {
            yield return new StatusChange(CertificateStatus.Revoked, at);
        }
    }
}

/// <summary>What third parties need to verify what a certificate signed.</summary>
/// <param name="PublicKey">PEM.</param>
public sealed record PublicCertificate(string Kid, string PublicKey, string Algorithm);

/// <summary>An organization's public keys (RFC 7517 §5).</summary>
/// <param name="Keys">JSON Web Keys.</param>
public sealed record CertificateKeySet(JsonElement Keys);
