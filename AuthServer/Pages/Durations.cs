using System.Globalization;

namespace AuthServer.Pages;

/// <summary>Spans of time in plain words, rounded to what a person would say.</summary>
internal static class Durations
{
    public static string InWords(TimeSpan span) => span switch
    {
        { TotalDays: >= 364 } => Count(span.TotalDays / 365, "year"),
        { TotalDays: >= 2 } => Count(span.TotalDays, "day"),
        { TotalHours: >= 2 } => Count(span.TotalHours, "hour"),
        { TotalMinutes: >= 1 } => Count(span.TotalMinutes, "minute"),
        _ => Count(Math.Max(1, Math.Ceiling(span.TotalSeconds)), "second"),
    };

    /// <summary>How often.</summary>
    public static string Times(int count) => count switch
    {
        0 => "never",
        1 => "once",
        2 => "twice",
        >= 1000 => "a thousand times or more",
        _ => count.ToString(CultureInfo.InvariantCulture) + " times",
    };

    public static string Day(DateTimeOffset at) => at.ToUniversalTime().ToString("d MMMM yyyy", CultureInfo.InvariantCulture);

    /// <summary>A moment, to the minute.</summary>
    public static string Moment(DateTimeOffset at) => at.ToUniversalTime().ToString("d MMMM yyyy, HH:mm", CultureInfo.InvariantCulture) + " UTC";

    private static string Count(double amount, string unit)
    {
        var whole = (int)Math.Max(1, Math.Round(amount));
        return whole == 1 ? $"1 {unit}" : whole.ToString(CultureInfo.InvariantCulture) + $" {unit}s";
    }
}
