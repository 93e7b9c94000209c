using Deque.AxeCore.Playwright;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace AuthServer.Tests.Browser;

/// <summary>Every page and state, light and dark, wide and narrow. With AUTHSERVER_SCREENSHOTS set, pictures of all go to that folder.</summary>
[Collection(ChromiumGroup.Name)]
public sealed class EveryPageTests(Chromium chromium)
{
    private const int Narrow = 320;

    private static readonly string? Folder = Environment.GetEnvironmentVariable("AUTHSERVER_SCREENSHOTS");

    public static TheoryData<string> Names => [.. PageStates.All.Select(state => state.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Every_page_and_state_is_clean_in_light_and_dark_and_fits_a_small_screen(string name)
    {
        var state = PageStates.All.Single(state => state.Name == name);
        await using var visit = await Visit.BeginAsync(chromium, state.Strict ? chromium.Strict : chromium.Open);
        var faults = new List<string>();
        visit.Page.Console += (_, message) => faults.AddRange(IsFault(message) ? [message.Text] : Array.Empty<string>());
        await state.ReachAsync(visit);
        AssertIsPage(visit, state);

        await LookAsync(visit.Page, name, "light", ColorScheme.Light, faults);
        await LookAsync(visit.Page, name, "dark", ColorScheme.Dark, faults);
        await visit.Page.SetViewportSizeAsync(Narrow, 640);
        await LookAsync(visit.Page, name, "320", ColorScheme.Light, null);
        var width = await visit.Page.EvaluateAsync<int>("document.documentElement.scrollWidth");
        Assert.True(width <= Narrow, $"{name} is {width} pixels wide on a screen of {Narrow}.");
        Assert.True(faults.Count == 0, string.Join("\n", faults));
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
            Assert.Equal(state.Route, new Uri(visit.Page.Url).AbsolutePath);
        }
    }

    private static async Task LookAsync(IPage page, string name, string look, ColorScheme scheme, List<string>? faults)
    {
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
        if (Folder is not null)
        {
            await page.WaitForLoadStateAsync(LoadState.NetworkIdle);
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Folder, $"{name}.{look}.png"), FullPage = true });
        }

        // Narrow, the same elements stand in other places: looking at them is enough.
        if (faults is null)
        {
            return;
        }

        var result = await page.RunAxe();
        faults.AddRange(result.Violations.Select(violation =>
            $"{name} ({look}): {violation.Id}: {violation.Help}: {string.Join(" | ", violation.Nodes.Select(node => node.Html))}"));
        if (await page.Locator("h1").CountAsync() != 1)
        {
            faults.Add($"{name}: not exactly one h1");
        }
    }
}
