using AuthServer.Tests.Pages;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Browser;

/// <summary>The longest and oddest names that there can be, on every page to which a link leads, on the smallest screen.</summary>
[Collection(EveryPageGroup.Name)]
public sealed class HardNameTests(Chromium chromium)
{
    private const int Narrow = 320;

    [Fact]
    public async Task No_name_makes_a_page_wider_than_its_screen()
    {
        using var nobody = chromium.Open.Rest();
        var email = await Furniture.FurnishAsync(nobody, $"{Guid.NewGuid():N}@example.com");
        await chromium.Open.QueryAsync(context => context.Users.Where(user => user.Email == email)
            .ExecuteUpdateAsync(set => set.SetProperty(user => user.IsAdministrator, true).SetProperty(user => user.Name, Furniture.Text(200))));
        using var reader = new TestBrowser(new Uri(chromium.Open.Issuer));
        await reader.GoAsync("/sign-in");
        await reader.SignInAsync(email, Rest.Password);
        var pages = await PageWalk.AllAsync(reader, "/developer", "/dashboard", "/account", "/admin");

        await using var visit = await Visit.BeginAsync(chromium, chromium.Open, scripts: false);
        await visit.SignInAsync(email, Rest.Password);
        await visit.Page.SetViewportSizeAsync(Narrow, 640);
        List<string> wide = [];
        foreach (var page in pages)
        {
            await visit.GoAsync(page);
            if (await visit.Page.EvaluateAsync<int>("document.documentElement.scrollWidth") is > Narrow and var width)
            {
                wide.Add($"{page}: {width}");
            }
        }

        Assert.True(pages.Count > 80, $"There are more pages than {pages.Count}.");
        Assert.True(wide.Count == 0, string.Join('\n', wide));
    }
}
