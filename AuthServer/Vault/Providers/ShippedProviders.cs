using System.Collections.Frozen;
using System.Text.Json;
using AuthServer.Http.Api;

namespace AuthServer.Vault.Providers;

/// <summary>The providers that come with the server: the files in <c>Shipped/</c>.</summary>
public static class ShippedProviders
{
    private const string Prefix = "AuthServer.Vault.Providers.Shipped.";
    private const string Suffix = ".json";

    public static FrozenSet<string> Ids { get; } = typeof(ShippedProviders).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(Suffix, StringComparison.Ordinal))
        .Select(name => name[Prefix.Length..^Suffix.Length]).ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, Provider> Known = Ids.Select(Read).ToFrozenDictionary(provider => provider.Id, StringComparer.Ordinal);

    /// <summary>By name.</summary>
    public static IReadOnlyList<Provider> All { get; } = [.. Known.Values.OrderBy(provider => provider.Name, StringComparer.OrdinalIgnoreCase)];

    public static Provider? Find(string id) => Known.GetValueOrDefault(id);

    private static Provider Read(string id)
    {
        using var file = typeof(ShippedProviders).Assembly.GetManifestResourceStream(Prefix + id + Suffix)!;
        using var json = JsonDocument.Parse(file, ApiJson.Document);
        var faults = new Faults();
        return ProviderReading.Read(json.RootElement, faults)?.AsShipped() ?? throw new InvalidOperationException($"{id}{Suffix}: {string.Join(' ', faults.Problem!.Errors!.Keys)}");
    }
}
