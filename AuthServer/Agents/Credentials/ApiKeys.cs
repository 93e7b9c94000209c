using AuthServer.Applications;
using AuthServer.Data;
using AuthServer.Protocol.Clients;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Agents.Credentials;

/// <summary>Finds agents by the API keys that were presented. A revoked key is refused at once, everywhere.</summary>
public sealed class ApiKeys
{
    private const int Longest = 100;

    private static readonly TimeSpan UseRecorded = TimeSpan.FromMinutes(1);

    private readonly IDbContextFactory<AuthDbContext> _contexts;
    private readonly ApplicationDirectory _applications;
    private readonly RevocationIndex _revocations;
    private readonly RevocationFeed _feed;
    private readonly TimeProvider _clock;
    private readonly RecentReads<KnownKey> _known;

    public ApiKeys(IDbContextFactory<AuthDbContext> contexts, ApplicationDirectory applications, RevocationIndex revocations, RevocationFeed feed, TimeProvider clock)
    {
        (_contexts, _applications, _revocations, _feed, _clock) = (contexts, applications, revocations, feed, clock);
        _known = new(ReadAsync, clock);
    }

    public static bool IsOne(string presented) => presented.StartsWith(ApiKey.Prefix, StringComparison.Ordinal);

    /// <summary>The agent's client, which may do what the key may; null for everything but a good key of an active agent.</summary>
    public async ValueTask<Client?> FindAsync(string presented, CancellationToken ct)
    {
        if (!IsOne(presented) || presented.Length > Longest)
        {
            return null;
        }

        // A node that may have missed a revocation asks the database before it says yes.
        await _feed.CatchUpAsync(ct);

        // Found by its hash: what a comparison could tell by its time is told of the hash, which nobody can choose.
        return await _known.FindAsync(Handle.ReferenceId(presented), ct) is { } known ? await ClientAsync(known, ct) : null;
    }

    /// <summary>The same by the key's id, for tokens that hang on it.</summary>
    public async ValueTask<Client?> FindByIdAsync(string id, CancellationToken ct)
    {
        await using var context = await _contexts.CreateDbContextAsync(ct);
        return await context.ApiKeys.AsNoTracking().FirstOrDefaultAsync(key => key.Id == id, ct) is { } key ? await ClientAsync(new KnownKey(key), ct) : null;
    }

    private async ValueTask<Client?> ClientAsync(KnownKey known, CancellationToken ct) =>
        known.Key.IsLive(_clock.GetUtcNow()) && !_revocations.Ended(RevocationKind.Credential, known.Key.Id)
        && await _applications.FindByAgentAsync(known.Key.AgentId, ct) is { } client
            ? known.Bound(client)
            : null;

    private async Task<KnownKey?> ReadAsync(string hash, KnownKey? known)
    {
        await using var context = await _contexts.CreateDbContextAsync();
        var key = await context.ApiKeys.FirstOrDefaultAsync(row => row.Hash == hash);
        var now = _clock.GetUtcNow();
        if (key is not null && key.IsLive(now) && (key.LastUsedAt is null || now - key.LastUsedAt >= UseRecorded))
        {
            key.LastUsedAt = now;
            await context.SaveChangesAsync();
        }

        return key is null ? null : new KnownKey(key);
    }

    /// <summary>A key, and what its agent's client is under it: made once for each state of the client.</summary>
    private sealed class KnownKey(ApiKey key)
    {
        private volatile Bounds? _last;

        public ApiKey Key { get; } = key;

        public Client Bound(Client client)
        {
            if (_last is not { } last || !ReferenceEquals(last.Of, client))
            {
                var lifetime = Key.TokenLifetime is { } seconds ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null;
                _last = last = new Bounds(client, client.With(new ClientKey(Key.Id, Key.BoundScopes, lifetime, Key.ExpiresAt)));
            }

            return last.Client;
        }

        private sealed record Bounds(Client Of, Client Client);
    }
}
