using System.Globalization;
using System.Text;

namespace AuthServer.Audit.Chain;

/// <summary>Places in a chain, written <c>4,7-9</c>.</summary>
public static class SequenceRanges
{
    /// <param name="ascending">Without repetition.</param>
    public static string Format(IEnumerable<long> ascending)
    {
        var text = new StringBuilder();
        long? first = null, last = null;
        foreach (var number in ascending)
        {
            if (number != last + 1)
            {
                Append(text, first, last);
                first = number;
            }

            last = number;
        }

        return Append(text, first, last).ToString();
    }

    /// <summary>What is no range is left out.</summary>
    public static IEnumerable<(long First, long Last)> Parse(string text)
    {
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var dash = part.IndexOf('-', StringComparison.Ordinal);
            var (from, to) = dash < 0 ? (part, part) : (part[..dash], part[(dash + 1)..]);
            if (long.TryParse(from, NumberStyles.None, CultureInfo.InvariantCulture, out var first)
                && long.TryParse(to, NumberStyles.None, CultureInfo.InvariantCulture, out var last))
            {
                yield return (first, last);
            }
        }
    }

    private static StringBuilder Append(StringBuilder text, long? first, long? last) =>
        first is null ? text
        : text.Append(CultureInfo.InvariantCulture, $"{(text.Length > 0 ? "," : "")}{first}{(last > first ? $"-{last}" : "")}");
}
