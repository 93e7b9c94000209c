using System.Collections.Concurrent;
using AuthServer.Data;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Organizations;

/// <summary>Finds developer keys by what was presented. Kept in memory for a few seconds; a revoked one is refused at once, everywhere.</summary>
public sealed class DeveloperKeys(IDbContextFactory<AuthDbContext> contexts, RevocationIndex revocations, TimeProvider clock)
{
    private const int Most = 10_000;

    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, (DeveloperKey Key, DateTimeOffset ReadAt)> _known = new(StringComparer.Ordinal);

    /// <summary>The key's row while it is good; null for everything else.</summary>
    public async ValueTask<DeveloperKey?> FindAsync(string presented, CancellationToken ct)
    {
        if (!presented.StartsWith(DeveloperKey.Prefix, StringComparison.Ordinal) || presented.Length > 100)
        {
            return null;
        }

        // Found by its hash: what a comparison could tell by its time is told of the hash, which nobody can choose.
        var (hash, now) = (Handle.ReferenceId(presented), clock.GetUtcNow());
        var key = _known.TryGetValue(hash, out var entry) && now - entry.ReadAt < Freshness ? entry.Key : await ReadAsync(hash, now, ct);
        return key is { RevokedAt: null } && (key.ExpiresAt is null || key.ExpiresAt > now) && !revocations.Ended(RevocationKind.Credential, key.Id)
            ? key
            : null;
    }

    private async Task<DeveloperKey?> ReadAsync(string hash, DateTimeOffset now, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var key = await context.DeveloperKeys.FirstOrDefaultAsync(row => row.Hash == hash, ct);
        if (key is null)
        {
            // Unknown ones are not remembered: anybody can name as many as they like.
            _known.TryRemove(hash, out _);
            return null;
        }

        if (key.LastUsedAt is null || now - key.LastUsedAt >= TimeSpan.FromMinutes(1))
        {
            key.LastUsedAt = now;
            await context.SaveChangesAsync(ct);
        }

        if (_known.Count >= Most)
        {
            _known.Clear();
        }

        _known[hash] = (key, now);
        return key;
    }
}
