using System.Text.Json;
using AuthServer.Http.Api;
using AuthServer.Languages;
using AuthServer.Vault.Providers;

namespace AuthServer.Vault.Connections;

/// <summary>Which scopes a connection asks for: a list, or a preset by its name.</summary>
internal sealed class ScopesEdit(Provider provider, Faults faults)
{
    private const int Most = 100;
    private const int Longest = 300;

    public void Apply(Connection row, ConnectionChange said)
    {
        var (named, listed) = (said.Says(nameof(said.ScopePreset)) && said.ScopePreset is not null, said.Says(nameof(said.Scopes)));
        if (!named && !listed)
        {
            return;
        }

        if (row.Auth == ConnectionAuth.ApiKey || provider.Oauth is not { } oauth)
        {
            faults.Add("scopes", said.Scopes is { ValueKind: not JsonValueKind.Array } || said.Scopes?.GetArrayLength() > 0 || named ? "An API key may do what it was made for; it is not asked for scopes." : null);
            return;
        }

        faults.Add("scope_preset", named && said.Scopes is not null ? "Give scopes, or the name of a preset." : null);
        var scopes = named ? Preset(oauth.Scopes, "scope_preset", said.ScopePreset!)
            : said.Scopes is not { } given ? oauth.Scopes.Default
            : given.ValueKind == JsonValueKind.String ? Preset(oauth.Scopes, "scopes", given.GetString()!)
            : Read(oauth.Scopes, given);
        row.Scopes = JsonSerializer.Serialize(scopes, ApiJson.Options);
    }

    private IReadOnlyList<string> Preset(ScopeRules rules, string field, string name)
    {
        var word = name.Replace('-', '_');
        var specific = rules.Presets.Specific.FirstOrDefault(preset => preset.Name == name || preset.Name == word);
        var scopes = word switch
        {
            "read_only" => rules.Presets.ReadOnly,
            "read_write" => rules.Presets.ReadWrite,
            "admin" => rules.Presets.Admin,
            _ => specific?.Scopes,
        };
        faults.Add(
            field,
            scopes is { Count: > 0 } ? null
            : Sentence.Of("{0} has these presets: {1}.", provider.Name, string.Join(", ", NamesOf(rules.Presets))));
        return scopes ?? [];
    }

    private static IEnumerable<string> NamesOf(ScopePresets presets) =>
    [
        .. presets.ReadOnly.Count > 0 ? ["read_only"] : Array.Empty<string>(),
        .. presets.ReadWrite.Count > 0 ? ["read_write"] : Array.Empty<string>(),
        .. presets.Admin.Count > 0 ? ["admin"] : Array.Empty<string>(),
        .. presets.Specific.Select(preset => preset.Name),
    ];

    private List<string> Read(ScopeRules rules, JsonElement given)
    {
        if (given.ValueKind != JsonValueKind.Array || given.GetArrayLength() > Most)
        {
            faults.Add("scopes", $"Give a list of at most {Most} scopes, or the name of a preset.");
            return [];
        }

        var scopes = new List<string>();
        foreach (var (i, element) in given.EnumerateArray().Index())
        {
            var scope = element.ValueKind == JsonValueKind.String ? element.GetString()! : "";
            if (IsScope(scope, rules.Separator))
            {
                scopes.Add(rules.Full(scope));
            }
            else
            {
                faults.Add($"scopes[{i}]", $"Use 1 to {Longest} visible ASCII characters, without quotation marks, backslashes and what stands between scopes.");
            }
        }

        return [.. scopes.Distinct(StringComparer.Ordinal)];
    }

    // RFC 6749 §3.3, and what would make several scopes of one.
    private static bool IsScope(string text, string separator) =>
        text.Length is > 0 and <= Longest && text.All(c => c is '!' or (>= '#' and <= '[') or (>= ']' and <= '~'))
        && (separator.Length == 0 || !text.Contains(separator, StringComparison.Ordinal));
}
