using System.Net;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Pages.Developer;

/// <summary>Who may not do something is told why, and who can change that; in an organization that is suspended, that it is.</summary>
public sealed class RefusedPageTests(DeveloperSide side) : IClassFixture<DeveloperSide>
{
    [Theory]
    [InlineData("auditor", "/developer/agents/new", "developer", "Auditor")]
    [InlineData("auditor", "/developer/applications/new", "developer", "Auditor")]
    [InlineData("auditor", "/developer/policies/edit", "developer", "Auditor")]
    [InlineData("auditor", "/developer/connections/new", "developer", "Auditor")]
    [InlineData("auditor", "/developer/connections/import", "developer", "Auditor")]
    [InlineData("developer", "POST /developer/members", "admin", "Developer")]
    [InlineData("developer", "POST /developer/branding", "admin", "Developer")]
    [InlineData("auditor", "POST /developer/keys", "admin", "Auditor")]
    public async Task The_role_that_is_missing_is_named_and_who_can_give_it(string role, string page, string missing, string has)
    {
        var crew = await side.CrewAsync("Acme <b>");
        using var browser = await side.BrowserAsync(crew, role);
        await OpenAsync(browser, page, crew);
        Assert.Equal(HttpStatusCode.Forbidden, browser.Response.StatusCode);
        Assert.Equal(missing == "admin" ? "This needs the role of an admin" : "This needs the role of a developer", browser.Shown("h1"));
        Assert.Contains($"Your role in Acme <b> is: {has}. Its owner or one of its admins can give you a higher one.", browser.Text, StringComparison.Ordinal);
        await browser.GoAsync(browser.Page.QuerySelector(".actions a")!.GetAttribute("href")!);
        Assert.Equal("/developer?organization=" + crew.Id, browser.Address.PathAndQuery);
        browser.IsOk();
    }

    private Task OpenAsync(TestBrowser browser, string page, Crew crew) => page.Split(' ') switch
    {
        [_, var sent] => browser.SendFormAsync(side, $"{sent}?organization={crew.Id}", ("act", "create")),
        _ => browser.GoAsync($"{page}?organization={crew.Id}"),
    };
}
