using System.Net;
using AuthServer.Organizations;
using AuthServer.Tests.Support;
using AuthServer.Vault.Connections;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Pages.Developer;

/// <summary>What the tests of a developer's pages of connections share.</summary>
internal static class ConnectionPages
{
    public const string All = "/developer/connections";

    /// <summary>A member with this role, signed in in a browser.</summary>
    public static async Task<TestBrowser> MemberAsync(this ConnectSide side, Role role = Role.Admin) => (await side.PersonAsync(role: role)).Browser;

    public static string At(Connection connection, string more = "") => $"{All}/{connection.Id}{more}";

    public static async Task OpenAsync(this TestBrowser browser, string page)
    {
        await browser.GoAsync(page);
        Assert.True(browser.Response.StatusCode == HttpStatusCode.OK, $"{page}: {(int)browser.Response.StatusCode} {browser.Text}");
    }

    public static string? Value(this TestBrowser browser, string field) => browser.Page.QuerySelector($"[name='{field}']") switch
    {
        AngleSharp.Html.Dom.IHtmlTextAreaElement area => area.Value,
        AngleSharp.Html.Dom.IHtmlSelectElement select => select.Value,
        { } other => other.GetAttribute("value"),
        _ => null,
    };

    /// <summary>The fields that the page names as faulty.</summary>
    public static string[] FaultyFields(this TestBrowser browser) => [.. browser.Page.QuerySelectorAll(".notice-danger a").Select(link => link.GetAttribute("href")!)];

    public static Task<Connection> RowAsync(this ConnectSide side, string id) => side.Server.QueryAsync(context => context.Connections.AsNoTracking().SingleAsync(row => row.Id == id));

    /// <summary>Sends a form to a page that shows this person none: with what is needed against forgery.</summary>
    public static async Task PostAsync(this TestBrowser browser, ConnectSide side, string page, params (string Name, string Value)[] values)
    {
        await browser.GoAsync("/chain");
        var csrf = browser.Page.QuerySelector("input[name=csrf]")!.GetAttribute("value");
        await browser.SendAsync(new HttpRequestMessage(HttpMethod.Post, new Uri(side.Server.Address, page))
        {
            Content = new FormUrlEncodedContent([new("csrf", csrf), .. values.Select(value => new KeyValuePair<string, string>(value.Name, value.Value))]),
        });
    }
}
