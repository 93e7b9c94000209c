using System.Collections.Concurrent;
using AuthServer.Data;
using AuthServer.Protocol.Clients;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Applications;

/// <summary>Clients by <c>client_id</c>, kept in memory for a few seconds: a token request reads no row, and a change made by
/// another process is in force within that time. Disabled clients are not found.</summary>
public sealed class ApplicationDirectory(IDbContextFactory<AuthDbContext> contexts, AuthServerOptions options, TimeProvider clock)
{
    private const int Most = 10_000;

    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, Entry> _known = new(StringComparer.Ordinal);

    public ValueTask<Client?> FindAsync(string? clientId, CancellationToken ct)
    {
        // Longer than the column, or not the visible ASCII that ids are made of: cannot exist, and PostgreSQL fails on NUL.
        if (clientId is null or { Length: > 100 } || clientId.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            return default;
        }

        return _known.TryGetValue(clientId, out var entry) && clock.GetUtcNow() - entry.ReadAt < Freshness
            ? new(entry.Client)
            : new(ReadAsync(clientId, ct));
    }

    /// <summary>Whether browsers on this origin may call the token endpoint: it is where a client's redirect URI lives.</summary>
    public async Task<bool> IsOriginOfClientAsync(string origin, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.ClientOrigins.AnyAsync(row => row.Origin == origin, ct);
    }

    private async Task<Client?> ReadAsync(string clientId, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var context = await contexts.CreateDbContextAsync(ct);
        var row = await context.Applications.AsNoTracking().FirstOrDefaultAsync(application => application.ClientId == clientId, ct);
        if (row is null || row.ClientId != clientId || ApplicationExtras.Read(row.Properties).Disabled)
        {
            // Unknown ids are not remembered: anybody can name as many as they like.
            _known.TryRemove(clientId, out _);
            return null;
        }

        if (_known.Count >= Most)
        {
            _known.Clear();
        }

        var client = _known.TryGetValue(clientId, out var entry) && entry.Client.ConcurrencyToken == row.ConcurrencyToken
            ? entry.Client
            : ApplicationMapping.ToClient(row, options.Tokens);
        _known[clientId] = new Entry(client, now);
        return client;
    }

    private sealed record Entry(Client Client, DateTimeOffset ReadAt);
}
