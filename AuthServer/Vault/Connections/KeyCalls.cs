using System.Text;
using AuthServer.Outbound;
using AuthServer.Vault.Dialect;
using AuthServer.Vault.Providers;

namespace AuthServer.Vault.Connections;

/// <summary>Calls that this server itself makes by an API key.</summary>
internal static class KeyCalls
{
    /// <summary>Null: a part of the key is missing.</summary>
    /// <param name="value">Of a placeholder.</param>
    public static OutboundCall? Write(Provider provider, ApiKeyRules rules, ConnectionSettings settings, ProviderCall call, string url, Func<string, string?> value)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["Accept"] = "application/json" };
        foreach (var (name, text) in provider.Api.Headers.Concat(call.Headers))
        {
            if (Placeholders.Fill(text, value) is { } filled)
            {
                headers[name] = filled;
            }
        }

        foreach (var (name, text) in settings.Headers)
        {
            headers[name] = text;
        }

        if (settings.UserAgent is { } agent)
        {
            headers["User-Agent"] = agent;
        }

        foreach (var place in PlacesOf(settings.Key, rules))
        {
            if (Placeholders.Fill(place.Value, value) is not { } filled || Placeholders.Fill(place.Name, value) is not { } name)
            {
                return null;
            }

            switch (place.In)
            {
                case CredentialLocation.Query:
                    url = $"{url}{(url.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{Uri.EscapeDataString(name)}={Uri.EscapeDataString(filled)}";
                    break;
                case CredentialLocation.Basic:
                    headers["Authorization"] = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{filled}"));
                    break;
                default:
                    headers[name] = filled;
                    break;
            }
        }

        var fields = call.Fields.Select(pair => KeyValuePair.Create(pair.Key, Placeholders.Fill(pair.Value, value) ?? ""));
        return Uri.TryCreate(url, UriKind.Absolute, out var address)
            ? new OutboundCall { Method = call.Method, Address = address, Headers = [.. headers], Body = TokenCalls.Encode(call.Format, fields), ContentType = TokenCalls.TypeOf(call.Format) }
            : null;
    }

    /// <summary>Where the key goes: as the connection says, and else as the provider's definition does.</summary>
    private static IReadOnlyList<CredentialPlace> PlacesOf(KeyPlacement? own, ApiKeyRules rules) => own is null ? rules.Credential :
    [
        new CredentialPlace
        {
            In = own.In == "query" ? CredentialLocation.Query : CredentialLocation.Header,
            Name = own.Name,
            Value = $"{own.Prefix}{{{rules.Fields[0].Name}}}",
        },
    ];
}
