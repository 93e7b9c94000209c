using System.Net;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Pages;

/// <summary>What every page is sent with (negative-tests.md 6, 18, 26).</summary>
public sealed class PageHeaderTests(PageServer pages) : IClassFixture<PageServer>
{
    private readonly TestServer _server = pages.Server;

    [Theory]
    [InlineData("/")]
    [InlineData("/sign-in")]
    [InlineData("/register")]
    [InlineData("/signed-out")]
    [InlineData("/connect-agents")]
    [InlineData("/error")]
    [InlineData("/no/such/page")]
    [InlineData("/consent?request_id=gone")]
    [InlineData("/connect/authorize?client_id=nobody")]
    public async Task No_page_can_be_framed_cached_or_referred_to(string page)
    {
        using var browser = new TestBrowser(_server);
        await browser.GoAsync(page);
        var headers = browser.Response.Headers;

        Assert.Contains("frame-ancestors 'none'", Assert.Single(headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.Equal("DENY", Assert.Single(headers.GetValues("X-Frame-Options")));
        Assert.Equal("no-referrer", Assert.Single(headers.GetValues("Referrer-Policy")));
        Assert.Equal("nosniff", Assert.Single(headers.GetValues("X-Content-Type-Options")));
        Assert.True(headers.CacheControl!.NoStore);
        Assert.Empty(browser.Page.QuerySelectorAll("[style], style, script:not([src^='/']), script[src^='//'], [onclick], [onload]"));
    }

    [Fact]
    public async Task Forms_lead_to_the_requests_own_target_and_nowhere_else()
    {
        using var browser = new TestBrowser(_server);
        await browser.GoAsync(Flows.AuthorizeUrl("web", Flows.WebRedirect));

        Assert.EndsWith("form-action 'self' https://client.example", Assert.Single(browser.Response.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_a_form_with_a_password_the_browser_goes_on_without_it()
    {
        using var browser = new TestBrowser(_server);
        await browser.GoAsync("/sign-in");
        using var http = _server.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/sign-in")
        {
            Content = new FormUrlEncodedContent(
            [
                new("csrf", browser.Page.QuerySelector("input[name=csrf]")!.GetAttribute("value")!), new("Email", Flows.Email), new("Password", Flows.Password),
            ]),
        };
        request.Headers.Add("Cookie", browser.Cookies.GetCookieHeader(_server.Address));
        using var response = await http.SendAsync(request);

        Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);
    }

    [Theory]
    [InlineData("/no/<script>alert(1)</script>")]
    [InlineData("/connect/authorize?client_id=%3Cscript%3Ealert(1)%3C%2Fscript%3E&redirect_uri=https%3A%2F%2Freflected.example")]
    [InlineData("/error?status=%3Cscript%3Ereflected")]
    [InlineData("/sign-in?request_id=reflected")]
    [InlineData("/sign-out?client_id=reflected&post_logout_redirect_uri=https%3A%2F%2Freflected.example")]
    public async Task Errors_repeat_nothing_of_the_request(string page)
    {
        using var browser = new TestBrowser(_server);
        await browser.GoAsync(page);
        var html = browser.Page.DocumentElement.OuterHtml;

        Assert.DoesNotContain("alert", html, StringComparison.Ordinal);
        Assert.DoesNotContain("reflected", html, StringComparison.Ordinal);
        Assert.NotEqual(HttpStatusCode.OK, browser.Response.StatusCode);
    }

    [Theory]
    [InlineData("/site.css", "text/css")]
    [InlineData("/form-post.js", "text/javascript")]
    [InlineData("/logo.svg", "image/svg+xml")]
    [InlineData("/icons/warning.svg", "image/svg+xml")]
    public async Task What_pages_are_made_of_is_there(string path, string type)
    {
        using var http = _server.CreateClient();
        using var response = await http.GetAsync(new Uri(path, UriKind.Relative));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(type, response.Content.Headers.ContentType!.MediaType);
    }
}
