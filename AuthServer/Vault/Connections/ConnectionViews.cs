using System.Text.Json;
using AuthServer.Http.Api;
using AuthServer.Languages;
using AuthServer.Vault.Providers;

namespace AuthServer.Vault.Connections;

/// <summary>What is shown of connections, and to whom.</summary>
public sealed class ConnectionViews(ProviderCatalog catalog, ConnectionDrafts drafts, ConnectionNeeds needs, ConnectionApps apps, TimeProvider clock)
{
    public Task<ConnectionItem> ShowAsync(Connection row, Developer developer, CancellationToken ct) => ShowAsync(row, new ActingParty(developer), ct);

    /// <summary>One: a secret that does not open is shown as missing.</summary>
    public async Task<ConnectionItem> ShowAsync(Connection row, ActingParty caller, CancellationToken ct) =>
        caller.Agent is not null ? ConnectionItem.ForAgents(row) : await ShowAsync(row, HeldBy(row), ct);

    /// <summary>Several, by what stands beside their secrets: nothing is opened.</summary>
    public async Task<IReadOnlyList<ConnectionItem>> ListAsync(IEnumerable<Connection> rows, ActingParty caller, CancellationToken ct)
    {
        var items = new List<ConnectionItem>();
        foreach (var row in rows)
        {
            items.Add(caller.Agent is not null ? ConnectionItem.ForAgents(row) : await ShowAsync(row, [.. row.ReadSecretParts().Keys], ct));
        }

        return items;
    }

    internal IReadOnlyDictionary<string, Sentence[]> MissingOf(Connection row, Provider? provider) => needs.Of(row, provider, HeldBy(row));

    internal static string Json<T>(T value) => JsonSerializer.Serialize(value, ApiJson.Options);

    private async Task<ConnectionItem> ShowAsync(Connection row, IReadOnlyList<string> held, CancellationToken ct)
    {
        var provider = await catalog.FindAsync(row.OrganizationId, row.ProviderId, ct);
        return ConnectionItem.Of(row, needs.Of(row, provider, held), provider is not null && apps.FindShared(row, provider) is not null, clock.GetUtcNow());
    }

    private string[] HeldBy(Connection row) => [.. drafts.Open(row).Values.Keys];
}
