using System.Globalization;

namespace AuthServer.Charts;

/// <summary>What a chart over time shows.</summary>
/// <param name="Id">The only one of its page.</param>
/// <param name="Title">What it is, for all.</param>
/// <param name="Description">What it shows, for those who do not see it.</param>
/// <param name="Unit">Behind each value of the axis, such as <c> ms</c>.</param>
public sealed record ChartData(string Id, string Title, string Description, string Unit, DateTimeOffset From, TimeSpan Step, IReadOnlyList<ChartSeries> Series)
{
    /// <summary>Of whoever reads it.</summary>
    public CultureInfo Culture { get; init; } = CultureInfo.CurrentUICulture;

    /// <summary>How its reader writes a day without the year.</summary>
    internal string DayPattern => DayPatternOf(Culture);

    /// <inheritdoc cref="DayPattern"/>
    internal static string DayPatternOf(CultureInfo culture) =>
        culture.TwoLetterISOLanguageName is "en" or "iv" ? "d MMM" : culture.DateTimeFormat.MonthDayPattern.Replace("MMMM", "MMM", StringComparison.Ordinal);

    public int Points => Series.Count == 0 ? 0 : Series.Max(series => series.Values.Count);
}

/// <summary>One value for each step.</summary>
/// <param name="Look">A word that the stylesheet knows: <c>good</c>, <c>bad</c>, <c>warn</c>, <c>main</c> or <c>more</c>.</param>
/// <param name="Values">Null: nothing is known.</param>
public sealed record ChartSeries(string Name, string Look, IReadOnlyList<double?> Values);
