using System.Net.Http.Headers;
using System.Text;
using AuthServer.Vault.Providers;

namespace AuthServer.Vault.Proxy;

/// <summary>What makes a call the connection's own: in headers and in the query, as the provider's definition says. It exists for as long as a call takes.</summary>
public sealed class ProxyCredential
{
    private const int LeastSecret = 8;

    private readonly List<KeyValuePair<string, string>> _headers = [];
    private readonly List<KeyValuePair<string, string>> _query = [];

    private ProxyCredential()
    {
    }

    /// <summary>What must not come back in an answer's headers.</summary>
    public IReadOnlyList<string> Secrets { get; private init; } = [];

    /// <summary>Null: a part of it is missing.</summary>
    /// <param name="value">Of a placeholder; null: there is none.</param>
    /// <param name="secrets">Its parts that nobody may see.</param>
    public static ProxyCredential? Create(IReadOnlyList<CredentialPlace> places, Func<string, string?> value, IEnumerable<string> secrets)
    {
        var credential = new ProxyCredential { Secrets = [.. secrets.Where(secret => secret.Length >= LeastSecret)] };
        foreach (var place in places)
        {
            if (Placeholders.Fill(place.Value, value) is not { } filled || filled.Any(char.IsControl))
            {
                return null;
            }

            switch (place.In)
            {
                case CredentialLocation.Query:
                    credential._query.Add(new(place.Name, filled));
                    break;
                case CredentialLocation.Basic:
                    var pair = Encoding.UTF8.GetBytes($"{Placeholders.Fill(place.Name, value)}:{filled}");
                    credential._headers.Add(new("Authorization", "Basic " + Convert.ToBase64String(pair)));
                    break;
                case CredentialLocation.Header when ContentHeaders.Has(place.Name):
                    return null;
                default:
                    credential._headers.Add(new(place.Name, filled));
                    break;
            }
        }

        return credential;
    }

    /// <summary>The address with what of the credential belongs into its query, in the place of whatever the caller put there.</summary>
    public Uri Address(Uri address)
    {
        if (_query.Count == 0)
        {
            return address;
        }

        var own = address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Where(pair => !_query.Any(mine => mine.Key.Equals(Decode(pair.Split('=', 2)[0]), StringComparison.OrdinalIgnoreCase)));
        var all = own.Concat(_query.Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}"));
        return new Uri($"{address.GetLeftPart(UriPartial.Path)}?{string.Join('&', all)}");
    }

    public void Write(HttpRequestHeaders headers)
    {
        foreach (var (name, value) in _headers)
        {
            headers.Remove(name);
            headers.TryAddWithoutValidation(name, value);
        }
    }

    public override string ToString() => "ProxyCredential (redacted)";

    private static string Decode(string name) => Uri.UnescapeDataString(name.Replace('+', ' '));
}
