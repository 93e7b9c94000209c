using System.Text;
using System.Xml.Linq;

namespace AuthServer.Charts;

/// <summary>Several lines over time; a line is broken where nothing is known.</summary>
public static class LineChart
{
    public static string Draw(ChartData data)
    {
        var scale = ChartScale.Of(data.Series.SelectMany(series => series.Values).Max() ?? 0, areCounts: false);
        return ChartFrame.Of(data, scale, data.Series.Select(series => new XElement(
            "path", new XAttribute("class", "chart-path chart-" + series.Look), new XAttribute("vector-effect", "non-scaling-stroke"), new XAttribute("d", PathOf(series.Values, data.Points, scale.Top)))))
            .ToString(SaveOptions.DisableFormatting);
    }

    private static string PathOf(IReadOnlyList<double?> values, int points, double top)
    {
        var (path, isDown) = (new StringBuilder(), false);
        for (var i = 0; i < values.Count; i++)
        {
            if (values[i] is { } value)
            {
                // Each in the middle of its step; one that stands alone is drawn as a dot.
                path.Append(isDown ? 'L' : 'M').Append(ChartFrame.Number(ChartFrame.Size * (i + 0.5) / points)).Append(' ').Append(ChartFrame.Number(ChartFrame.Size * (1 - (value / top))));
                path.Append(isDown || (i + 1 < values.Count && values[i + 1] is not null) ? "" : "h0");
            }

            isDown = values[i] is not null;
        }

        return path.ToString();
    }
}
