using AuthServer.Data;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Providers;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Administration;

/// <summary>The providers that ship, the installation's own apps for them, and how they fare for all organizations together.</summary>
public sealed class AdminProviders(IDbContextFactory<AuthDbContext> contexts, ProviderStatuses statuses, AuthServerSettings settings, TimeProvider clock)
{
    // Nobody's: what several organizations see is told, and what one alone does is not.
    private const string Installation = "";

    public async Task<IReadOnlyList<ProviderLine>> ListAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var context = await contexts.CreateDbContextAsync(ct);
        var connections = await context.Connections.AsNoTracking().GroupBy(row => row.ProviderId)
            .Select(same => new { same.Key, Count = same.Count(), Broken = same.Count(row => row.Status == ConnectionStatus.Error) }).ToDictionaryAsync(one => one.Key, ct);
        var accounts = await context.ConnectedAccounts.AsNoTracking().Join(context.Connections, account => account.ConnectionId, connection => connection.Id, (account, connection) => new { connection.ProviderId, account.Status, account.Health })
            .GroupBy(row => row.ProviderId)
            .Select(same => new { same.Key, Count = same.Count(row => row.Status == AccountStatus.Active), Failing = same.Count(row => row.Status == AccountStatus.Active && row.Health == AccountHealth.Failing) })
            .ToDictionaryAsync(one => one.Key, ct);
        var held = await context.RefreshCircuits.AsNoTracking().Where(row => row.HeldUntil > now)
            .Join(context.Connections, circuit => circuit.ConnectionId, connection => connection.Id, (_, connection) => connection.ProviderId).Distinct().ToListAsync(ct);
        List<ProviderLine> lines = [];
        foreach (var provider in ShippedProviders.All)
        {
            var (known, linked) = (connections.GetValueOrDefault(provider.Id), accounts.GetValueOrDefault(provider.Id));
            lines.Add(new ProviderLine(
                provider.Id,
                provider.Name,
                provider.Oauth is not null,
                settings.SharedApps.Find(provider) is { } app ? new SharedAppLine(app.ClientId, app.ClientSecret is not null) : null,
                known?.Count ?? 0,
                known?.Broken ?? 0,
                linked?.Count ?? 0,
                linked?.Failing ?? 0,
                held.Contains(provider.Id),

                // Who is not connected was not called.
                known is null ? null : await statuses.FindAsync(Installation, provider, ct)));
        }

        return [.. lines.OrderByDescending(line => line.IsTroubled).ThenByDescending(line => line.Connections > 0).ThenBy(line => line.Name, StringComparer.OrdinalIgnoreCase)];
    }
}

/// <param name="TakesApps">Whether accounts are linked by an OAuth app.</param>
/// <param name="App">The installation's own; null: organizations bring theirs.</param>
/// <param name="Broken">Connections that do not work.</param>
/// <param name="Accounts">That are linked and active.</param>
/// <param name="IsHeld">Refreshes of a connection are held, because so many were refused.</param>
/// <param name="Status">Null: nobody has connected it.</param>
public sealed record ProviderLine(
    string Id, string Name, bool TakesApps, SharedAppLine? App, int Connections, int Broken, int Accounts, int Failing, bool IsHeld, ProviderStatus? Status)
{
    public bool IsTroubled => IsHeld || Broken > 0 || Failing > 0 || Status?.State is ProviderState.Degraded or ProviderState.Down;
}

/// <summary>Without the secret.</summary>
public sealed record SharedAppLine(string ClientId, bool HasSecret);
