using System.Globalization;
using System.Xml.Linq;

namespace AuthServer.Charts;

/// <summary>Names with bars below them, one under the other.</summary>
public static class TopList
{
    private const int Row = 40;
    private const int LongestName = 34;

    /// <param name="look">Of the bars, as of a <see cref="ChartSeries"/>.</param>
    public static string Draw(string id, string title, string description, string look, IReadOnlyList<ChartBar> bars)
    {
        var svg = ChartFrame.Svg(id, title, description, "chart-list");
        svg.Add(new XAttribute("height", bars.Count * Row));
        var largest = bars.Count == 0 ? 0 : bars.Max(bar => bar.Value);
        foreach (var (i, bar) in bars.Index())
        {
            var (text, line) = ((i * Row) + 15, ((i * Row) + 22).ToString(CultureInfo.InvariantCulture));
            var width = ChartFrame.Number(largest > 0 ? 100 * bar.Value / largest : 0) + "%";
            svg.Add(ChartFrame.Text("chart-name", "0", text.ToString(CultureInfo.InvariantCulture), "start", Short(bar.Name)));
            svg.Add(ChartFrame.Text("chart-said", "100%", text.ToString(CultureInfo.InvariantCulture), "end", bar.Said));
            svg.Add(Bar("chart-track", "100%", line), Bar("chart-bars chart-" + look, width, line));
        }

        return svg.ToString(SaveOptions.DisableFormatting);
    }

    private static XElement Bar(string look, string width, string y) => new(
        "rect", new XAttribute("class", look), new XAttribute("x", "0"), new XAttribute("y", y), new XAttribute("width", width), new XAttribute("height", "8"), new XAttribute("rx", "4"));

    private static string Short(string name)
    {
        var text = new StringInfo(name);
        return text.LengthInTextElements <= LongestName ? name : text.SubstringByTextElements(0, LongestName - 1) + "…";
    }
}
