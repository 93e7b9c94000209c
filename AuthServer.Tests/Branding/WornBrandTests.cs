using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using AuthServer.Branding;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Branding;

/// <summary>Which consent pages wear which brand, and what they say all the same.</summary>
public sealed class WornBrandTests(AgentSide side) : IClassFixture<AgentSide>
{
    private static readonly string Stylesheet = AccentStylesheet.Address(AccentColour.Read("#0b7a4b")!.Value);

    [Fact]
    public async Task A_consent_page_wears_the_brand_of_the_agents_organization_and_says_who_asks()
    {
        using var rest = await BrandAsync();
        var logo = (await rest.SetLogoAsync(side.Organization.Id, TestPictures.Png())).LogoAddress();
        using var browser = await AskedAsync();
        Assert.Equal(["/site.css", Stylesheet], browser.Page.QuerySelectorAll("link[rel=stylesheet]").Select(link => link.GetAttribute("href")));
        Assert.Equal(logo, browser.Page.QuerySelector(".brand-logo")!.GetAttribute("src"));
        Assert.NotNull(browser.Page.QuerySelector(".card.branded"));

        var says = browser.Page.QuerySelector(".brand-says")!;
        Assert.Equal("Acme says", says.QuerySelector("h2")!.TextContent.Trim());
        Assert.Equal(BrandSide.Headline, says.QuerySelector("p > bdi")!.TextContent);
        Assert.Equal(["mailto:help@acme.example", "https://acme.example/privacy", "https://acme.example/terms"], says.QuerySelectorAll("a").Select(link => link.GetAttribute("href")));
        Assert.Equal(["help@acme.example", "acme.example", "acme.example"], says.QuerySelectorAll(".host").Select(host => host.TextContent));
        Assert.All(says.QuerySelectorAll("a"), link => Assert.Contains("noopener", link.GetAttribute("rel"), StringComparison.Ordinal));

        // What this server says stays outside of the box.
        says.Remove();
        Assert.Contains("SmartMail", browser.Page.QuerySelector("h1")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("yourapp.example", browser.Page.QuerySelector(".lead .host")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("Acme AI", browser.Page.QuerySelector(".agent")!.TextContent, StringComparison.Ordinal);
        Assert.NotEmpty(browser.Page.QuerySelectorAll(".scopes .risk"));
        Assert.Contains("style-src 'self'", Assert.Single(browser.Response.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Texts_are_in_the_readers_language_and_what_is_missing_there_in_the_organizations()
    {
        using var rest = await BrandAsync();
        using var browser = await AskedAsync("de-CH");
        Assert.Equal(["Wir sortieren Ihre Post und löschen nichts.", "Ask us if this comes as a surprise."], browser.Page.QuerySelectorAll(".brand-says p > bdi").Select(text => text.TextContent));
        Assert.Equal(["de", "en"], browser.Page.QuerySelectorAll(".brand-says p").Select(text => text.GetAttribute("lang")));
        Assert.Equal("Acme schreibt", browser.Page.QuerySelector(".brand-says h2")!.TextContent.Trim());
    }

    [Fact]
    public async Task Markup_in_texts_is_text()
    {
        using var rest = new Rest(side.Server, side.Organization.Key);
        const string attack = "</bdi><script>alert(1)</script> https://evil.example";
        (await rest.SetAsync(side.Organization.Id, new { name = "<img src=x onerror=alert(1)>", texts = new { en = new { headline = attack } } })).Is(HttpStatusCode.OK);
        using var browser = await AskedAsync();
        Assert.Equal(attack, browser.Page.QuerySelector(".brand-says p > bdi")!.TextContent);
        Assert.Empty(browser.Page.QuerySelectorAll(".brand-says a, .brand-says script, img[onerror]"));
        Assert.Equal("<img src=x onerror=alert(1)>", browser.Page.QuerySelector(".brand-name bdi")!.TextContent);
    }

    [Fact]
    public async Task A_suspended_organization_shows_nothing_of_itself()
    {
        using var rest = await BrandAsync();
        await SuspendAsync(true);
        var shown = await ShownAsync();
        await SuspendAsync(false);
        Assert.Null(shown);
        Assert.NotNull(await ShownAsync());
    }

    [Fact]
    public async Task An_application_of_the_organization_wears_its_brand_and_others_do_not()
    {
        using var rest = await BrandAsync();
        var made = (await rest.PostAsync("/applications", new { kind = "web", name = "Acme web shop", redirectUris = new[] { "https://shop.example/cb" }, scopes = new[] { "openid" } })).Is(HttpStatusCode.Created).Json;
        var native = (await rest.PostAsync("/applications", new { kind = "native", name = "Acme on this device", redirectUris = new[] { "com.acme.app:/cb" }, scopes = new[] { "openid" } })).Is(HttpStatusCode.Created).Json;
        Assert.True(await WearsAsync(ClientIdOf(made), "https://shop.example/cb"));

        // Any program on the device could use the name.
        Assert.False(await WearsAsync(ClientIdOf(native), "com.acme.app:/cb"));

        // Another's application that names this organization's agent.
        Assert.False(await WearsAsync("web", Flows.WebRedirect, ("requested_actor", side.AgentId)));

        using var http = side.Server.CreateClient();
        using var registered = await http.PostAsJsonAsync("/connect/register", new JsonObject
        {
            ["client_name"] = "Acme",
            ["redirect_uris"] = new JsonArray("https://evil.example/cb"),
            ["token_endpoint_auth_method"] = "none",
        });
        var evil = (await TestServer.JsonAsync(registered)).GetProperty("client_id").GetString()!;
        Assert.False(await WearsAsync(evil, "https://evil.example/cb"));
    }

    [Fact]
    public async Task Sign_in_and_errors_wear_nothing()
    {
        using var rest = await BrandAsync();
        using var browser = new TestBrowser(side.Server);
        await browser.GoAsync(AgentSide.Text(await side.FileAsync(null), "consentUrl"));
        Assert.Equal("/sign-in", browser.Address.AbsolutePath);
        Assert.Null(browser.Page.QuerySelector(".branded, .brand-says, link[data-brand]"));
        await browser.GoAsync("/consent?request_id=gone");
        Assert.Null(browser.Page.QuerySelector(".branded, .brand-says, link[data-brand]"));
    }

    private static string ClientIdOf(System.Text.Json.JsonElement made) => made.GetProperty("clientId").GetString()!;

    /// <summary>Whether the page on which somebody new is asked wears a brand.</summary>
    private async Task<bool> WearsAsync(string clientId, string redirectUri, params (string Name, string? Value)[] more)
    {
        var (browser, _) = await side.PersonAsync();
        using (browser)
        {
            await browser.GoAsync(Flows.AuthorizeUrl(clientId, redirectUri, [("scope", "openid"), ("prompt", "consent"), .. more]));
            BrowserSide.AssertAt(browser, "/consent");
            return browser.Page.QuerySelector(".branded") is not null;
        }
    }

    /// <summary>The brand, and whoever may change it.</summary>
    private async Task<Rest> BrandAsync()
    {
        var rest = new Rest(side.Server, side.Organization.Key);
        (await rest.SetAsync(side.Organization.Id, BrandSide.Full)).Is(HttpStatusCode.OK);
        return rest;
    }

    private async Task<TestBrowser> AskedAsync(string language = "en")
    {
        var (browser, person) = await side.PersonAsync();
        browser.Headers.Add("Accept-Language", language);
        await browser.GoAsync(AgentSide.Text(await side.FileAsync(person), "consentUrl"));
        BrowserSide.AssertAt(browser, "/consent");
        return browser;
    }

    private Task<ShownBrand?> ShownAsync() => ((ShownBrands)side.Server.Services.GetService(typeof(ShownBrands))!).OfAsync(side.Organization.Id, default);

    private Task<int> SuspendAsync(bool suspended)
    {
        DateTimeOffset? at = suspended ? side.Server.Clock.Now : null;
        return side.Server.QueryAsync(context => context.Organizations.Where(row => row.Id == side.Organization.Id).ExecuteUpdateAsync(row => row.SetProperty(one => one.SuspendedAt, at)));
    }
}
