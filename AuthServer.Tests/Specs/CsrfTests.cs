using System.Net;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Specs;

/// <summary>RFC 9700 §4.7: no form works without the token that was made for its browser, its session and its request.</summary>
public sealed class CsrfTests(BrowserSide side) : IClassFixture<BrowserSide>
{
    [Theory]
    [Trait("negative", "16")]
    [InlineData("/sign-in")]
    [InlineData("/register")]
    public async Task Sign_in_and_registration_need_the_token_of_this_browser(string page)
    {
        using var foreign = side.Browser();
        await foreign.GoAsync(page);
        using var browser = side.Browser();
        await browser.GoAsync(page);
        var email = page == "/register" ? $"{Guid.NewGuid():N}@example.com" : Flows.Email;

        await AssertRefusedAsync(browser, page, Token(foreign), ("Email", email), ("Password", Flows.Password));

        // Nobody was signed in by it.
        await browser.GoAsync("/account");
        Assert.Equal("/sign-in", browser.Address.AbsolutePath);
    }

    [Fact]
    [Trait("negative", "16")]
    public async Task Consent_needs_the_token_of_this_browser()
    {
        using var foreign = await side.NewcomerAsync();
        await BrowserSide.AskAsync(foreign, "/consent", "web", Flows.WebRedirect);
        using var browser = await side.NewcomerAsync();
        await BrowserSide.AskAsync(browser, "/consent", "web", Flows.WebRedirect);

        await AssertRefusedAsync(browser, browser.Address.PathAndQuery, Token(foreign), ("decision", "allow"), ("scope", "profile"));

        Assert.Equal("consent_required", (await BrowserSide.AnswerAsync(browser, "web", Flows.WebRedirect, ("prompt", "none")))["error"]);
    }

    [Fact]
    [Trait("negative", "16")]
    public async Task Choosing_an_account_needs_the_token_of_this_browser()
    {
        using var foreign = await side.NewcomerAsync();
        await BrowserSide.AskAsync(foreign, "/select-account", "implicit", Flows.WebRedirect, ("prompt", "select_account"));
        using var browser = await side.NewcomerAsync();
        side.Clock.Advance(TimeSpan.FromSeconds(1));
        await BrowserSide.AskAsync(browser, "/select-account", "implicit", Flows.WebRedirect, ("prompt", "select_account"));
        var request = browser.Address.Query;

        await AssertRefusedAsync(browser, "/select-account" + request, Token(foreign));

        await browser.GoAsync("/connect/authorize" + request);
        BrowserSide.AssertAt(browser, "/select-account");
    }

    [Fact]
    [Trait("negative", "16")]
    public async Task Sign_out_needs_the_token_of_this_browser()
    {
        using var foreign = await side.NewcomerAsync();
        await foreign.GoAsync("/sign-out");
        using var browser = await side.NewcomerAsync();

        await AssertRefusedAsync(browser, "/sign-out", Token(foreign));

        await browser.GoAsync("/account");
        BrowserSide.AssertAt(browser, "/account");
    }

    [Fact]
    [Trait("negative", "16")]
    public async Task A_change_of_password_needs_the_token_of_this_browser()
    {
        using var foreign = await side.NewcomerAsync();
        await foreign.GoAsync("/account/password");
        var email = $"{Guid.NewGuid():N}@example.com";
        using var browser = await side.NewcomerAsync(email);

        await AssertRefusedAsync(browser, "/account/password", Token(foreign), ("Present", Flows.Password), ("Wanted", "seventeen purple umbrellas sing"));

        using var again = await side.SignedInAsync(email);
    }

    [Fact]
    [Trait("negative", "16")]
    public async Task A_token_of_the_session_before_is_worth_nothing_in_the_next()
    {
        using var browser = side.Browser();
        await browser.GoAsync("/sign-in");
        var before = Token(browser);
        await browser.SignInAsync(Flows.Email, Flows.Password);

        await AssertRefusedAsync(browser, "/sign-out", before);
        await browser.GoAsync("/account");
        BrowserSide.AssertAt(browser, "/account");
    }

    [Fact]
    [Trait("negative", "16")]
    public async Task A_token_of_one_page_works_on_no_page_of_a_request_and_the_cookie_alone_never()
    {
        using var browser = await side.NewcomerAsync();
        await browser.GoAsync("/sign-out");
        var elsewhere = Token(browser);
        await BrowserSide.AskAsync(browser, "/consent", "web", Flows.WebRedirect);

        await AssertRefusedAsync(browser, browser.Address.PathAndQuery, elsewhere, ("decision", "allow"), ("scope", "profile"));

        // What travels in a header or the query is not read.
        using var steps = side.Steps(browser);
        await browser.GoAsync("/sign-out");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/sign-out?csrf=" + Uri.EscapeDataString(Token(browser)))
        {
            Content = new FormUrlEncodedContent([new("x", "y")]),
        };
        request.Headers.Add("RequestVerificationToken", Token(browser));
        request.Headers.Add("X-CSRF-TOKEN", Token(browser));
        using var response = await steps.SendAsync(request);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    private static string Token(TestBrowser browser) => browser.Page.QuerySelector("input[name=csrf]")!.GetAttribute("value")!;

    /// <summary>Without a token, with an empty and a made-up one, and with another browser's.</summary>
    private async Task AssertRefusedAsync(TestBrowser browser, string page, string foreign, params (string Name, string Value)[] fields)
    {
        using var steps = side.Steps(browser);
        foreach (var token in new[] { null, "", "made-up", foreign })
        {
            var all = fields.Select(field => KeyValuePair.Create(field.Name, field.Value)).Concat(token is null ? [] : [new("csrf", token)]);
            using var content = new FormUrlEncodedContent(all.Append(new("x", "y")));
            using var response = await steps.PostAsync(page, content);

            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            Assert.Null(response.Headers.Location);
            Assert.Contains("out of date", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }
}
