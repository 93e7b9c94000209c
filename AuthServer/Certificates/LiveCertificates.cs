using AuthServer.Data;
using AuthServer.Jose;
using AuthServer.Protocol.State;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Certificates;

/// <summary>Finds certificates by the key id in a JWT's header. Kept in memory for a few seconds; a revoked one is refused at once, everywhere.</summary>
public sealed class LiveCertificates
{
    private readonly RecentReads<LiveCertificate> _known;
    private readonly RecentReads<IReadOnlyList<LiveCertificate>> _ofOrganizations;
    private readonly RevocationIndex _revocations;
    private readonly RevocationFeed _feed;
    private readonly TimeProvider _clock;

    public LiveCertificates(IDbContextFactory<AuthDbContext> contexts, RevocationIndex revocations, RevocationFeed feed, TimeProvider clock)
    {
        (_revocations, _feed, _clock) = (revocations, feed, clock);
        _known = new((id, _) => ReadAsync(contexts, id), clock);
        _ofOrganizations = new((organizationId, _) => ReadAllAsync(contexts, organizationId, clock.GetUtcNow()), clock);
    }

    /// <summary>The certificate while it is neither revoked nor expired; null for everything else.</summary>
    public async ValueTask<LiveCertificate?> FindAsync(string? keyId, CancellationToken ct) =>
        Certificate.IdOf(keyId) is { } id ? await FindByIdAsync(id, ct) : null;

    /// <summary>Whether it was found here before, in whatever state it is now.</summary>
    public bool Remembers(string? keyId) => Certificate.IdOf(keyId) is { } id && _known.Remembers(id);

    /// <summary>The same by its own id.</summary>
    public async ValueTask<LiveCertificate?> FindByIdAsync(string id, CancellationToken ct)
    {
        // A node that may have missed a revocation asks the database before it says yes.
        await _feed.CatchUpAsync(ct);
        return await _known.FindAsync(id, ct) is { } found && Lives(found) ? found : null;
    }

    /// <summary>All of an organization that live, newest first.</summary>
    public async ValueTask<IReadOnlyList<LiveCertificate>> OfAsync(string organizationId, CancellationToken ct)
    {
        await _feed.CatchUpAsync(ct);
        return await _ofOrganizations.FindAsync(organizationId, ct) is { } found ? [.. found.Where(Lives)] : [];
    }

    /// <summary>After one was made for it here.</summary>
    public void Forget(string organizationId) => _ofOrganizations.Forget(organizationId);

    private bool Lives(LiveCertificate found) =>
        found.Certificate.StatusAt(_clock.GetUtcNow()) == CertificateStatus.Active && !_revocations.Ended(RevocationKind.Credential, found.Certificate.Id);

    private static async Task<LiveCertificate?> ReadAsync(IDbContextFactory<AuthDbContext> contexts, string id)
    {
        await using var context = await contexts.CreateDbContextAsync();
        return await context.Certificates.AsNoTracking().FirstOrDefaultAsync(row => row.Id == id) is { } row ? LiveCertificate.Of(row) : null;
    }

    private static async Task<IReadOnlyList<LiveCertificate>?> ReadAllAsync(IDbContextFactory<AuthDbContext> contexts, string organizationId, DateTimeOffset now)
    {
        await using var context = await contexts.CreateDbContextAsync();
        var rows = await context.Certificates.AsNoTracking()
            .Where(row => row.OrganizationId == organizationId && row.RevokedAt == null && row.ExpiresAt > now)
            .OrderByDescending(row => row.CreatedAt).ThenByDescending(row => row.Id).Take(JsonWebKeySet.MaxKeys).ToListAsync();
        return rows.Count == 0 ? null : [.. rows.Select(LiveCertificate.Of)];
    }
}
