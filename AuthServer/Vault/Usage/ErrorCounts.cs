using System.Globalization;

namespace AuthServer.Vault.Usage;

/// <summary>What went wrong how often: the status of an answer, this server's own code where there was none, and with <see cref="OfRefreshes"/> before it the fault of a
/// refresh. As text: <c>404:3 provider_timeout:1</c>.</summary>
public static class ErrorCounts
{
    public const string OfRefreshes = "refresh/";

    /// <summary>What is one kind too many.</summary>
    public const string Other = "other";

    /// <summary>How many kinds are told apart.</summary>
    public const int Most = 24;

    public static Dictionary<string, long> Read(string text)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var part in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = part.LastIndexOf(':');
            counts[part[..colon]] = long.Parse(part.AsSpan(colon + 1), CultureInfo.InvariantCulture);
        }

        return counts;
    }

    public static string Write(IReadOnlyDictionary<string, long> counts) =>
        string.Join(' ', counts.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key}:{pair.Value}")));

    public static void Add(Dictionary<string, long> counts, string kind, long count = 1)
    {
        var known = counts.ContainsKey(kind) || counts.Count < Most ? kind : Other;
        counts[known] = counts.GetValueOrDefault(known) + count;
    }

    public static void Add(Dictionary<string, long> counts, IReadOnlyDictionary<string, long> more)
    {
        foreach (var (kind, count) in more)
        {
            Add(counts, kind, count);
        }
    }
}
