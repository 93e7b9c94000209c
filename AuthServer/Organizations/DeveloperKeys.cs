using AuthServer.Data;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Organizations;

/// <summary>Finds developer keys by what was presented. Kept in memory for a few seconds; a revoked one is refused at once, everywhere.</summary>
public sealed class DeveloperKeys
{
    private const int Longest = 100;

    private static readonly TimeSpan UseRecorded = TimeSpan.FromMinutes(1);

    private readonly IDbContextFactory<AuthDbContext> _contexts;
    private readonly RevocationIndex _revocations;
    private readonly RevocationFeed _feed;
    private readonly TimeProvider _clock;
    private readonly RecentReads<DeveloperKey> _known;

    public DeveloperKeys(IDbContextFactory<AuthDbContext> contexts, RevocationIndex revocations, RevocationFeed feed, TimeProvider clock)
    {
        (_contexts, _revocations, _feed, _clock) = (contexts, revocations, feed, clock);
        _known = new((hash, _) => ReadAsync(hash), clock);
    }

    /// <summary>The key's row while it is good; null for everything else.</summary>
    public async ValueTask<DeveloperKey?> FindAsync(string presented, CancellationToken ct)
    {
        if (!presented.StartsWith(DeveloperKey.Prefix, StringComparison.Ordinal) || presented.Length > Longest)
        {
            return null;
        }

        // A node that may have missed a revocation asks the database before it says yes.
        await _feed.CatchUpAsync(ct);

        // Found by its hash: what a comparison could tell by its time is told of the hash, which nobody can choose.
        return await _known.FindAsync(Handle.ReferenceId(presented), ct) is { } key && IsLive(key, _clock.GetUtcNow()) && !_revocations.Ended(RevocationKind.Credential, key.Id)
            ? key
            : null;
    }

    private static bool IsLive(DeveloperKey key, DateTimeOffset now) => key.RevokedAt is null && (key.ExpiresAt is null || key.ExpiresAt > now);

    private async Task<DeveloperKey?> ReadAsync(string hash)
    {
        await using var context = await _contexts.CreateDbContextAsync();
        var key = await context.DeveloperKeys.FirstOrDefaultAsync(row => row.Hash == hash);
        var now = _clock.GetUtcNow();
        if (key is not null && IsLive(key, now) && (key.LastUsedAt is null || now - key.LastUsedAt >= UseRecorded))
        {
            key.LastUsedAt = now;
            await context.SaveChangesAsync();
        }

        return key;
    }
}
