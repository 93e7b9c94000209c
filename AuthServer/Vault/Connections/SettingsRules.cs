using System.Text.RegularExpressions;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Languages;
using AuthServer.Outbound;
using AuthServer.Vault.Providers;

namespace AuthServer.Vault.Connections;

/// <summary>Writes what was said of a connection's settings over them, and notes everything that is wrong with it.</summary>
internal sealed partial class SettingsRules(OutboundClient outbound, Provider provider, Faults faults)
{
    private const int MostEntries = 50;
    private const int MostUrls = 20;
    private const int LongestName = 100;
    private const int LongestUrl = 2000;
    private const int LongestValue = 1000;
    private const string Storage = "vault";

    // Ours to set: they carry a credential, or say where a message ends, or are about the body, which is the caller's.
    private static readonly HashSet<string> ReservedHeaders = new(ContentHeaders.Names, StringComparer.OrdinalIgnoreCase)
    {
        "Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie", "Host", "Content-Length", "Content-Type", "Content-Encoding", "Transfer-Encoding", "Connection",
        "Keep-Alive", "Proxy-Connection", "TE", "Trailer", "Upgrade", "Expect", "User-Agent", "Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Via",
    };

    public ConnectionSettings Apply(ConnectionSettings before, SettingsChange said)
    {
        faults.Add("settings.token_storage", said.TokenStorage is null or Storage ? null : $"Tokens are kept in the {Storage}, always.");
        var after = ApplyAddresses(ApplyNumbers(before, said), said);
        return after with
        {
            UserAgent = Text(said, nameof(said.UserAgent), "user_agent", said.UserAgent, before.UserAgent, LongestName * 2),
            ApiVersion = said.Says(nameof(said.ApiVersion)) ? Version(said.ApiVersion) : before.ApiVersion,
            Headers = said.Says(nameof(said.Headers)) ? Headers(said.Headers) : before.Headers,
            Fields = said.Says(nameof(said.Fields)) ? Fields(said.Fields) : before.Fields,
            Custom = said.Says(nameof(said.Custom)) ? Custom(said.Custom) : before.Custom,
            Key = said.Says(nameof(said.Key)) ? Placement(said.Key) : before.Key,
        };
    }

    private ConnectionSettings ApplyNumbers(ConnectionSettings before, SettingsChange said)
    {
        var usual = new ConnectionSettings();
        return before with
        {
            AutoRefresh = said.Says(nameof(said.AutoRefresh)) ? said.AutoRefresh ?? usual.AutoRefresh : before.AutoRefresh,
            RefreshBuffer = said.Says(nameof(said.RefreshBuffer)) ? Number("refresh_buffer", said.RefreshBuffer, 0, 86_400) : before.RefreshBuffer,
            TokenLifetime = said.Says(nameof(said.TokenLifetime)) ? Number("token_lifetime", said.TokenLifetime, 60, 31_536_000) : before.TokenLifetime,
            Timeout = said.Says(nameof(said.Timeout)) ? Number("timeout", said.Timeout, 1, 300) ?? usual.Timeout : before.Timeout,
            RateLimit = said.Says(nameof(said.RateLimit)) ? Number("rate_limit", said.RateLimit, 1, 100_000) : before.RateLimit,
            Retries = said.Says(nameof(said.Retries)) ? Number("retries", said.Retries, 0, 5) ?? usual.Retries : before.Retries,
        };
    }

    private ConnectionSettings ApplyAddresses(ConnectionSettings before, SettingsChange said) => before with
    {
        AuthorizationUrl = Address(said, nameof(said.AuthorizationUrl), "authorization_url", said.AuthorizationUrl, before.AuthorizationUrl),
        TokenUrl = Address(said, nameof(said.TokenUrl), "token_url", said.TokenUrl, before.TokenUrl),
        BaseUrl = Address(said, nameof(said.BaseUrl), "base_url", said.BaseUrl, before.BaseUrl),
        RedirectUri = said.Says(nameof(said.RedirectUri)) ? Return("redirect_uri", said.RedirectUri) : before.RedirectUri,
        ReturnUrls = said.Says(nameof(said.ReturnUrls)) ? ReturnUrls(said.ReturnUrls) : before.ReturnUrls,
    };

    private int? Number(string name, int? value, int least, int most)
    {
        faults.Add($"settings.{name}", value < least || value > most ? Sentence.Of("Use a number from {0} to {1}.", least, most) : null);
        return value;
    }

    private string? Text(SettingsChange said, string member, string name, string? value, string? before, int longest)
    {
        if (!said.Says(member))
        {
            return before;
        }

        faults.Add($"settings.{name}", value is null || IsHeaderValue(value, longest) ? null : Sentence.Of("Use 1 to {0} visible ASCII characters, without spaces around them.", longest));
        return value;
    }

    private string? Version(string? value)
    {
        var known = provider.Field(ConnectionField.ApiVersion);
        faults.Add(
            "settings.api_version",
            value is null ? null
            : known is null or { IsOfAccount: true } ? Sentence.Of("{0} has no versions to choose from.", provider.Name)
            : FieldValues.Refuse(known, value));
        return value;
    }

