using System.Collections.Frozen;

namespace AuthServer.Docs;

/// <summary>What each setting means, out of the page that lists them all.</summary>
public static class SettingMeanings
{
    private const string Page = "configuration-keys";

    // How the page writes the number of an entry in a list.
    private const string AnyNumber = "N";

    private static readonly Lazy<FrozenDictionary<string, string>> All = new(() => Read().ToFrozenDictionary(pair => pair.Key, pair => pair.Meaning, StringComparer.OrdinalIgnoreCase));

    /// <summary>All of them, once.</summary>
    public static IEnumerable<string> Every => All.Value.Values.Distinct(StringComparer.Ordinal);

    /// <summary>In English, as the documents are: pages say it through their texts. Null: the page does not know it.</summary>
    /// <param name="key">With a colon between its parts.</param>
    public static string? Of(string key)
    {
        var parts = string.Join(':', key.Split(':').Select(part => part.All(char.IsAsciiDigit) ? AnyNumber : part));
        return All.Value.GetValueOrDefault(parts) ?? (parts.EndsWith(':' + AnyNumber, StringComparison.Ordinal) ? All.Value.GetValueOrDefault(parts[..^(AnyNumber.Length + 1)]) : null);
    }

    private static IEnumerable<(string Key, string Meaning)> Read()
    {
        var section = "";
        foreach (var line in (DocumentFiles.Read(Page + ".md") ?? "").Split('\n', StringSplitOptions.TrimEntries))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
            {
                section = line[3..];
            }
            else if (line.StartsWith("| `", StringComparison.Ordinal) && line.Trim('|').Split(" | ") is [var name, _, _, .. var words])
            {
                yield return ($"{section}:{name.Trim(' ', '`')}", Plain(string.Join(" | ", words)));
            }
        }
    }

    // What is refused matters to whoever writes it, and stands on the page.
    private static string Plain(string words) => words.Split(" Refused:")[0].Replace("`", "", StringComparison.Ordinal).Trim();
}
