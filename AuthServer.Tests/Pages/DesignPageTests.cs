using System.Net;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Pages;

public sealed class DesignPageTests
{
    // One part with another margin, colour or width, by where it stands.
    private static readonly string[] Variants =
        ["after", "chart-more", "chart-warn", "grant-owner", "grant-waiting", "grants-many", "keep-scopes", "owned-name", "resources", "scope-title", "stack", "tall", "trail-scopes", "under", "whole", "words", "worst"];

    [Fact]
    public async Task The_parts_are_shown_in_Development_with_what_the_stylesheet_says()
    {
        await using var server = await TestServer.StartAsync();
        using var browser = new TestBrowser(server);
        await browser.GoAsync("/design");

        Assert.Equal(HttpStatusCode.OK, browser.Response.StatusCode);
        Assert.True(browser.Page.QuerySelectorAll("section[aria-labelledby=colours] tbody tr").Length > 20);
    }

    [Fact]
    public async Task Every_part_that_the_stylesheet_knows_is_shown()
    {
        await using var server = await TestServer.StartAsync();
        using var browser = new TestBrowser(server);
        await browser.GoAsync("/design");

        // What is around a page, and what only one page has: documents, the picture of delegations, an authenticator's code, the page of an error.
        string[] elsewhere = ["doc", "graph", "shell", "side", "me", "areas", "branches", "enrol", "qr", "foot", "languages", "lives", "top", "menu-button", "badge", "code-line"];
        var shown = browser.Page.QuerySelectorAll("[class]").SelectMany(element => element.ClassList).ToHashSet(StringComparer.Ordinal);

        Assert.Equal([], StylesheetTests.Classes().Where(name => !shown.Contains(name) && !Variants.Contains(name) && !elsewhere.Any(part => name == part || name.StartsWith(part + "-", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task In_Production_there_is_no_such_page()
    {
        var issuer = "https://auth.example.com";
        await using var server = await ServerProcess.StartAsync(("ASPNETCORE_ENVIRONMENT", "Production"), ("AuthServer:Issuer", issuer));
        using var http = server.CreateClient();
        using var answer = await http.GetAsync("/design");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }
}
