using System.Diagnostics.CodeAnalysis;
using AuthServer.Keys;

namespace AuthServer.Vault.Providers;

/// <summary>The installation's own OAuth apps, which every organization may connect accounts by: <c>AuthServer:Vault:Providers</c>.</summary>
/// <param name="apps">By the id of a provider, or of a family for all of its providers.</param>
public sealed class SharedApps(IReadOnlyDictionary<string, SharedApp> apps)
{
    private const string Setting = "AuthServer:Vault:Providers";
    private const int LongestId = 300;

    /// <summary>Null: there is none for it.</summary>
    public SharedApp? Find(Provider provider) =>
        provider.Oauth is null || ShippedProviders.Find(provider.Id) is null ? null
        : apps.GetValueOrDefault(provider.Id) ?? (provider.Family is { } family ? apps.GetValueOrDefault(family) : null);

    /// <summary>The app for a connection with these fields. It is given to the provider's own addresses only: where a field of the connection says the host, as
    /// of a server of one's own, whoever made the connection would be sent the installation's secret. Addresses that a connection replaces are
    /// replaced for apps of its own.</summary>
    /// <param name="field">A value of the connection's; null: it says none.</param>
    public SharedApp? Find(Provider provider, Func<string, string?> field) =>
        provider.Fields.All(known => known.Kind == FieldKind.Text || known.IsOfAccount || field(known.Name) is not { } value || value == known.Default) ? Find(provider) : null;

    /// <summary>From the configuration, with every fault told by its key.</summary>
    public static SharedApps Read(IReadOnlyDictionary<string, AuthServerOptions.ProviderAppOptions> options, string home, List<string> faults)
    {
        var apps = new Dictionary<string, SharedApp>(StringComparer.Ordinal);
        foreach (var (id, app) in options)
        {
            if (TryRead(id, app, home, out var read, out var fault))
            {
                apps[id] = read;
            }
            else
            {
                faults.Add($"{Setting}:{id}{fault}");
            }
        }

        return new SharedApps(apps);
    }

    private static bool TryRead(
        string id, AuthServerOptions.ProviderAppOptions app, string home, [NotNullWhen(true)] out SharedApp? read, [NotNullWhen(false)] out string? fault)
    {
        (read, fault) = (null, null);
        var provider = ProviderFamily.Find(id) is { } family ? family.Providers[0] : ShippedProviders.Find(id);
        if (provider is null)
        {
            fault = $" is no provider that comes with the server. Known are: {string.Join(", ", ProviderFamily.All.Select(known => known.Id).Concat(ShippedProviders.Ids.Order(StringComparer.Ordinal)))}.";
        }
        else if (provider.Oauth is not { } oauth)
        {
            fault = " has no OAuth apps: its accounts are connected by API keys.";
        }
        else if (app.ClientId is not { Length: > 0 and <= LongestId } clientId || clientId.Any(c => c is < '!' or > '~'))
        {
            fault = $":ClientId must be 1 to {LongestId} visible ASCII characters.";
        }
        else if (string.IsNullOrEmpty(app.ClientSecret))
        {
            var needsNone = oauth.Token.ClientAuthentication.Contains(ClientAuthentication.None);
            read = needsNone ? new SharedApp(clientId, null) : null;
            fault = needsNone ? null : ":ClientSecret is missing.";
        }
        else
        {
            read = SecretReference.TryRead(app.ClientSecret, home, out var secret, out var unread) ? new SharedApp(clientId, secret) : null;
            fault = read is null ? $":ClientSecret: {unread}" : null;
        }

        return read is not null;
    }
}

/// <summary>An OAuth app of the installation. No record: its secret must never be printed.</summary>
public sealed class SharedApp(string clientId, string? clientSecret)
{
    public string ClientId { get; } = clientId;

    /// <summary>Null: the provider wants none.</summary>
    public string? ClientSecret { get; } = clientSecret;
}
