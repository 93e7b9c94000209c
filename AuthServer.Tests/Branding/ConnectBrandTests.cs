using System.Net;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Branding;

/// <summary>The pages on which an account is connected wear the brand too.</summary>
public sealed class ConnectBrandTests(ConnectSide side) : IClassFixture<ConnectSide>
{
    [Fact]
    public async Task Connecting_wears_the_brand_from_the_first_page_to_the_last()
    {
        using var rest = new Rest(side.Server, side.Acme.Key);
        (await rest.SetAsync(side.Acme.Id, BrandSide.Full)).Is(HttpStatusCode.OK);
        var logo = (await rest.SetLogoAsync(side.Acme.Id, TestPictures.Png())).LogoAddress();
        var connection = await side.ConnectionAsync(settings: new AuthServer.Vault.Connections.ConnectionSettings());
        var link = await side.LinkAsync(await side.AccountAsync(connection));
        using var browser = side.Browser();
        await browser.GoAsync(link);
        Assert.NotNull(browser.Page.QuerySelector(".card.branded"));
        Assert.Equal(logo, browser.Page.QuerySelector(".tile-logo img")!.GetAttribute("src"));
        Assert.Contains(BrandSide.Headline, browser.Page.QuerySelector(".brand-says")!.TextContent, StringComparison.Ordinal);

        // Its own name, and where its person goes, are said by this server.
        Assert.Contains("Acme AI", browser.Page.QuerySelector("h1")!.TextContent, StringComparison.Ordinal);

        await browser.SubmitAsync(button: "Cancel");
        Assert.NotNull(browser.Page.QuerySelector(".card.branded"));
        Assert.DoesNotContain(BrandSide.Headline, browser.Text, StringComparison.Ordinal);
        Assert.Contains("Ask us if this comes as a surprise.", browser.Page.QuerySelector(".brand-says")!.TextContent, StringComparison.Ordinal);

        using var stranger = side.Browser();
        await stranger.GoAsync(browser.Address.PathAndQuery);
        Assert.Null(stranger.Page.QuerySelector(".branded, .brand-says"));
    }

    [Fact]
    public async Task Where_a_person_picks_the_brand_is_worn_when_all_is_of_one_organization()
    {
        using var rest = new Rest(side.Server, side.Acme.Key);
        (await rest.SetAsync(side.Acme.Id, BrandSide.Full)).Is(HttpStatusCode.OK);
        await side.ConnectionAsync();
        await side.ConnectionAsync();
        var (browser, _, _) = await side.PersonAsync();
        using (browser)
        {
            await browser.GoAsync("/auth");
            Assert.NotNull(browser.Page.QuerySelector(".card.branded .brand-says"));
        }
    }
}
