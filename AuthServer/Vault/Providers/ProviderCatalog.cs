using System.Collections.Frozen;
using System.Text.Json;
using AuthServer.Data;
using AuthServer.Http.Api;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Vault.Providers;

/// <summary>Every provider that an organization can connect: those that ship and its own. Its own are kept in memory for a few seconds.</summary>
public sealed class ProviderCatalog(IDbContextFactory<AuthDbContext> contexts, TimeProvider clock)
{
    private readonly RecentReads<OwnProviders> _own = new((organizationId, before) => ReadAsync(contexts, organizationId, before), clock);

    /// <summary>Null: there is none, or it is another organization's.</summary>
    public async ValueTask<Provider?> FindAsync(string organizationId, string providerId, CancellationToken ct) =>
        ShippedProviders.Find(providerId) ?? (await OwnAsync(organizationId, ct)).Find(providerId)?.Provider;

    /// <summary>Those that a name means: one provider, or those of a family. None: nothing has this name.</summary>
    public async ValueTask<IReadOnlyList<Provider>> NamedAsync(string organizationId, string name, CancellationToken ct) =>
        ProviderFamily.Find(name) is { } family ? family.Providers
        : await FindAsync(organizationId, name, ct) is { } provider ? [provider]
        : [];

    /// <summary>Shipped ones and the organization's own, by name.</summary>
    public async ValueTask<IReadOnlyList<ListedProvider>> AllAsync(string organizationId, CancellationToken ct) =>
    [
        .. ShippedProviders.All.Select(provider => new ListedProvider(provider, null)).Concat((await OwnAsync(organizationId, ct)).ById.Values)
            .OrderBy(listed => listed.Provider.Name, StringComparer.OrdinalIgnoreCase).ThenBy(listed => listed.Provider.Id, StringComparer.Ordinal),
    ];

    /// <summary>What one provider is, with what is stored of it where it is the organization's own.</summary>
    public async ValueTask<ListedProvider?> ListedAsync(string organizationId, string providerId, CancellationToken ct) =>
        ShippedProviders.Find(providerId) is { } shipped ? new ListedProvider(shipped, null) : (await OwnAsync(organizationId, ct)).Find(providerId);

    /// <summary>What this process has changed itself is in force at once.</summary>
    public void Forget(string organizationId) => _own.Forget(organizationId);

    private async ValueTask<OwnProviders> OwnAsync(string organizationId, CancellationToken ct) => (await _own.FindAsync(organizationId, ct))!;

    private static async Task<OwnProviders?> ReadAsync(IDbContextFactory<AuthDbContext> contexts, string organizationId, OwnProviders? before)
    {
        await using var context = await contexts.CreateDbContextAsync();
        var rows = await context.OrganizationProviders.AsNoTracking().Where(row => row.OrganizationId == organizationId).ToListAsync();
        return new OwnProviders(rows.Select(row => before?.Find(row.Id) is { Row: { } known } same && known.Version == row.Version ? same : Of(row))
            .OfType<ListedProvider>().ToFrozenDictionary(listed => listed.Provider.Id, StringComparer.Ordinal));
    }

    /// <summary>Null where another version of the server wrote what this one does not understand: it cannot be used, and can be replaced.</summary>
    private static ListedProvider? Of(OrganizationProvider row)
    {
        using var json = JsonDocument.Parse(row.Definition, ApiJson.Document);
        return ProviderReading.Read(json.RootElement, new Faults()) is { } provider ? new ListedProvider(provider, row) : null;
    }

    private sealed record OwnProviders(FrozenDictionary<string, ListedProvider> ById)
    {
        public ListedProvider? Find(string id) => ById.GetValueOrDefault(id);
    }
}

/// <param name="Row">Null: it comes with the server.</param>
public sealed record ListedProvider(Provider Provider, OrganizationProvider? Row);
