using System.Globalization;

namespace AuthServer.Charts;

/// <summary>The values that a chart's height stands for: from zero to a round number above the largest.</summary>
/// <param name="Step">Between two lines.</param>
/// <param name="Lines">How many lines there are above zero.</param>
public sealed record ChartScale(double Step, int Lines)
{
    private const int Wanted = 4;

    private static readonly double[] Round = [1, 2, 2.5, 5, 10];

    public double Top => Step * Lines;

    /// <param name="areCounts">Whether there is nothing between two whole numbers.</param>
    public static ChartScale Of(double largest, bool areCounts)
    {
        var least = Math.Max(largest, areCounts ? 1 : 0.001) / Wanted;
        var power = Math.Pow(10, Math.Floor(Math.Log10(least)));
        var step = Round.Select(round => round * power).First(step => step >= least * (1 - 1e-9) && (!areCounts || step < 1 || step == Math.Floor(step)));
        step = areCounts ? Math.Max(1, step) : step;
        return new ChartScale(step, Math.Max(1, (int)Math.Ceiling((largest / step) - 1e-9)));
    }

    /// <summary>A value as it stands at a line: 1200 is 1.2k.</summary>
    public static string Brief(double value, CultureInfo? culture = null) => value switch
    {
        >= 1e9 => Digits(value / 1e9, culture) + "G",
        >= 1e6 => Digits(value / 1e6, culture) + "M",
        >= 1e3 => Digits(value / 1e3, culture) + "k",
        _ => Digits(value, culture),
    };

    private static string Digits(double value, CultureInfo? culture) => value.ToString("0.##", culture ?? CultureInfo.InvariantCulture);
}
