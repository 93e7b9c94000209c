using System.Net;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Pages.Developer;

/// <summary>What the tests of an organization's pages share.</summary>
internal static class OrganizationPages
{
    /// <summary>A browser in which this person is signed in.</summary>
    public static async Task<TestBrowser> BrowserAsync(this DeveloperSide side, Somebody person)
    {
        var browser = new TestBrowser(side.Server);
        await browser.GoAsync("/sign-in");
        await browser.SignInAsync(person.Email, Rest.Password);
        return browser;
    }

    /// <summary>The same for a new member with this role.</summary>
    public static async Task<TestBrowser> BrowserAsync(this DeveloperSide side, Crew crew, string role = "owner") => await side.BrowserAsync(await crew.MemberAsync(role));

    /// <summary>Sends a form to a page that shows this person none: with what is needed against forgery.</summary>
    public static async Task SendFormAsync(this TestBrowser browser, DeveloperSide side, string page, params (string Name, string Value)[] values)
    {
        await browser.GoAsync("/chain");
        var csrf = browser.Page.QuerySelector("input[name=csrf]")!.GetAttribute("value");
        await browser.SendAsync(new HttpRequestMessage(HttpMethod.Post, new Uri(side.Server.Address, page))
        {
            Content = new FormUrlEncodedContent([new("csrf", csrf), .. values.Select(value => new KeyValuePair<string, string>(value.Name, value.Value))]),
        });
    }

    public static async Task<string> StatusAsync(this TestBrowser browser, string page)
    {
        await browser.GoAsync(page);
        return browser.Response.StatusCode.ToString();
    }

    public static void IsOk(this TestBrowser browser) =>
        Assert.True(browser.Response.StatusCode == HttpStatusCode.OK, $"{browser.Address}: {(int)browser.Response.StatusCode} {browser.Text}");

    public static string Shown(this TestBrowser browser, string selector) =>
        string.Join(' ', (browser.Page.QuerySelector(selector)?.TextContent ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
