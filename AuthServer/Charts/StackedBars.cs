using System.Xml.Linq;

namespace AuthServer.Charts;

/// <summary>One bar for each step, made of the series, the first at the bottom.</summary>
public static class StackedBars
{
    private const double Width = 0.8;

    public static string Draw(ChartData data)
    {
        var sums = Enumerable.Range(0, data.Points).Select(i => data.Series.Sum(series => ValueOf(series, i))).ToList();
        var scale = ChartScale.Of(sums.Count == 0 ? 0 : sums.Max(), areCounts: true);
        return ChartFrame.Of(data, scale, Enumerable.Range(0, data.Series.Count).Select(index => LayerOf(data, index, scale.Top))).ToString(SaveOptions.DisableFormatting);
    }

    /// <summary>All bars of one series as one path: a page with a year on it stays small.</summary>
    private static XElement LayerOf(ChartData data, int index, double top)
    {
        var path = new System.Text.StringBuilder();
        for (var i = 0; i < data.Points; i++)
        {
            var value = ValueOf(data.Series[index], i);
            if (value > 0)
            {
                var below = data.Series.Take(index).Sum(series => ValueOf(series, i));
                var (x, y) = (ChartFrame.Size * (i + ((1 - Width) / 2)) / data.Points, ChartFrame.Size * (1 - (below / top)));
                var (width, height) = (ChartFrame.Number(ChartFrame.Size * Width / data.Points), ChartFrame.Number(ChartFrame.Size * value / top));
                path.Append(System.Globalization.CultureInfo.InvariantCulture, $"M{ChartFrame.Number(x)} {ChartFrame.Number(y)}v-{height}h{width}v{height}z");
            }
        }

        return new XElement("path", new XAttribute("class", "chart-bars chart-" + data.Series[index].Look), new XAttribute("d", path.ToString()));
    }

    private static double ValueOf(ChartSeries series, int i) => i < series.Values.Count ? series.Values[i] ?? 0 : 0;
}
