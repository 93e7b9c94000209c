using System.Collections.Concurrent;
using AuthServer.Agents;
using AuthServer.Data;
using AuthServer.Protocol;
using AuthServer.Protocol.Clients;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Applications;

/// <summary>Clients by <c>client_id</c>, kept in memory for a few seconds: a token request reads no row, and a change made by
/// another process is in force within that time, an end at once. Disabled clients, and agents that may not act, are not found.</summary>
public sealed class ApplicationDirectory
{
    private const int Most = 10_000;

    private readonly IDbContextFactory<AuthDbContext> _contexts;
    private readonly AuthServerOptions _options;
    private readonly MetadataDocuments _documents;
    private readonly OpenResources _open;
    private readonly RecentReads<Client> _known;
    private readonly TimeProvider _clock;

    // An agent keeps its client id for life.
    private readonly ConcurrentDictionary<string, string> _clientIdsOfAgents = new(StringComparer.Ordinal);

    public ApplicationDirectory(
        IDbContextFactory<AuthDbContext> contexts, RevocationFeed feed, AuthServerOptions options, MetadataDocuments documents, OpenResources open, TimeProvider clock)
    {
        (_contexts, _options, _documents, _open, _known, _clock) = (contexts, options, documents, open, new(ReadAsync, clock), clock);

        // Whatever another process ended, what is remembered of it is too old.
        feed.Received += _ => _known.Clear();
    }

    public ValueTask<Client?> FindAsync(string? clientId, CancellationToken ct)
    {
        // Longer than the column, or not the visible ASCII that ids are made of: cannot exist, and PostgreSQL fails on NUL.
        if (clientId is null or { Length: > Client.LongestId } || clientId.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            return default;
        }

        var reading = _known.FindAsync(clientId, ct);
        return reading.IsCompletedSuccessfully ? new(Unended(reading.Result)) : UnendedAsync(reading);
    }

    /// <summary>The same at the authorization endpoint, where a client may be met for the first time: behind the address that its id is.</summary>
    public async ValueTask<Client?> MeetAsync(string? clientId, CancellationToken ct)
    {
        if (_documents.AddressOf(clientId) is { } address)
        {
            await _documents.FetchAsync(address, ct);

            // What a person is shown, and what is stored of it, is the document at hand.
            _known.Forget(clientId!);
        }

        return await FindAsync(clientId, ct);
    }

    /// <summary>Whether to meet this client would send a request to another server.</summary>
    public bool MustFetch(string? clientId) => _documents.AddressOf(clientId) is { } address && _documents.MustFetch(address);

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

    /// <summary>The <c>client_id</c> of this row, also where it may not act any more.</summary>
    public async Task<string?> ClientIdAsync(string applicationId, CancellationToken ct)
    {
        await using var context = await _contexts.CreateDbContextAsync(ct);
        return await context.Applications.Where(application => application.Id == applicationId).Select(application => application.ClientId).FirstOrDefaultAsync(ct);
    }

    /// <summary>After a change of this process's own.</summary>
    public void Forget(string clientId) => _known.Forget(clientId);

    /// <summary>After a change of what an agent may ask for, which bounds all that it made.</summary>
    public void ForgetAll() => _known.Clear();

    /// <summary>Whether browsers on this origin may call the token endpoint: it is where a client's redirect URI lives.</summary>
    public async Task<bool> IsOriginOfClientAsync(string origin, CancellationToken ct)
    {
        await using var context = await _contexts.CreateDbContextAsync(ct);
        return await context.ClientOrigins.AnyAsync(row => row.Origin == origin, ct);
    }

    private async ValueTask<Client?> UnendedAsync(ValueTask<Client?> reading) => Unended(await reading);

    private Client? Unended(Client? client) => client?.ExpiresAt is { } end && end <= _clock.GetUtcNow() ? null : client;

    private async Task<Client?> ReadAsync(string clientId, Client? known)
    {
        await using var context = await _contexts.CreateDbContextAsync();
        var row = await context.Applications.AsNoTracking().FirstOrDefaultAsync(application => application.ClientId == clientId);
        if (MetadataDocument.IsAddress(clientId))
        {
            return _documents.AddressOf(clientId) is { } address && !(row is not null && ApplicationExtras.Read(row.Properties).Disabled)
                && await _documents.FindAsync(address, row, CancellationToken.None) is { } said
                    ? _open.Grant(ApplicationMapping.ToClient(said, [], null, _options.Tokens))
                    : null;
        }

        var agent = row is null ? null : await context.Agents.AsNoTracking().FirstOrDefaultAsync(agent => agent.ApplicationId == row.Id);
        if (row is null || row.ClientId != clientId || ApplicationExtras.Read(row.Properties).Disabled || agent is { Status: not AgentStatus.Active })
        {
            return null;
        }

        // Nor may any agent of an organization that an administrator has stopped.
        if (agent is not null && await context.Organizations.AnyAsync(organization => organization.Id == agent.OrganizationId && organization.SuspendedAt != null))
        {
            return null;
        }

        // An organization's own may be switched off, and end with it.
        if (agent is null && await context.OrganizationApplications.AnyAsync(owned => owned.ApplicationId == row.Id && (owned.DisabledAt != null || owned.RemovedAt != null)))
        {
            return null;
        }

        // Whose maker may not act may not either.
        var maker = agent?.ParentAgentId is { } makerId ? await FindByAgentAsync(makerId, CancellationToken.None) : null;
        if (agent?.ParentAgentId is not null && maker is null)
        {
            return null;
        }

        if (known is not null && known.ConcurrencyToken == row.ConcurrencyToken && known.Agent == agent?.Identity && ReferenceEquals(known.MakerScopes, maker?.Scopes)
            && known.ExpiresAt == agent?.ExpiresAt && known.IsUnclaimed == agent is { OwnerId: null })
        {
            return known;
        }

        var secrets = await context.ClientSecrets.AsNoTracking().Where(secret => secret.ApplicationId == row.Id).ToListAsync();
        var client = _open.Grant(ApplicationMapping.ToClient(row, secrets, agent?.Identity, _options.Tokens)) with
        {
            ExpiresAt = agent?.ExpiresAt,
            IsUnclaimed = agent is { OwnerId: null },
        };
        return maker is null ? client : client.Below(maker);
    }
}
