using Microsoft.Playwright;

namespace AuthServer.Tests.Browser;

/// <summary>What people look at: a phone, a tablet and a desk, by day and by night. Each walk is gone on all of them.</summary>
public sealed class Screens : TheoryData<int, ColorScheme>
{
    public Screens()
    {
        foreach (var width in new[] { 320, 768, 1440 })
        {
            Add(width, ColorScheme.Light);
            Add(width, ColorScheme.Dark);
        }
    }

    public static async Task SetAsync(IPage page, int width, ColorScheme scheme)
    {
        await page.SetViewportSizeAsync(width, 900);
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = scheme });
    }

    /// <summary>Nothing of the page stands beside the screen.</summary>
    public static async Task AssertFitsAsync(IPage page) =>
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), $"{page.Url} is wider than its screen.");
}
