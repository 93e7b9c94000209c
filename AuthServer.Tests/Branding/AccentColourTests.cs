using AuthServer.Branding;

namespace AuthServer.Tests.Branding;

public sealed class AccentColourTests
{
    private static readonly AccentColour LightCard = AccentColour.Read("#ffffff")!.Value;
    private static readonly AccentColour DarkCard = AccentColour.Read("#191923")!.Value;

    /// <summary>Every colour whose parts are multiples of 17, the darkest and the lightest among them.</summary>
    public static IEnumerable<AccentColour> Many =>
        from red in Enumerable.Range(0, 16) from green in Enumerable.Range(0, 16) from blue in Enumerable.Range(0, 16) select new AccentColour((red * 17 << 16) | (green * 17 << 8) | (blue * 17));

    [Fact]
    public void Whatever_the_colour_its_button_is_read_and_seen_in_the_light_and_in_the_dark() => Assert.All(Many, colour =>
    {
        var buttons = colour.Nearest.Buttons!;
        foreach (var (button, ground) in new[] { (buttons.Light, LightCard), (buttons.Dark, DarkCard) })
        {
            var (rest, hover, text) = (AccentColour.Read(button.Button)!.Value, AccentColour.Read(button.Hover)!.Value, AccentColour.Read(button.Text)!.Value);
            Assert.True(text.ContrastWith(rest) >= 4.5 && text.ContrastWith(hover) >= 4.5, $"{colour}: {button}");
            Assert.True(rest.ContrastWith(ground) >= 3, $"{colour}: {button}");
        }
    });

    [Fact]
    public void The_cards_are_those_of_the_stylesheet()
    {
        var (light, dark) = AuthServer.Pages.Design.Palette.Read(File.ReadAllText(Path.Combine(Support.SourceTree.Root, "AuthServer", "wwwroot", "site.css")));
        Assert.Equal((LightCard.ToString(), DarkCard.ToString()), (light.Colours["card"], dark.Colours["card"]));
    }

    [Theory]
    [InlineData("#1f6feb", "#1f6feb", "#ffffff")]
    [InlineData("#C0FFEE", "#759c91", "#000000")]
    [InlineData("#000000", "#000000", "#ffffff")]
    public void A_colour_is_changed_only_as_far_as_it_must(string colour, string light, string text)
    {
        var button = AccentColour.Read(colour)!.Value.Light!;
        Assert.Equal((light, text), (button.Button, button.Text));
    }

    [Fact]
    public void Only_what_is_nearly_white_or_the_palest_yellow_is_refused_and_something_like_it_would_do()
    {
        var refused = Many.Where(colour => colour.Buttons is null).Select(colour => colour.ToString()).ToList();
        Assert.Contains("#ffffff", refused);
        Assert.DoesNotContain("#000000", refused);
        Assert.InRange(refused.Count, 1, 20);
        Assert.Equal("#f7f7f7", AccentColour.Read("#ffffff")!.Value.Nearest.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("red")]
    [InlineData("#fff")]
    [InlineData("#12345")]
    [InlineData("#1234567")]
    [InlineData("#12345g")]
    [InlineData("# 12345")]
    [InlineData("#+12345")]
    [InlineData("#12345\n")]
    [InlineData("#١٢٣٤٥٦")]
    [InlineData("#000000;} body { display: none")]
    [InlineData("url(https://evil.example)")]
    public void Anything_else_is_no_colour(string text) => Assert.Null(AccentColour.Read(text));

    [Fact]
    public void A_stylesheet_is_found_by_its_own_name_only()
    {
        var address = AccentStylesheet.Address(AccentColour.Read("#1F6FEB")!.Value);
        var name = address[(AccentStylesheet.Folder.Length + 1)..];
        Assert.Matches("^1f6feb-[0-9a-f]{8}[.]css$", name);
        Assert.Matches("^:root \\{ --brand: #1f6feb; --brand-strong: #[0-9a-f]{6}; --on-brand: #ffffff; \\}\n@media [^#]*\\{ :root \\{ --brand: #[0-9a-f]{6}; --brand-strong: #[0-9a-f]{6}; --on-brand: #[0-9a-f]{6}; \\} \\}\n$", AccentStylesheet.Find(name));
        Assert.All([null, "", "1f6feb.css", name.ToUpperInvariant(), name + "x", "ffffff" + name[6..], "1f6feb-00000000.css", "../../site.css"], other => Assert.Null(AccentStylesheet.Find(other)));
    }
}
