using System.Text.Json;
using AuthServer.Http.Api;
using AuthServer.Vault.Providers;

namespace AuthServer.Vault.Connections;

/// <summary>What is shown of connections, and to whom.</summary>
public sealed class ConnectionViews(ProviderCatalog catalog, ConnectionDrafts drafts, ConnectionNeeds needs, ConnectionApps apps, TimeProvider clock)
{
    public Task<ConnectionItem> ShowAsync(Connection row, Developer developer, CancellationToken ct) => ShowAsync(row, new ActingParty(developer), ct);

    public async Task<ConnectionItem> ShowAsync(Connection row, ActingParty caller, CancellationToken ct)
    {
        if (caller.Agent is not null)
        {
            return ConnectionItem.ForAgents(row);
        }

        var provider = await catalog.FindAsync(row.OrganizationId, row.ProviderId, ct);
        return ConnectionItem.Of(row, MissingOf(row, provider), provider is not null && apps.FindShared(row, provider) is not null, clock.GetUtcNow());
    }

    internal IReadOnlyDictionary<string, string[]> MissingOf(Connection row, Provider? provider) => needs.Of(row, provider, drafts.Open(row));

    internal static string Json<T>(T value) => JsonSerializer.Serialize(value, ApiJson.Options);
}
