using System.Text;
using AuthServer.Outbound;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Providers;

namespace AuthServer.Vault.Dialect;

/// <summary>Calls that this server makes itself, as a provider's definition describes them.</summary>
public static class ApiCalls
{
    /// <summary>Null: a value that the call needs is missing.</summary>
    public static OutboundCall? Write(ProviderApp app, ProviderCall call, TokenSet tokens)
    {
        string? Value(string name) => name switch
        {
            Placeholders.AccessToken => tokens.AccessToken,
            Placeholders.RefreshToken => tokens.RefreshToken,
            Placeholders.Token => tokens.RefreshToken ?? tokens.AccessToken,
            _ => app.Value(name) ?? tokens.Fields?.GetValueOrDefault(name),
        };

        if (FilledAddress.Of(app.Provider, call.Url, Value) is not { } url)
        {
            return null;
        }

        url = ApiBase.Move(app.Provider, app.Settings, url, Value);
        List<KeyValuePair<string, string>> headers = [new("Accept", "application/json")];
        var fields = call.Fields.Select(pair => KeyValuePair.Create(pair.Key, Placeholders.Fill(pair.Value, Value)))
            .Where(pair => pair.Value is not null).Select(pair => KeyValuePair.Create(pair.Key, pair.Value!)).ToList();
        url = Authenticate(app, call, Value, headers, fields, url);
        foreach (var (name, value) in app.Provider.Api.Headers.Concat(call.Headers))
        {
            if (Placeholders.Fill(value, Value) is { } filled)
            {
                headers.RemoveAll(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase));
                headers.Add(new(name, filled));
            }
        }

        return Uri.TryCreate(url, UriKind.Absolute, out var address)
            ? new OutboundCall { Method = call.Method, Address = address, Headers = headers, Body = TokenCalls.Encode(call.Format, fields), ContentType = TokenCalls.TypeOf(call.Format) }
            : null;
    }

    /// <returns>The address, with what of the credential belongs into it.</returns>
    private static string Authenticate(
        ProviderApp app, ProviderCall call, Func<string, string?> value, List<KeyValuePair<string, string>> headers, List<KeyValuePair<string, string>> fields, string url)
    {
        switch (call.Authentication)
        {
            case CallAuthentication.ClientBasic:
                headers.Add(new("Authorization", TokenCalls.Basic(app.ClientId, app.ClientSecret ?? "")));
                break;
            case CallAuthentication.ClientPost:
                fields.AddRange([new("client_id", app.ClientId), new("client_secret", app.ClientSecret ?? "")]);
                break;
            case CallAuthentication.ClientBearer:
                headers.Add(new("Authorization", "Bearer " + app.ClientSecret));
                break;
            case CallAuthentication.Api:
                foreach (var place in app.OAuth.Credential)
                {
                    url = Put(place, value, headers, url);
                }

                break;
        }

        return url;
    }

    private static string Put(CredentialPlace place, Func<string, string?> value, List<KeyValuePair<string, string>> headers, string url)
    {
        if (Placeholders.Fill(place.Value, value) is not { } filled)
        {
            return url;
        }

        switch (place.In)
        {
            case CredentialLocation.Query:
                return $"{url}{(url.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{Uri.EscapeDataString(place.Name)}={Uri.EscapeDataString(filled)}";
            case CredentialLocation.Basic:
                headers.Add(new("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Placeholders.Fill(place.Name, value)}:{filled}"))));
                return url;
            default:
                headers.Add(new(place.Name, filled));
                return url;
        }
    }
}
