using System.Net;
using AuthServer.Tests.Support;
using AuthServer.Tests.Vault.Providers;

namespace AuthServer.Tests.Pages;

/// <summary>What people read about providers before they connect one.</summary>
public sealed class ProviderPageTests(PageServer pages) : IClassFixture<PageServer>
{
    private const string All = "/developer/providers";

    [Fact]
    public async Task A_member_searches_the_list_and_reads_what_to_do()
    {
        using var browser = await OwnerAsync();
        await browser.GoAsync(All);
        Assert.Equal(35, browser.Page.QuerySelectorAll(".kind").Length);
        await browser.GoAsync(All + "?q=slack");
        Assert.Equal("Slack", Assert.Single(browser.Page.QuerySelectorAll(".kind-name")).TextContent.Trim());
        await browser.GoAsync(browser.Page.QuerySelector(".kind a")!.GetAttribute("href")!);

        Assert.Equal("Set up Slack", browser.Page.QuerySelector("h1")!.TextContent);
        Assert.Equal($"{pages.Server.Issuer}/connect/accounts/callback", browser.Page.QuerySelector(".block code")!.TextContent);
        Assert.Equal("https://api.slack.com/apps", browser.Page.QuerySelector(".actions a")!.GetAttribute("href"));
        Assert.Equal(5, browser.Page.QuerySelectorAll("ol.numbered li").Length);
        Assert.Contains("Post messages as the app", browser.Text, StringComparison.Ordinal);
        Assert.Contains("channels:read chat:write users:read", browser.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("This server has an app", browser.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("openai", "API key, a part of the API key", "What it can be asked for")]
    [InlineData("gitlab", "Each connection has its own", "API key, a part of the API key, a part")]
    [InlineData("notion", "OAuth client ID and OAuth client secret", "What it can be asked for")]
    [InlineData("bitbucket", "The app's registration says what is asked for", "Each connection has its own")]
    public async Task Each_says_what_it_needs(string id, string said, string notSaid)
    {
        using var browser = await OwnerAsync();
        await browser.GoAsync($"{All}/{id}");
        Assert.Equal(HttpStatusCode.OK, browser.Response.StatusCode);
        Assert.Contains(said, browser.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(notSaid, browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_organizations_own_is_shown_to_its_members_as_text_and_to_nobody_else()
    {
        using var rest = new Rest(pages.Server);
        var registered = await rest.RegisterDeveloperAsync("Acme");
        using var key = rest.As(registered.GetProperty("apiKey").GetString());
        (await key.PostAsync("/providers", OwnProvider.With("name", "\"My <b>tracker</b>\""))).Is(HttpStatusCode.Created);

        using var browser = await SignedInAsync(registered.GetProperty("developer").GetProperty("email").GetString()!);
        await browser.GoAsync(All + "?q=tracker");
        Assert.Contains("Your own", browser.Text, StringComparison.Ordinal);
        await browser.GoAsync(browser.Page.QuerySelector(".kind a")!.GetAttribute("href")!);
        var page = browser.Address.PathAndQuery;
        Assert.Equal("Set up My <b>tracker</b>", browser.Page.QuerySelector("h1")!.TextContent);

        using var other = await OwnerAsync();
        foreach (var address in new[] { page, All + "/tracker", All + "/nothing", All + "?organization=" + registered.GetProperty("organization").GetProperty("id").GetString() })
        {
            await other.GoAsync(address);
            Assert.Equal(HttpStatusCode.NotFound, other.Response.StatusCode);
        }
    }

    [Theory]
    [InlineData(All)]
    [InlineData(All + "/slack")]
    public async Task Who_is_not_signed_in_is_sent_to_sign_in(string page)
    {
        using var browser = new TestBrowser(pages.Server);
        await browser.GoAsync(page);
        Assert.Equal("/sign-in", browser.Address.AbsolutePath);
    }

    private async Task<TestBrowser> OwnerAsync()
    {
        using var rest = new Rest(pages.Server);
        return await SignedInAsync((await rest.RegisterDeveloperAsync("Acme")).GetProperty("developer").GetProperty("email").GetString()!);
    }

    private async Task<TestBrowser> SignedInAsync(string email)
    {
        var browser = new TestBrowser(pages.Server);
        await browser.GoAsync("/sign-in");
        await browser.SignInAsync(email, Rest.Password);
        return browser;
    }
}