    private string? Address(SettingsChange said, string member, string name, string? value, string? before)
    {
        if (!said.Says(member))
        {
            return before;
        }

        faults.Add(
            $"settings.{name}",
            value is null ? null
            : value.Length <= LongestUrl && IsPlain(value) && Uri.TryCreate(value, UriKind.Absolute, out var uri) && outbound.IsPublic(uri) && uri.Query.Length == 0 ? null
            : "Give a public https address without user, password, query and fragment.");
        return value?.TrimEnd('/');
    }

    private string? Return(string name, string? value)
    {
        faults.Add($"settings.{name}", value is null || IsReturn(value) ? null : "Give an https address, or http on this machine itself, without user, password and fragment.");
        return value;
    }

    private string[] ReturnUrls(IReadOnlyList<string?>? urls)
    {
        faults.Add("settings.return_urls", urls?.Count > MostUrls ? $"Give at most {MostUrls}." : null);
        foreach (var (i, url) in (urls ?? []).Index().Take(MostUrls))
        {
            Return($"return_urls[{i}]", url ?? "");
        }

        return [.. (urls ?? []).OfType<string>().Distinct(StringComparer.Ordinal)];
    }

    private Dictionary<string, string> Headers(Dictionary<string, string?>? headers)
    {
        foreach (var (name, value) in Bounded("headers", headers))
        {
            faults.Add(
                $"settings.headers.{name}",
                !Token().IsMatch(name) ? "This is not the name of a header."
                : ReservedHeaders.Contains(name) ? "This server sets this header itself."
                : value is null || !IsHeaderValue(value, LongestValue) ? $"Use 1 to {LongestValue} visible ASCII characters, without spaces around them."
                : null);
        }

        return Kept(headers);
    }

    private Dictionary<string, string> Fields(Dictionary<string, string?>? fields)
    {
        foreach (var (name, value) in Bounded("fields", fields))
        {
            var known = provider.Field(name);
            faults.Add(
                $"settings.fields.{name}",
                known is null ? Sentence.Of("{0} has no such field.", provider.Name)
                : known.IsOfAccount ? "This is learned when an account is linked."
                : value is null ? null
                : FieldValues.Refuse(known, value));
        }

        return Kept(fields);
    }

    private Dictionary<string, string> Custom(Dictionary<string, string?>? custom)
    {
        foreach (var (name, value) in Bounded("custom", custom))
        {
            faults.Add(
                $"settings.custom.{name}",
                !VisibleText.IsLine(name, LongestName) ? $"Use a name of at most {LongestName} visible characters."
                : value is null || value.Length > LongestValue || !VisibleText.IsParagraphs(value, LongestValue) ? $"Use 1 to {LongestValue} visible characters."
                : null);
        }

        return Kept(custom);
    }

    private KeyPlacement? Placement(KeyPlacement? key)
    {
        if (key is not null)
        {
            faults.Add("settings.key", provider.ApiKey is null ? Sentence.Of("{0} takes no API key.", provider.Name) : null);
            faults.Add("settings.key.in", key.In is "header" or "query" ? null : "Use header or query.");
            faults.Add(
                "settings.key.name",
                key.Name is not { Length: > 0 and <= LongestName } || !Token().IsMatch(key.Name) ? $"Use 1 to {LongestName} letters, digits, hyphens and underscores."
                : key.Name != "Authorization" && ReservedHeaders.Contains(key.Name) ? "No key goes there."
                : null);
            faults.Add("settings.key.prefix", key.Prefix is { } prefix && (prefix.Length > 50 || prefix.Any(c => c is < ' ' or > '~')) ? "Use at most 50 ASCII characters." : null);
        }

        return key;
    }

    private IEnumerable<KeyValuePair<string, string?>> Bounded(string member, Dictionary<string, string?>? entries)
    {
        faults.Add($"settings.{member}", entries?.Count > MostEntries ? $"Give at most {MostEntries}." : null);
        return (entries ?? []).Take(MostEntries);
    }

    private static Dictionary<string, string> Kept(Dictionary<string, string?>? entries) =>
        (entries ?? []).Where(entry => entry.Value is not null).ToDictionary(entry => entry.Key, entry => entry.Value!, StringComparer.Ordinal);

    private static bool IsHeaderValue(string value, int longest) => value.Length > 0 && value.Length <= longest && value.Trim() == value && value.All(c => c is >= ' ' and <= '~');

    private static bool IsPlain(string value) => value.All(c => c is > ' ' and <= '~');

    private static bool IsReturn(string value) =>
        value.Length is > 0 and <= LongestUrl && IsPlain(value) && Uri.TryCreate(value, UriKind.Absolute, out var uri) && uri is { UserInfo.Length: 0, Fragment.Length: 0 }
        && !value.Contains('#', StringComparison.Ordinal) && (uri.Scheme == "https" || (uri.Scheme == "http" && uri.IsLoopback));

    // RFC 9110 §5.6.2
    [GeneratedRegex(@"\A[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}\z")]
    private static partial Regex Token();
}
