using System.Collections.Concurrent;
using AuthServer.Agents;
using AuthServer.Data;
using AuthServer.Protocol;
using AuthServer.Protocol.Clients;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Applications;

/// <summary>Clients by <c>client_id</c>, kept in memory for a few seconds: a token request reads no row, and a change made by
/// another process is in force within that time, an end at once. Disabled clients, and agents that are not active, are not found.</summary>
public sealed class ApplicationDirectory
{
    private const int Most = 10_000;

    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(5);

    private readonly IDbContextFactory<AuthDbContext> _contexts;
    private readonly AuthServerOptions _options;
    private readonly TimeProvider _clock;
    private readonly ConcurrentDictionary<string, Entry> _known = new(StringComparer.Ordinal);

    // An agent keeps its client id for life.
    private readonly ConcurrentDictionary<string, string> _clientIdsOfAgents = new(StringComparer.Ordinal);

    public ApplicationDirectory(IDbContextFactory<AuthDbContext> contexts, RevocationFeed feed, AuthServerOptions options, TimeProvider clock)
    {
        (_contexts, _options, _clock) = (contexts, options, clock);

        // Whatever another process ended, what is remembered of it is too old.
        feed.Received += _ => _known.Clear();
    }

    public ValueTask<Client?> FindAsync(string? clientId, CancellationToken ct)
    {
        // Longer than the column, or not the visible ASCII that ids are made of: cannot exist, and PostgreSQL fails on NUL.
        if (clientId is null or { Length: > 100 } || clientId.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            return default;
        }

        return _known.TryGetValue(clientId, out var entry) && _clock.GetUtcNow() - entry.ReadAt < Freshness
            ? new(entry.Client)
            : new(ReadAsync(clientId, ct));
    }

    /// <summary>The application that this agent is; null when there is none, or it may not act.</summary>
    /// <param name="agentId"><c>agt_…</c></param>
    public async ValueTask<Client?> FindByAgentAsync(string agentId, CancellationToken ct)
    {
        if (Identifiers.ToUuid("agt_", agentId) is null)
        {
            return null;
        }

        if (!_clientIdsOfAgents.TryGetValue(agentId, out var clientId))
        {
            await using var context = await _contexts.CreateDbContextAsync(ct);
            clientId = await context.Agents.Where(agent => agent.Id == agentId)
                .Join(context.Applications, agent => agent.ApplicationId, application => application.Id, (_, application) => application.ClientId)
                .FirstOrDefaultAsync(ct);
            if (clientId is null)
            {
                return null;
            }

            if (_clientIdsOfAgents.Count >= Most)
            {
                _clientIdsOfAgents.Clear();
            }

            _clientIdsOfAgents[agentId] = clientId;
        }

        return await FindAsync(clientId, ct);
    }

    /// <summary>After a change of this process's own.</summary>
    public void Forget(string clientId) => _known.TryRemove(clientId, out _);

    /// <summary>Whether browsers on this origin may call the token endpoint: it is where a client's redirect URI lives.</summary>
    public async Task<bool> IsOriginOfClientAsync(string origin, CancellationToken ct)
    {
        await using var context = await _contexts.CreateDbContextAsync(ct);
        return await context.ClientOrigins.AnyAsync(row => row.Origin == origin, ct);
    }

    private async Task<Client?> ReadAsync(string clientId, CancellationToken ct)
    {
        var now = _clock.GetUtcNow();
        await using var context = await _contexts.CreateDbContextAsync(ct);
        var row = await context.Applications.AsNoTracking().FirstOrDefaultAsync(application => application.ClientId == clientId, ct);
        var agent = row is null ? null : await context.Agents.AsNoTracking().FirstOrDefaultAsync(agent => agent.ApplicationId == row.Id, ct);
        if (row is null || row.ClientId != clientId || ApplicationExtras.Read(row.Properties).Disabled || agent is { Status: not AgentStatus.Active })
        {
            // Unknown ids are not remembered: anybody can name as many as they like.
            _known.TryRemove(clientId, out _);
            return null;
        }

        if (_known.Count >= Most)
        {
            _known.Clear();
        }

        var client = _known.TryGetValue(clientId, out var entry) && entry.Client.ConcurrencyToken == row.ConcurrencyToken && entry.Client.Agent == agent?.Identity
            ? entry.Client
            : ApplicationMapping.ToClient(
                row, await context.ClientSecrets.AsNoTracking().Where(secret => secret.ApplicationId == row.Id).ToListAsync(ct), agent?.Identity, _options.Tokens);
        _known[clientId] = new Entry(client, now);
        return client;
    }

    private sealed record Entry(Client Client, DateTimeOffset ReadAt);
}
