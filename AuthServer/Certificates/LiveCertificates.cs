using System.Collections.Concurrent;
using System.Text.Json;
using AuthServer.Data;
using AuthServer.Jose;
using AuthServer.Protocol.State;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Certificates;

/// <summary>Finds certificates by the key id in a JWT's header. Kept in memory for a few seconds; a revoked one is refused at once, everywhere.</summary>
public sealed class LiveCertificates(IDbContextFactory<AuthDbContext> contexts, RevocationIndex revocations, TimeProvider clock)
{
    private const int Most = 10_000;

    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, (LiveCertificate Live, DateTimeOffset ReadAt)> _known = new(StringComparer.Ordinal);

    /// <summary>The certificate while it is neither revoked nor expired; null for everything else.</summary>
    public async ValueTask<LiveCertificate?> FindAsync(string? keyId, CancellationToken ct) =>
        Certificate.IdOf(keyId) is { } id ? await FindByIdAsync(id, ct) : null;

    /// <summary>The same by its own id.</summary>
    public async ValueTask<LiveCertificate?> FindByIdAsync(string id, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var live = _known.TryGetValue(id, out var entry) && now - entry.ReadAt < Freshness ? entry.Live : await ReadAsync(id, now, ct);
        return live?.Certificate.StatusAt(now) == CertificateStatus.Active && !revocations.Ended(RevocationKind.Credential, id) ? live : null;
    }

    /// <summary>All of an organization that live, newest first.</summary>
    public async Task<IReadOnlyList<LiveCertificate>> OfAsync(string organizationId, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var context = await contexts.CreateDbContextAsync(ct);
        var rows = await context.Certificates.AsNoTracking()
            .Where(row => row.OrganizationId == organizationId && row.RevokedAt == null && row.ExpiresAt > now)
            .OrderByDescending(row => row.CreatedAt).ThenByDescending(row => row.Id).ToListAsync(ct);
        return [.. rows.Where(row => !revocations.Ended(RevocationKind.Credential, row.Id)).Select(LiveCertificate.Of)];
    }

    private async Task<LiveCertificate?> ReadAsync(string id, DateTimeOffset now, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        if (await context.Certificates.AsNoTracking().FirstOrDefaultAsync(row => row.Id == id, ct) is not { } row)
        {
            // Unknown ones are not remembered: anybody can name as many as they like.
            _known.TryRemove(id, out _);
            return null;
        }

        if (_known.Count >= Most)
        {
            _known.Clear();
        }

        var live = LiveCertificate.Of(row);
        _known[id] = (live, now);
        return live;
    }
}

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
