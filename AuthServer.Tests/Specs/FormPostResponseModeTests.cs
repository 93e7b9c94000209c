using System.Net;
using AngleSharp.Html.Dom;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Specs;

/// <summary>OAuth 2.0 Form Post Response Mode: the answer as a page with a form.</summary>
public sealed class FormPostResponseModeTests(BrowserSide side) : IClassFixture<BrowserSide>
{
    private const string Hostile = "\"><script>alert(1)</script><img src=x onerror='alert(2)'>&lt;";

    [Fact]
    [Trait("negative", "9")]
    [Trait("negative", "12")]
    public async Task The_page_posts_to_the_redirect_uri_and_escapes_everything_it_carries()
    {
        using var browser = await side.SignedInAsync();

        await browser.GoAsync(Flows.AuthorizeUrl("implicit", Flows.WebRedirect, ("response_mode", "form_post"), ("state", Hostile)));

        Assert.Equal(HttpStatusCode.OK, browser.Response.StatusCode);
        var form = Assert.Single(browser.Page.Forms);
        Assert.Equal("post", form.Method);
        Assert.Equal(Flows.WebRedirect, form.GetAttribute("action"));
        var fields = form.QuerySelectorAll("input").OfType<IHtmlInputElement>().ToDictionary(input => input.Name!, input => input.Value);
        Assert.Equal(["code", "iss", "state"], fields.Keys.Order());
        Assert.Equal(Hostile, fields["state"]);
        Assert.Equal(side.Server.Issuer, fields["iss"]);
        AssertInert(browser);
        Assert.DoesNotContain("<script>alert", await browser.Response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("negative", "9")]
    [Trait("negative", "26")]
    public async Task The_page_may_send_its_form_to_the_client_alone_and_stays_in_no_cache()
    {
        using var browser = await side.SignedInAsync();

        await browser.GoAsync(Flows.AuthorizeUrl("implicit", Flows.WebRedirect, ("response_mode", "form_post")));

        var policy = Assert.Single(browser.Response.Headers.GetValues("Content-Security-Policy"));
        Assert.Equal("form-action 'self' https://client.example", policy.Split(';', StringSplitOptions.TrimEntries).Single(part => part.StartsWith("form-action", StringComparison.Ordinal)));
        Assert.Equal("no-store", browser.Response.Headers.CacheControl!.ToString());
        Assert.Equal("no-referrer", Assert.Single(browser.Response.Headers.GetValues("Referrer-Policy")));
    }

    [Fact]
    [Trait("negative", "9")]
    [Trait("negative", "12")]
    public async Task An_error_travels_in_the_same_way()
    {
        using var browser = side.Browser();

        await browser.GoAsync(Flows.AuthorizeUrl("web", Flows.WebRedirect, ("response_mode", "form_post"), ("prompt", "none"), ("state", Hostile)));

        var fields = Assert.Single(browser.Page.Forms).QuerySelectorAll("input").OfType<IHtmlInputElement>().ToDictionary(input => input.Name!, input => input.Value);
        Assert.Equal(["error", "error_description", "error_uri", "iss", "state"], fields.Keys.Order());
        Assert.Equal("login_required", fields["error"]);
        Assert.Equal(Hostile, fields["state"]);
        AssertInert(browser);
    }

    [Fact]
    [Trait("negative", "8")]
    public async Task Sign_in_and_consent_lead_to_the_same_page_with_a_code_that_works()
    {
        using var browser = side.Browser();
        await BrowserSide.AskAsync(browser, "/sign-in", "web", Flows.WebRedirect, ("response_mode", "form_post"));
        await browser.SignInAsync(Flows.Email, Flows.Password);
        await browser.SubmitAsync(button: "Allow");

        var code = browser.Page.QuerySelector("input[name=code]")!.GetAttribute("value")!;

        using var response = await Flows.RedeemAsync(side.Server, code);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [Trait("negative", "9")]
    [InlineData("client_id")]
    [InlineData("redirect_uri")]
    [InlineData("state")]
    [InlineData("request_id")]
    public async Task The_error_page_repeats_nothing_of_the_request(string name)
    {
        using var browser = side.Browser();

        await browser.GoAsync(Flows.AuthorizeUrl("nobody", "https://evil.example/?marker-7f3a", (name, "marker-7f3a" + Hostile)));

        BrowserSide.AssertDisplayed(browser);
        Assert.DoesNotContain("marker-7f3a", await browser.Response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        AssertInert(browser);
    }

    [Theory]
    [Trait("negative", "9")]
    [InlineData("scope", "openid marker-7f3a<b>")]
    [InlineData("claims", "{\"userinfo\":{\"marker-7f3a\":1}}")]
    [InlineData("prompt", "marker-7f3a")]
    [InlineData("response_mode", "marker-7f3a")]
    public async Task What_the_client_is_told_has_no_control_characters_or_markup(string name, string value)
    {
        using var browser = side.Browser();

        var answer = await BrowserSide.AnswerAsync(browser, "web", Flows.WebRedirect, (name, value));

        // RFC 6749 §4.1.2.1: %x20-21 / %x23-5B / %x5D-7E.
        Assert.All(answer["error_description"], c => Assert.True(c is >= ' ' and <= '~' and not ('"' or '\\'), answer["error_description"]));
    }

    private static void AssertInert(TestBrowser browser)
    {
        Assert.All(browser.Page.Scripts, script => Assert.Equal("", script.TextContent));
        Assert.Empty(browser.Page.QuerySelectorAll("style, [style], img[onerror], base, iframe, object"));
        Assert.DoesNotContain(browser.Page.All, element => element.Attributes.Any(attribute => attribute.Name.StartsWith("on", StringComparison.OrdinalIgnoreCase)));
        var policy = Assert.Single(browser.Response.Headers.GetValues("Content-Security-Policy"));
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
    }
}
