using AuthServer.Data;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Providers;
using AuthServer.Vault.Usage;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Vault.Monitoring;

/// <summary>How many calls are left, as far as providers say: for each account, or for all of one app where that is what the provider counts.</summary>
internal sealed class Quotas(AuthDbContext context, ProviderCatalog catalog, DateTimeOffset now)
{
    private const int Most = 10;

    // Where nobody said when there are more, what was left is true for a while.
    private static readonly TimeSpan Holds = TimeSpan.FromHours(1);

    /// <summary>Of one connection: the accounts that have the least, or its app.</summary>
    /// <param name="own">All connections of the organization: those of one app share what is left.</param>
    public async Task<IReadOnlyList<QuotaItem>> OfAsync(Connection row, IReadOnlyList<Connection> own, CancellationToken ct)
    {
        if (await IsPerAppAsync(row, ct))
        {
            return [.. (await NewestAsync([.. own.Where(other => AppOf(other) == AppOf(row))], ct)).Values.Select(pulse => Item(pulse, null))];
        }

        return (await Known().Where(pulse => pulse.ConnectionId == row.Id).OrderBy(pulse => pulse.QuotaLeft).ThenBy(pulse => pulse.AccountId).Take(Most).ToListAsync(ct))
            .ConvertAll(pulse => Item(pulse, pulse.AccountId.Length == 0 ? null : pulse.AccountId));
    }

    /// <summary>Of all apps of each provider that counts by app. What single accounts have left is no number of the organization's.</summary>
    public async Task<IReadOnlyList<AppQuota>> OfAppsAsync(IReadOnlyList<Connection> rows, CancellationToken ct)
    {
        List<Connection> counted = [];
        foreach (var row in rows)
        {
            if (await IsPerAppAsync(row, ct))
            {
                counted.Add(row);
            }
        }

        return [.. (await NewestAsync(counted, ct)).GroupBy(pair => pair.Key.ProviderId, pair => pair.Value).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => new AppQuota(
            group.Key, group.Count(), group.Any(pulse => pulse.QuotaLimit is null) ? null : group.Sum(pulse => pulse.QuotaLimit), group.Sum(pulse => pulse.QuotaLeft!.Value),
            group.Min(pulse => pulse.QuotaResetsAt), group.Min(pulse => pulse.QuotaSeenAt!.Value)))];
    }

    /// <summary>What was said last of each app, by whichever account.</summary>
    private async Task<Dictionary<(string ProviderId, string App, string? Base), CredentialPulse>> NewestAsync(IReadOnlyList<Connection> rows, CancellationToken ct)
    {
        var apps = rows.ToDictionary(row => row.Id, AppOf, StringComparer.Ordinal);
        List<string> ids = [.. apps.Keys];
        var pulses = ids.Count == 0 ? [] : await Known().Where(pulse => ids.Contains(pulse.ConnectionId))
            .GroupBy(pulse => pulse.ConnectionId).Select(same => same.OrderByDescending(pulse => pulse.QuotaSeenAt).First()).ToListAsync(ct);
        return pulses.GroupBy(pulse => apps[pulse.ConnectionId]).ToDictionary(group => group.Key, group => group.MaxBy(pulse => pulse.QuotaSeenAt)!);
    }

    private IQueryable<CredentialPulse> Known() => context.CredentialPulses.AsNoTracking()
        .Where(pulse => pulse.QuotaLeft != null && (pulse.QuotaResetsAt > now || (pulse.QuotaResetsAt == null && pulse.QuotaSeenAt > now - Holds)));

    private async ValueTask<bool> IsPerAppAsync(Connection row, CancellationToken ct) =>
        row.Auth == ConnectionAuth.OAuth2 && await catalog.FindAsync(row.OrganizationId, row.ProviderId, ct) is { Api.RateLimit.Per: QuotaOwner.App };

    // Without a client id of its own, it is the installation's app; with an address of its own, somebody else counts.
    private static (string ProviderId, string App, string? Base) AppOf(Connection row) => (row.ProviderId, row.ClientId ?? "", row.ReadSettings().BaseUrl);

    private static QuotaItem Item(CredentialPulse pulse, string? accountId) => new(accountId, pulse.QuotaLimit, pulse.QuotaLeft!.Value, pulse.QuotaResetsAt, pulse.QuotaSeenAt!.Value);
}
