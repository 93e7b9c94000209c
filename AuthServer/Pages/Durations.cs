namespace AuthServer.Pages;

/// <summary>Spans of time and moments in the reader's words, rounded to what a person would say.</summary>
internal static class Durations
{
    public static string InWords(TimeSpan span) => span switch
    {
        { TotalDays: >= 364 } => Texts.Count(Whole(span.TotalDays / 365), "{0} year", "{0} years"),
        { TotalDays: >= 2 } => Texts.Count(Whole(span.TotalDays), "{0} day", "{0} days"),
        { TotalHours: >= 2 } => Texts.Count(Whole(span.TotalHours), "{0} hour", "{0} hours"),
        { TotalMinutes: >= 1 } => Texts.Count(Whole(span.TotalMinutes), "{0} minute", "{0} minutes"),
        _ => Texts.Count(Whole(Math.Ceiling(span.TotalSeconds)), "{0} second", "{0} seconds"),
    };

    /// <summary>How often.</summary>
    public static string Times(int count) => count switch
    {
        0 => Texts.T("never"),
        1 => Texts.T("once"),
        2 => Texts.T("twice"),
        >= 1000 => Texts.T("a thousand times or more"),
        _ => Texts.T("{0} times", count),
    };

    public static string Day(DateTimeOffset at) => Texts.Language.Day(at);

    /// <summary>A moment, to the minute.</summary>
    public static string Moment(DateTimeOffset at) => Texts.Language.Moment(at);

    private static long Whole(double amount) => (long)Math.Max(1, Math.Round(amount));
}
