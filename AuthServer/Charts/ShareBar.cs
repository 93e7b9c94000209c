using System.Xml.Linq;

namespace AuthServer.Charts;

/// <summary>A bar for a table's cell: how much a row's number is of the largest one. The number itself stands beside it, so who does not see the bar misses nothing.</summary>
public static class ShareBar
{
    /// <param name="look">A word that the stylesheet knows, as of a <see cref="ChartSeries"/>.</param>
    public static string Draw(double value, double largest, string look) => new XElement(
        "svg", new XAttribute("class", "share"), new XAttribute("aria-hidden", "true"),
        Bar("chart-track", "100%"),
        Bar("chart-bars chart-" + look, ChartFrame.Number(largest > 0 ? 100 * Math.Clamp(value / largest, 0, 1) : 0) + "%")).ToString(SaveOptions.DisableFormatting);

    private static XElement Bar(string look, string width) => new(
        "rect", new XAttribute("class", look), new XAttribute("width", width), new XAttribute("height", "8"), new XAttribute("rx", "4"));
}
