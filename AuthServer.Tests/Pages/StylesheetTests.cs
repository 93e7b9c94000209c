using System.Text.RegularExpressions;
using AuthServer.Pages.Design;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Pages;

/// <summary>The one stylesheet and the pages that are made of it.</summary>
public sealed partial class StylesheetTests
{
    private static readonly string Root = Path.Combine(SourceTree.Root, "AuthServer");
    private static readonly string Css = File.ReadAllText(Path.Combine(Root, "wwwroot", "site.css"));

    [Fact]
    public void Every_colour_stands_out_from_its_ground_in_light_and_dark()
    {
        var (light, dark) = Palette.Read(Css);
        foreach (var pairing in Pairing.All)
        {
            Assert.True(light.ContrastOf(pairing.Text, pairing.Ground) >= pairing.AtLeast, $"{pairing.Text} on {pairing.Ground} in the light.");
            Assert.True(dark.ContrastOf(pairing.Text, pairing.Ground) >= pairing.AtLeast, $"{pairing.Text} on {pairing.Ground} in the dark.");
        }

        // Black on white is 21 by definition.
        Assert.Equal(21, Palette.Read(":root { --a: #000000; --b: #ffffff; } prefers-color-scheme: dark :root { --a: #111111; }").Light.ContrastOf("a", "b"), 3);
    }

    [Fact]
    public void No_rule_is_for_a_class_that_nothing_has()
    {
        var sources = string.Join('\n', Sources("*.cshtml", "*.cs", "*.js", "*.html"));
        var words = Words().Matches(sources).Select(match => match.Value).ToHashSet(StringComparer.Ordinal);

        // Some are put together: the first part stands there, and then what fills it.
        bool IsMade(string name) => Enumerable.Range(1, name.Length - 1).Where(i => name[i - 1] == '-')
            .Any(i => sources.Contains(name[..i] + "@", StringComparison.Ordinal) || sources.Contains(name[..i] + "{", StringComparison.Ordinal) || sources.Contains(name[..i] + "\"", StringComparison.Ordinal));

        Assert.Equal([], Classes().Where(name => !words.Contains(name) && !IsMade(name)));
    }

    [Fact]
    public void No_page_has_a_class_that_no_rule_is_for()
    {
        var known = Classes();
        var used = Sources("*.cshtml").SelectMany(page => Attributes().Matches(page).Select(match => match.Groups[1].Value))
            .SelectMany(value => value.Split(' ')).Where(name => Plain().IsMatch(name));

        Assert.Empty(used.Where(name => !known.Contains(name)).Distinct(StringComparer.Ordinal));
    }

    [Fact]
    public void No_page_has_styles_or_scripts_of_its_own() => Assert.All(
        Sources("*.cshtml"), page => Assert.DoesNotMatch(Inline(), page));

    internal static HashSet<string> Classes()
    {
        var rules = Strings().Replace(Comments().Replace(Css, ""), "");
        return Selectors().Matches(rules).SelectMany(selector => Names().Matches(selector.Groups[1].Value)).Select(match => match.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
    }

    private static IEnumerable<string> Sources(params string[] kinds) => kinds
        .SelectMany(kind => Directory.EnumerateFiles(Root, kind, SearchOption.AllDirectories)).Select(File.ReadAllText);

    [GeneratedRegex(@"/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex Comments();

    [GeneratedRegex(@"url\([^)]*\)|""[^""]*""")]
    private static partial Regex Strings();

    [GeneratedRegex(@"([^{}]+)\{")]
    private static partial Regex Selectors();

    [GeneratedRegex(@"\.([a-zA-Z][\w-]*)")]
    private static partial Regex Names();

    [GeneratedRegex(@"[a-zA-Z][\w-]*")]
    private static partial Regex Words();

    [GeneratedRegex(@"class=""([^""@]*)""")]
    private static partial Regex Attributes();

    [GeneratedRegex(@"^[a-z][\w-]*$")]
    private static partial Regex Plain();

    [GeneratedRegex(@"<style|\sstyle=""|<script>|\son[a-z]+=""")]
    private static partial Regex Inline();
}
