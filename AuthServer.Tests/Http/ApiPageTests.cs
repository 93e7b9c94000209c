using System.Net;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Http;

public sealed class ApiPageTests(ApiDocumentTests.Documented documented) : IClassFixture<ApiDocumentTests.Documented>
{
    [Fact]
    public async Task The_page_has_nothing_inline_and_the_headers_of_every_page()
    {
        using var browser = new TestBrowser(documented.Server);
        await browser.GoAsync("/docs/api");

        Assert.Equal(HttpStatusCode.OK, browser.Response.StatusCode);
        Specs.SecurityHeaderTests.AssertGuarded(browser.Response);
        Assert.Empty(browser.Page.QuerySelectorAll("[style], style, script:not([src]), [onclick], [onload]"));
    }

    [Fact]
    public async Task What_it_is_made_of_is_there()
    {
        using var browser = new TestBrowser(documented.Server);
        await browser.GoAsync("/docs/api");
        using var http = documented.Server.CreateClient();
        foreach (var source in browser.Page.QuerySelectorAll("script, link").Select(element => element.GetAttribute("src") ?? element.GetAttribute("href")!))
        {
            using var response = await http.GetAsync(new Uri(source, UriKind.Relative));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.NotEmpty(await response.Content.ReadAsByteArrayAsync());
        }
    }

    [Theory]
    [InlineData("gzip, br", "gzip")]
    [InlineData("identity", null)]
    public async Task A_file_comes_as_the_browser_can_read_it(string accepted, string? encoding)
    {
        using var http = documented.Server.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/docs/api/swagger-ui.css");
        request.Headers.Add("Accept-Encoding", accepted);
        using var response = await http.SendAsync(request);
        var bytes = await response.Content.ReadAsByteArrayAsync();

        Assert.Equal(encoding, response.Content.Headers.ContentEncoding.SingleOrDefault());
        Assert.Equal(encoding is not null, bytes is [0x1F, 0x8B, ..]);
        Assert.Equal("text/css", response.Content.Headers.ContentType!.MediaType);
    }

    [Theory]
    [InlineData("/docs/api/index.html")]
    [InlineData("/docs/api/..%2Fapi-page.html")]
    [InlineData("/docs/api/oauth2-redirect.html")]
    [InlineData("/docs/api/LICENSE")]
    public async Task No_other_file_of_the_package_is_served(string path)
    {
        using var http = documented.Server.CreateClient();
        using var response = await http.GetAsync(new Uri(path, UriKind.Relative));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task The_start_page_leads_to_it()
    {
        using var browser = new TestBrowser(documented.Server);
        await browser.GoAsync("/");

        Assert.NotNull(browser.Page.QuerySelector("a[href='/docs/api']"));
        Assert.NotNull(browser.Page.QuerySelector("a[href='/docs']"));
    }
}
