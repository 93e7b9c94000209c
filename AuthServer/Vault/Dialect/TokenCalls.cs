using System.Text;
using System.Text.Json;
using AuthServer.Outbound;
using AuthServer.Vault.Providers;

namespace AuthServer.Vault.Dialect;

/// <summary>Calls of a provider's token endpoint (RFC 6749 §4.1.3 and §6).</summary>
public static class TokenCalls
{
    /// <summary>Redeems a code; null: an address that it needs has a field without a value.</summary>
    public static OutboundCall? Code(ProviderApp app, string code, string? verifier)
    {
        List<KeyValuePair<string, string>> fields = [new("grant_type", "authorization_code"), new("code", code), new("redirect_uri", app.RedirectUri)];
        if (verifier is not null)
        {
            fields.Add(new("code_verifier", verifier));
        }

        return Write(app, app.TokenUrl, fields);
    }

    /// <summary>Renews an access token; null as above.</summary>
    public static OutboundCall? Refresh(ProviderApp app, string refreshToken)
    {
        List<KeyValuePair<string, string>> fields = [new("grant_type", "refresh_token"), new("refresh_token", refreshToken)];
        if (app.OAuth.Refresh.SendsRedirectUri)
        {
            fields.Add(new("redirect_uri", app.RedirectUri));
        }

        return Write(app, app.RefreshUrl, fields);
    }

    private static OutboundCall? Write(ProviderApp app, string? url, List<KeyValuePair<string, string>> fields)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address))
        {
            return null;
        }

        var rules = app.OAuth.Token;
        List<KeyValuePair<string, string>> headers = [new("Accept", "application/json")];
        switch (MethodOf(app))
        {
            case ClientAuthentication.Basic:
                headers.Add(new("Authorization", Basic(app.ClientId, app.ClientSecret!)));
                break;
            case ClientAuthentication.Post:
                fields.AddRange([new("client_id", app.ClientId), new("client_secret", app.ClientSecret!)]);
                break;
            default:
                fields.Add(new("client_id", app.ClientId));
                break;
        }

        foreach (var (name, value) in rules.Headers)
        {
            if (Placeholders.Fill(value, app.Value) is { } filled)
            {
                headers.RemoveAll(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase));
                headers.Add(new(name, filled));
            }
        }

        return new OutboundCall { Method = "POST", Address = address, Headers = headers, Body = Encode(rules.Format, fields), ContentType = TypeOf(rules.Format) };
    }

    /// <summary>RFC 6749 §2.3.1: both are encoded as in a form before they are joined.</summary>
    public static string Basic(string clientId, string secret) =>
        "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{FormEncode(clientId)}:{FormEncode(secret)}"));

    internal static ReadOnlyMemory<byte>? Encode(BodyFormat format, IEnumerable<KeyValuePair<string, string>> fields) => format switch
    {
        BodyFormat.Form => Encoding.UTF8.GetBytes(string.Join('&', fields.Select(pair => $"{FormEncode(pair.Key)}={FormEncode(pair.Value)}"))),
        BodyFormat.Json => JsonSerializer.SerializeToUtf8Bytes(fields.ToDictionary(pair => pair.Key, pair => pair.Value)),
        _ => null,
    };

    internal static string? TypeOf(BodyFormat format) => format switch
    {
        BodyFormat.Form => "application/x-www-form-urlencoded",
        BodyFormat.Json => "application/json",
        _ => null,
    };

    private static ClientAuthentication MethodOf(ProviderApp app) => app.ClientSecret is null ? ClientAuthentication.None
        : app.OAuth.Token.ClientAuthentication.FirstOrDefault(method => method is ClientAuthentication.Basic or ClientAuthentication.Post, ClientAuthentication.Post);

    private static string FormEncode(string text) => Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal);
}
