using System.Xml.Linq;
using AuthServer.Charts;

namespace AuthServer.Tests.Charts;

/// <summary>Charts as drawings: what they show, and what they can be given.</summary>
public sealed class ChartTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0, true, 1, "1")]
    [InlineData(1, true, 1, "1")]
    [InlineData(7, true, 8, "2,4,6,8")]
    [InlineData(10, true, 10, "5,10")]
    [InlineData(1234, true, 1500, "500,1k,1.5k")]
    [InlineData(2_500_000, true, 3_000_000, "1M,2M,3M")]
    [InlineData(0.7, false, 0.8, "0.2,0.4,0.6,0.8")]
    [InlineData(100, false, 100, "25,50,75,100")]
    public void The_scale_ends_at_a_round_number_above_the_largest(double largest, bool areCounts, double top, string lines)
    {
        var scale = ChartScale.Of(largest, areCounts);

        Assert.Equal(top, scale.Top, 6);
        Assert.Equal(lines, string.Join(',', Enumerable.Range(1, scale.Lines).Select(line => ChartScale.Brief(scale.Step * line))));
    }

    [Fact]
    public void Any_largest_value_has_a_few_lines_and_stands_below_the_top()
    {
        for (var exponent = -3.0; exponent < 12; exponent += 0.037)
        {
            var largest = Math.Pow(10, exponent);
            var scale = ChartScale.Of(largest, areCounts: exponent >= 0);
            Assert.InRange(scale.Lines, 1, 4);
            Assert.True(scale.Top >= largest * (1 - 1e-6) && scale.Top <= largest * 2.6 + 1, $"{largest} {scale}");
        }
    }

    [Fact]
    public void Bars_stand_on_each_other_and_a_step_without_anything_has_none()
    {
        var svg = XElement.Parse(StackedBars.Draw(Data(new("Good", "main", [3, 0, null, 1]), new("Bad", "bad", [1, 0, 0, 0]))));

        var paths = svg.Descendants("path").Select(path => path.Attribute("d")!.Value).ToArray();
        Assert.Equal(["M25 1000v-750h200v750zM775 1000v-250h200v250z", "M25 250v-250h200v250z"], paths);
    }

    [Fact]
    public void A_line_is_broken_where_nothing_is_known_and_what_stands_alone_is_a_dot()
    {
        var svg = XElement.Parse(LineChart.Draw(Data(new ChartSeries("p50", "main", [100, 50, null, 25]))));

        Assert.Equal("M125 0L375 500M875 750h0", svg.Descendants("path").Single().Attribute("d")!.Value);
        Assert.Equal(["0 ms", "25 ms", "50 ms", "75 ms", "100 ms"], svg.Elements("text").Where(text => text.Attribute("class")!.Value == "chart-value").Select(text => text.Value));
        Assert.Equal(["12:00", "12:01", "12:02", "12:03"], svg.Elements("text").Where(text => text.Attribute("class")!.Value.StartsWith("chart-when", StringComparison.Ordinal)).Select(text => text.Value));
    }

    [Fact]
    public void Each_chart_has_a_title_and_words_and_no_style_of_its_own()
    {
        foreach (var drawn in new[]
        {
            LineChart.Draw(Data(new ChartSeries("p50", "main", [1]))), StackedBars.Draw(Data()), LineChart.Draw(Data()),
        })
        {
            var svg = XElement.Parse(drawn);
            var ids = svg.Attribute("aria-labelledby")!.Value.Split(' ');
            Assert.Equal(ids, svg.Elements().Take(2).Select(element => element.Attribute("id")!.Value));
            Assert.Equal("img", svg.Attribute("role")!.Value);
            Assert.DoesNotContain(svg.DescendantsAndSelf(), element => element.Attribute("style") is not null || element.Name.LocalName is "style" or "script");
            Assert.DoesNotContain("NaN", drawn, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_longest_bar_has_the_whole_width()
    {
        string WidthOf(double value, double largest) => XElement.Parse(ShareBar.Draw(value, largest, "bad")).Elements("rect").Last().Attribute("width")!.Value;

        Assert.Equal(["100%", "25%", "0%", "0%"], new[] { WidthOf(40, 40), WidthOf(10, 40), WidthOf(0, 40), WidthOf(0, 0) });
    }

    private static ChartData Data(params ChartSeries[] series) => new("it", "It", "What it shows.", " ms", Noon, TimeSpan.FromMinutes(1), series);
}
