using System.Globalization;
using System.Text;
using System.Xml.Linq;

namespace AuthServer.Charts;

/// <summary>What charts over time have in common. Text keeps its size and what is drawn takes the width there is, so a chart can be read on a phone; colours are the
/// stylesheet's.</summary>
internal static class ChartFrame
{
    /// <summary>Units of the drawing, in both directions.</summary>
    public const int Size = 1000;

    private const int MostLabels = 4;

    // Where the drawing is, in hundredths of the whole.
    private const int Bottom = 88;
    private const int Height = 84;

    public static XElement Svg(string id, string title, string description, string look) => new(
        "svg",
        new XAttribute("class", "chart " + look), new XAttribute("role", "img"), new XAttribute("aria-labelledby", $"{id}-title {id}-words"),
        new XElement("title", new XAttribute("id", id + "-title"), Clean(title)),
        new XElement("desc", new XAttribute("id", id + "-words"), Clean(description)));

    /// <summary>The lines with their values, the drawing, and the times below.</summary>
    public static XElement Of(ChartData data, ChartScale scale, IEnumerable<XElement> drawing)
    {
        var svg = Svg(data.Id, data.Title, data.Description, "chart-time");
        for (var line = 0; line <= scale.Lines; line++)
        {
            var y = Number(Bottom - ((double)Height * line / scale.Lines)) + "%";
            svg.Add(new XElement("line", new XAttribute("class", "chart-line"), new XAttribute("x1", "0"), new XAttribute("x2", "100%"), new XAttribute("y1", y), new XAttribute("y2", y)));

            // Left of the drawing: the stylesheet leaves room there.
            svg.Add(Text("chart-value", "-8", y, "end", ChartScale.Brief(scale.Step * line, data.Culture) + data.Unit, new XAttribute("dy", "4")));
        }

        svg.Add(new XElement(
            "svg", new XAttribute("class", "chart-plot"), new XAttribute("viewBox", $"0 0 {Size} {Size}"), new XAttribute("preserveAspectRatio", "none"),
            new XAttribute("x", "0"), new XAttribute("y", $"{Bottom - Height}%"), new XAttribute("width", "100%"), new XAttribute("height", $"{Height}%"), drawing));
        svg.Add(Times(data));
        return svg;
    }

    public static XElement Text(string look, string x, string y, string anchor, string text, params object[] more) =>
        new("text", new XAttribute("class", look), new XAttribute("x", x), new XAttribute("y", y), new XAttribute("text-anchor", anchor), more, Clean(text));

    /// <summary>As short as it can be said: a hundredth of what is drawn is not seen.</summary>
    public static string Number(double value) => Math.Round(value, 1).ToString(CultureInfo.InvariantCulture);

    // XML has no place for some characters, not even escaped.
    private static string Clean(string text) => string.Concat(text.EnumerateRunes().Where(rune => !Rune.IsControl(rune) && rune.Value is not (0xFFFE or 0xFFFF)));

    private static IEnumerable<XElement> Times(ChartData data)
    {
        var count = Math.Min(MostLabels, data.Points);
        for (var label = 0; label < count; label++)
        {
            var point = count == 1 ? 0 : label * (data.Points - 1) / (count - 1);
            var x = count == 1 ? 0 : 100.0 * label / (count - 1);
            var anchor = label == 0 ? "start" : label == count - 1 ? "end" : "middle";

            // A narrow screen has room for the ends.
            yield return Text(anchor == "middle" ? "chart-when chart-between" : "chart-when", Number(x) + "%", "98%", anchor, When(data, data.From + (point * data.Step)));
        }
    }

    private static string When(ChartData data, DateTimeOffset at)
    {
        var whole = data.Points * data.Step;
        return at.ToUniversalTime().ToString(whole <= TimeSpan.FromDays(1) ? "HH:mm" : whole <= TimeSpan.FromDays(3) ? data.DayPattern + " HH:mm" : data.DayPattern, data.Culture);
    }
}
