using System.Net;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Pages;

public sealed class DesignPageTests
{
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
    public async Task In_Production_there_is_no_such_page()
    {
        var issuer = "https://auth.example.com";
        await using var server = await ServerProcess.StartAsync(("ASPNETCORE_ENVIRONMENT", "Production"), ("AuthServer:Issuer", issuer));
        using var http = server.CreateClient();
        using var answer = await http.GetAsync("/design");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }
}
