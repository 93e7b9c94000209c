using Deque.AxeCore.Commons;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace AuthServer.Tests.Browser;

/// <summary>Every page and state, light and dark, wide and narrow. With AUTHSERVER_SCREENSHOTS set, pictures of all go to that folder; <c>contact-sheet.sh</c> makes one
/// sheet of them.</summary>
[Collection(EveryPageGroup.Name)]
public sealed class EveryPageTests(Chromium chromium)
{
    private const int Narrow = 320;
    private const int Heaviest = 100_000;

    // As it travels, and without images, which the stylesheet asks for too.
    private const string Weight = """
        performance.getEntriesByType('navigation').concat(performance.getEntriesByType('resource'))
          .filter(each => each.initiatorType !== 'img' && each.initiatorType !== 'css').reduce((sum, each) => sum + each.encodedBodySize, 0)
        """;

    // Of pictures: as wide as the widest page.
    private const int Wide = 1280;

    private static readonly string Axe = new BundledAxeScriptProvider().GetScript();

    /// <summary>What a stylesheet does to a page that no rule of accessibility finds: words that run together, since a row of boxes has no spaces, and cells that are none.</summary>
    private const string Misplaced =
        """
        () => [...document.querySelectorAll('body *')].flatMap(element => {
          const style = getComputedStyle(element), faults = [];
          if (element.matches('td, th') && !['table-cell', 'none'].includes(style.display)) faults.push(`a cell is ${style.display}: ${element.className}`);
          if (!/flex|grid/.test(style.display)) return faults;
          const place = node => { const range = document.createRange(); range.selectNodeContents(node); return range.getBoundingClientRect(); };
          const touches = (one, other) => one.top < other.bottom && other.top < one.bottom && Math.min(Math.abs(one.right - other.left), Math.abs(other.right - one.left)) < 1;
          const beside = (text, node) => node instanceof Element && node.textContent.trim() && !['absolute', 'fixed'].includes(getComputedStyle(node).position) && touches(place(text), node.getBoundingClientRect());
          for (const text of element.childNodes)
            if (text instanceof Text && text.data.trim() && (beside(text, text.nextSibling) || beside(text, text.previousSibling)))
              faults.push(`words run together: ${element.textContent.trim()}`);
          return faults;
        })
        """;

    private static readonly string? Folder = Environment.GetEnvironmentVariable("AUTHSERVER_SCREENSHOTS");

    public static TheoryData<string> Names => [.. PageStates.All.Select(state => state.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Every_page_and_state_is_clean_in_light_and_dark_and_fits_a_small_screen(string name)
    {
        var state = PageStates.All.Single(state => state.Name == name);
        await using var empty = state.Empty ? await Site.StartEmptyAsync() : null;
        await using var visit = await Visit.BeginAsync(chromium, empty ?? (state.Strict ? chromium.Strict : chromium.Open));
        var faults = new List<string>();
        IResponse? sent = null;
        visit.Page.Response += (_, response) => sent = response.Request.IsNavigationRequest && response.Frame == visit.Page.MainFrame && response.Status is < 300 or >= 400 ? response : sent;
        visit.Page.Console += (_, message) => faults.AddRange(IsFault(message) ? [message.Text] : Array.Empty<string>());
        await state.ReachAsync(visit);
        AssertIsPage(visit, state);
        // The samples of /design do nothing anyway.
        faults.AddRange(state.Route == "/design" ? [] : WithoutScripts.FaultsOf(await sent!.TextAsync()));
        if (Folder is not null)
        {
            // What the contact sheet is ordered by.
            await File.WriteAllTextAsync(Path.Combine(Folder, $"{name}.route"), state.Route);
        }

        if (Folder is not null)
        {
            await visit.Page.SetViewportSizeAsync(Wide, 800);
        }

        // Everything is judged once; what differs in the dark is the colours, and on a small screen the places.
        await ShowAsync(visit.Page, name, "light", ColorScheme.Light);
        await visit.Page.EvaluateAsync(Axe);
        faults.AddRange(await JudgeAsync(visit.Page, "{}"));
        faults.AddRange(await visit.Page.EvaluateAsync<string[]>(Misplaced));
        await ShowAsync(visit.Page, name, "dark", ColorScheme.Dark);
        faults.AddRange(await JudgeAsync(visit.Page, "{ runOnly: ['color-contrast', 'link-in-text-block'] }"));
        await visit.Page.SetViewportSizeAsync(Narrow, 640);
        await ShowAsync(visit.Page, name, "320", ColorScheme.Light);
        var width = await visit.Page.EvaluateAsync<int>("document.documentElement.scrollWidth");
        Assert.True(width <= Narrow, $"{name} is {width} pixels wide on a screen of {Narrow}.");
        Assert.Equal(1, await visit.Page.Locator("h1").CountAsync());
        var weight = await visit.Page.EvaluateAsync<int>(Weight);
        Assert.True(weight is > 0 and < Heaviest, $"{name} weighs {weight} octets.");
        Assert.True(faults.Count == 0, string.Join("\n", faults));
    }

    [Fact]
    public async Task What_a_stylesheet_misplaces_is_found()
    {
        await using var visit = await Visit.BeginAsync(chromium, chromium.Open);
        await visit.Page.SetContentAsync("""<a style="display:flex">Go on to <b>Acme</b></a><a style="display:flex">Go on<b> there</b></a><a style="display:flex;gap:4px">Go <b>on</b></a><a style="display:flex;justify-content:space-between">Go <b>on</b></a><table><tr><td style="display:flex">1</td><td>2</td></tr></table>""");
        Assert.Equal(["words run together: Go on to Acme", "words run together: Go on there", "a cell is flex: "], await visit.Page.EvaluateAsync<string[]>(Misplaced));
    }

    [Fact]
    public void No_page_is_missing_from_the_table_of_states()
    {
        var mapped = chromium.Open.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<PageActionDescriptor>() is not null)
            .Select(endpoint => "/" + endpoint.RoutePattern.RawText!.TrimStart('/'));

        Assert.Empty(mapped.Except(PageStates.All.Select(state => state.Route)));
    }

    private static bool IsFault(IConsoleMessage message) =>
        message.Type == "error" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal);

    private static void AssertIsPage(Visit visit, PageState state)
    {
        // Errors are shown at the address that failed.
        if (state.Route != "/error")
        {
            Assert.True(new TemplateMatcher(TemplateParser.Parse(state.Route), []).TryMatch(new Uri(visit.Page.Url).AbsolutePath, []), $"{visit.Page.Url} is not {state.Route}.");
        }
    }

    private static async Task ShowAsync(IPage page, string name, string look, ColorScheme scheme)
    {
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
        if (Folder is not null)
        {
            await page.WaitForLoadStateAsync(LoadState.NetworkIdle);
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Folder, $"{name}.{look}.png"), FullPage = true });
        }
    }

    /// <summary>What axe finds wrong. Its own package opens a page more for each run, for frames, of which there are none here.</summary>
    private static Task<string[]> JudgeAsync(IPage page, string options) => page.EvaluateAsync<string[]>(
        $"async () => (await axe.run(document, {options})).violations.map(v => `${{v.id}}: ${{v.help}}: ${{v.nodes.map(n => n.html).join(' | ')}}`)");
}
