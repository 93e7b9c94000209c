using System.Globalization;
using System.Text.RegularExpressions;

namespace AuthServer.Policies.Engine.Rules;

/// <summary>Moments as rules write them, with their offset from UTC.</summary>
internal static partial class Moments
{
    public const string Sentence = "must be a moment with its offset from UTC, such as 2027-01-31T00:00:00Z.";

    /// <summary>Null: it is none.</summary>
    public static DateTimeOffset? Read(string text) =>
        Rfc3339().IsMatch(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var moment) ? moment : null;

    public static string Text(DateTimeOffset moment) =>
        moment.ToString(moment.Offset == TimeSpan.Zero ? "yyyy-MM-ddTHH:mm:ss.FFFFFFF'Z'" : "yyyy-MM-ddTHH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture);

    // RFC 3339 §5.6, as far as this clock is exact.
    [GeneratedRegex("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,7})?(Z|[+-][0-9]{2}:[0-9]{2})\\z")]
    private static partial Regex Rfc3339();
}
