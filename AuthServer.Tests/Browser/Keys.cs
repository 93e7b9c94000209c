using Microsoft.Playwright;

namespace AuthServer.Tests.Browser;

/// <summary>Somebody who has no mouse.</summary>
public static class Keys
{
    /// <summary>Goes on with the tabulator to a link or button of this text, or a field of this name.</summary>
    public static async Task TabToAsync(this IPage page, string name)
    {
        for (var i = 0; i < 80; i++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await page.EvaluateAsync<bool>("name => [document.activeElement.textContent, ...[...document.activeElement.labels ?? []].map(label => label.firstChild.textContent)].some(text => text.trim() === name)", name))
            {
                return;
            }
        }

        Assert.Fail($"The keyboard does not come to {name}.");
    }

    public static async Task PressByKeyAsync(this IPage page, string name)
    {
        await page.TabToAsync(name);
        await page.Keyboard.PressAsync("Enter");
    }
}
