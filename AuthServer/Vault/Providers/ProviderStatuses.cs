using AuthServer.Data;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Vault.Providers;

/// <summary>Whether providers do their work. What all nodes saw is read together, at most every few seconds, and never on the way of a call.</summary>
public sealed class ProviderStatuses(IDbContextFactory<AuthDbContext> contexts, TimeProvider clock)
{
    /// <summary>What was seen longer ago says nothing of now.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    private readonly RecentReads<IReadOnlyList<ProviderEvidence>> _seen = new((key, _) => ReadAsync(contexts, key, clock.GetUtcNow() - Window), clock);

    /// <param name="organizationId">Whom it is told. An organization's own provider is known to nobody else.</param>
    public async ValueTask<ProviderStatus> FindAsync(string organizationId, Provider provider, CancellationToken ct) =>
        ProviderJudgement.Of((await _seen.FindAsync(provider.IsShipped ? provider.Id : $"{provider.Id}/{organizationId}", ct))!, organizationId);

    private static async Task<IReadOnlyList<ProviderEvidence>?> ReadAsync(IDbContextFactory<AuthDbContext> contexts, string key, DateTimeOffset since)
    {
        await using var context = await contexts.CreateDbContextAsync();
        return await EvidenceOf(context, key, since).ToListAsync();
    }

    /// <param name="key">A provider's id; of an organization's own, with a slash and the organization's.</param>
    internal static IQueryable<ProviderEvidence> EvidenceOf(AuthDbContext context, string key, DateTimeOffset since)
    {
        var (providerId, organizationId) = key.Split('/') is [var id, var owner] ? (id, owner) : (key, null);
        var connections = context.Connections.AsNoTracking().Where(row => row.ProviderId == providerId);

        // A connection with addresses of its own speaks to somebody else.
        connections = organizationId is not null ? connections.Where(row => row.OrganizationId == organizationId)
            : connections.Where(row => !row.Settings.Contains("\"base_url\":") && !row.Settings.Contains("\"token_url\":"));
        return context.CredentialPulses.AsNoTracking().Where(row => row.SeenAt >= since)
            .Join(connections, pulse => pulse.ConnectionId, connection => connection.Id, (pulse, connection) => new { connection.OrganizationId, pulse.Trouble, pulse.TroubledSince })
            .GroupBy(row => new { row.OrganizationId, row.Trouble })
            .Select(same => new ProviderEvidence(same.Key.OrganizationId, same.Key.Trouble, same.Count(), same.Min(row => row.TroubledSince)));
    }
}
