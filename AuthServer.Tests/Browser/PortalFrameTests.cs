using Microsoft.Playwright;

namespace AuthServer.Tests.Browser;

/// <summary>What stands around the portal's pages, on small and large screens, with the keyboard.</summary>
[Collection(ChromiumGroup.Name)]
public sealed class PortalFrameTests(Chromium chromium)
{
    [Theory]
    [InlineData(320)]
    [InlineData(768)]
    public async Task On_a_small_screen_the_menu_opens_and_Escape_closes_it_and_gives_the_focus_back(int width)
    {
        await using var visit = await Visit.BeginAsync(chromium, chromium.Open);
        await visit.Page.SetViewportSizeAsync(width, 700);
        await visit.SignInAsync();
        await visit.GoAsync("/dashboard");
        var menu = visit.Page.GetByRole(AriaRole.Button, new() { Name = "Menu", Exact = true });
        var entry = visit.Page.Locator("#menu").GetByRole(AriaRole.Link, new() { Name = "What was done", Exact = true });
        await Assertions.Expect(entry).ToBeHiddenAsync();
        await menu.FocusAsync();
        await visit.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(entry).ToBeVisibleAsync();
        await visit.Page.Keyboard.PressAsync("Tab");
        Assert.True(await visit.Page.EvaluateAsync<bool>("document.querySelector('#menu').contains(document.activeElement)"));
        await visit.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(entry).ToBeHiddenAsync();
        await Assertions.Expect(menu).ToBeFocusedAsync();
    }

    [Fact]
    public async Task On_a_large_screen_the_way_through_the_area_is_always_there_and_comes_before_the_page()
    {
        await using var visit = await Visit.BeginAsync(chromium, chromium.Open);
        await visit.Page.SetViewportSizeAsync(1440, 900);
        await visit.SignInAsync();
        await visit.GoAsync("/account");
        await Assertions.Expect(visit.Page.Locator("#menu").GetByRole(AriaRole.Link, new() { Name = "What was done", Exact = true })).ToBeVisibleAsync();
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Button, new() { Name = "Menu", Exact = true })).ToBeHiddenAsync();
        await visit.Page.Keyboard.PressAsync("Tab");
        Assert.Equal("#main", await visit.Page.EvaluateAsync<string>("document.activeElement.getAttribute('href')"));
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.Page.Keyboard.PressAsync("Tab");
        Assert.True(await visit.Page.EvaluateAsync<bool>("document.querySelector('#main').contains(document.activeElement)"));
    }
}
