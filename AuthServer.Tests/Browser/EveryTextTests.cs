using System.Text.RegularExpressions;
using AuthServer.Languages;
using AuthServer.Tests.Languages;
using AuthServer.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace AuthServer.Tests.Browser;

/// <summary>A server that also speaks the languages that nobody speaks.</summary>
public sealed class PseudoSite : IAsyncLifetime
{
    public Site Site { get; private set; } = null!;

    public async Task InitializeAsync() => Site = await Site.StartAsync(services => services.AddSingleton(new KnownLanguages([.. PseudoLanguage.Tags, "de"])));

    public async Task DisposeAsync() => await Site.DisposeAsync();
}

/// <summary>Nothing on a page is English by itself: each text is looked up, and what is no text is marked as what it is.</summary>
[Collection(EveryPageGroup.Name)]
public sealed partial class EveryTextTests(Chromium chromium, PseudoSite pseudo) : IClassFixture<PseudoSite>
{
    // What is left of the page and of what it tells those who do not see it, without what is data: names, codes, times, what stands at the axes of charts, what is never translated and what is in English for everybody.
    private const string Read = """
        () => {
          const page = document.documentElement.cloneNode(true);
          page.querySelectorAll('script, style, bdi, code, time, [translate=no], [aria-hidden=true], [lang=en], textarea, .chart text, .brand, .languages').forEach(each => each.remove());
          const labels = [...page.querySelectorAll('[aria-label], [placeholder], [title], [alt]')].flatMap(each =>
            ['aria-label', 'placeholder', 'title', 'alt'].map(name => each.getAttribute(name)).filter(text => text));
          return [page.querySelector('title')?.textContent.replace(' – AuthServer', '') ?? '', page.querySelector('body').textContent, ...labels].join('\n');
        }
        """;

    private static readonly Dictionary<string, SourceFile> Files = SpokenTexts.Sources
        .Where(file => file.Path.EndsWith(".cshtml", StringComparison.Ordinal) && Route().IsMatch(file.Code))
        .GroupBy(file => Route().Match(file.Code).Groups[1].Value).ToDictionary(group => group.Key, group => group.First());

    /// <summary>The first state of each page that is written in every language, and those in which something is wrong; of the site without limits.</summary>
    public static TheoryData<string> Names =>
    [
        .. PageStates.All.Where(state => !state.Strict && !state.Empty && IsSpoken(state.Route)).GroupBy(state => state.Route)
            .SelectMany(states => states.Where((state, i) => i == 0 || state.Name.EndsWith("-wrong", StringComparison.Ordinal))).Select(state => state.Name),
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task No_text_of_a_page_is_English_by_itself(string name)
    {
        var state = PageStates.All.Single(state => state.Name == name);
        await using var visit = await BeginAsync(PseudoLanguage.Tag);
        await state.ReachAsync(visit);

        Assert.Equal(PseudoLanguage.Tag, await visit.Page.Locator("html").GetAttributeAsync("lang"));
        var left = WithoutTexts(await visit.Page.EvaluateAsync<string>(Read));
        Assert.False(Word().IsMatch(left), $"{name}: {Spaces().Replace(left, " ").Trim()}");
    }

    [Theory]
    [InlineData("sign-in-for-client")]
    [InlineData("register-wrong")]
    [InlineData("consent-agent")]
    [InlineData("claim")]
    public async Task Pages_run_from_right_to_left_on_a_small_screen_too(string name)
    {
        var state = PageStates.All.Single(state => state.Name == name);
        await using var visit = await BeginAsync(PseudoLanguage.RightToLeft);
        await visit.Page.SetViewportSizeAsync(320, 640);
        await state.ReachAsync(visit);

        Assert.Equal("rtl", await visit.Page.Locator("html").GetAttributeAsync("dir"));
        Assert.True(await visit.Page.EvaluateAsync<int>("document.documentElement.scrollWidth") <= 320);
        Assert.True(await visit.Page.EvaluateAsync<bool>("[...document.querySelectorAll('main *')].every(each => each.classList.contains('unseen') || each.getBoundingClientRect().width < 2 || each.getBoundingClientRect().left >= 0)"));
        if (Environment.GetEnvironmentVariable("AUTHSERVER_SCREENSHOTS") is { } folder)
        {
            await visit.Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"{name}.rtl.png"), FullPage = true });
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Somebody_signs_in_and_consents_in_the_language_that_the_application_asks_for(bool scripts)
    {
        await using var visit = await Visit.BeginAsync(chromium, chromium.Open, scripts);
        await visit.GoAsync(visit.Site.Authorize("calendar", "openid profile", "&prompt=consent&ui_locales=de-DE%20en"));
        await visit.Page.GetByLabel("E-Mail-Adresse").FillAsync(Site.Ada);
        await visit.Page.GetByLabel("Passwort", new PageGetByLabelOptions { Exact = true }).FillAsync(Site.Password);
        await visit.PressAsync("Anmelden");

        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Level = 1 })).ToHaveTextAsync("Acme Calendar bittet um Zugriff");
        await Assertions.Expect(visit.Page.GetByText("Ihr Profil sehen")).ToBeVisibleAsync();
        await visit.PressAsync("Erlauben");
        Assert.StartsWith("https://calendar.example/callback?code=", (await visit.AnswerAsync()).Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_choice_at_the_end_of_a_page_works_by_keyboard_and_keeps_the_request()
    {
        await using var visit = await Visit.BeginAsync(chromium, chromium.Open, scripts: false);
        await visit.GoAsync(visit.Site.Authorize("calendar", "openid", "&prompt=consent"));
        await visit.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Deutsch", Exact = true }).FocusAsync();
        await visit.Page.Keyboard.PressAsync("Enter");

        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Level = 1 })).ToHaveTextAsync("Anmelden");
        Assert.Contains("request_id=", visit.Page.Url, StringComparison.Ordinal);
    }

    private async Task<Visit> BeginAsync(string tag)
    {
        var visit = await Visit.BeginAsync(chromium, pseudo.Site, language: tag);
        visit.Said = PseudoLanguage.Said;
        return visit;
    }

    private static bool IsSpoken(string route) => !Files.TryGetValue(route, out var file) || SpokenTexts.IsSpoken(file);

    /// <summary>Texts stand in texts: what is outside of all of them.</summary>
    private static string WithoutTexts(string page)
    {
        var (depth, left) = (0, new System.Text.StringBuilder());
        foreach (var letter in page)
        {
            depth += letter == '⟦' ? 1 : letter == '⟧' ? -1 : 0;
            left.Append(depth == 0 ? letter : ' ');
        }

        return left.ToString();
    }

    [GeneratedRegex("@page \"([^\"]+)\"")]
    private static partial Regex Route();

    [GeneratedRegex(@"\p{L}{2}")]
    private static partial Regex Word();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
