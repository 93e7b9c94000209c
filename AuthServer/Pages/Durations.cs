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

    private static string Count(double amount, string unit)
    {
        var whole = (int)Math.Max(1, Math.Round(amount));
        return whole == 1 ? $"1 {unit}" : whole.ToString(CultureInfo.InvariantCulture) + $" {unit}s";
    }
}
