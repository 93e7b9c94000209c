using System.Net;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Pages;

/// <summary>Forms belong to one browser, one session and one request (negative-tests.md 16, 17, 21).</summary>
public sealed class FormTests(PageServer pages) : IClassFixture<PageServer>
{
    private readonly TestServer _server = pages.Server;

    [Theory]
    [InlineData("/sign-in")]
    [InlineData("/register")]
    [InlineData("/account/password")]
    [InlineData("/sign-out")]
    [InlineData("/consent")]
    [InlineData("/select-account")]
    public async Task A_form_without_its_token_does_nothing(string page)
    {
        using var browser = await SignInAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_server.Address, page))
        {
            Content = new FormUrlEncodedContent([new("Email", Flows.Email), new("Password", Flows.Password), new("decision", "allow")]),
        };
        await browser.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, browser.Response.StatusCode);
        Assert.Contains("nothing was done", browser.Text, StringComparison.Ordinal);
        await browser.GoAsync("/account");
        Assert.Equal("/account", browser.Address.AbsolutePath);
    }

    [Fact]
    public async Task A_form_that_is_too_large_is_told_to_be_that()
    {
        using var browser = await SignInAsync();
        await browser.GoAsync("/account/password");
        await browser.SubmitAsync(new() { ["Present"] = new string('x', 1_500_000) });
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, browser.Response.StatusCode);
        Assert.Contains("The form holds more than this server takes.", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_of_another_browser_is_no_token()
    {
        using var mallory = new TestBrowser(_server);
        await mallory.GoAsync("/sign-in");
        var token = Token(mallory);
        using var browser = new TestBrowser(_server);
        await browser.GoAsync("/sign-in");
        await browser.SubmitAsync(new() { ["csrf"] = token, ["Email"] = Flows.Email, ["Password"] = Flows.Password });

        Assert.Equal(HttpStatusCode.BadRequest, browser.Response.StatusCode);
    }

    [Fact]
    public async Task A_token_from_before_the_sign_in_is_no_token_after_it()
    {
        using var browser = new TestBrowser(_server);
        await browser.GoAsync("/sign-in");
        var token = Token(browser);
        await browser.SignInAsync(Flows.Email, Flows.Password);
        await browser.GoAsync("/account/password");
        await browser.SubmitAsync(new() { ["csrf"] = token, ["Present"] = Flows.Password, ["Wanted"] = "another good passphrase here" });

        Assert.Equal(HttpStatusCode.BadRequest, browser.Response.StatusCode);
    }

    [Fact]
    public async Task A_token_of_one_request_does_not_answer_another()
    {
        using var browser = await AskedAsync("openid");
        var token = Token(browser);
        await browser.GoAsync(Flows.AuthorizeUrl("web", Flows.WebRedirect, ("scope", "openid email things.write"), ("prompt", "consent")));
        await browser.SubmitAsync(new() { ["csrf"] = token }, "Allow");

        Assert.Null(browser.Left);
        Assert.Equal(HttpStatusCode.BadRequest, browser.Response.StatusCode);
    }

    [Theory]
    [InlineData("/consent")]
    [InlineData("/sign-in")]
    [InlineData("/select-account")]
    [InlineData("/register")]
    public async Task A_request_begun_in_one_browser_cannot_be_finished_in_another(string page)
    {
        using var victim = await AskedAsync("openid");
        using var mallory = await SignInAsync();
        await mallory.GoAsync(page + victim.Address.Query);

        Assert.Equal(HttpStatusCode.BadRequest, mallory.Response.StatusCode);
        Assert.Contains("has expired", mallory.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?request_id=")]
    [InlineData("?request_id=unknown")]
    [InlineData("?request_id=a&request_id=b")]
    [InlineData("?request_id=%00")]
    public async Task An_unknown_request_is_an_expired_one(string query)
    {
        using var browser = await SignInAsync();
        await browser.GoAsync("/consent" + query);

        Assert.Equal(HttpStatusCode.BadRequest, browser.Response.StatusCode);
        Assert.DoesNotContain("unknown", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_expires_while_its_page_is_open()
    {
        using var browser = await AskedAsync("openid");
        _server.Clock.Advance(TimeSpan.FromMinutes(11));
        await browser.SubmitAsync(button: "Allow");

        Assert.Null(browser.Left);
        Assert.Contains("has expired", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_what_was_asked_can_be_approved()
    {
        using var browser = await AskedAsync("openid profile");
        await browser.SubmitAsync(new() { ["scope"] = "things.write" }, "Allow");
        using var response = await Flows.RedeemAsync(_server, Flows.Query(browser.Left!)["code"]);

        Assert.Equal("openid", (await TestServer.JsonAsync(response)).GetProperty("scope").GetString());
    }

    [Fact]
    public async Task Some_of_it_can_be_approved()
    {
        using var browser = await AskedAsync("openid profile email");
        await browser.SubmitAsync(new() { ["scope"] = "email" }, "Allow");
        using var response = await Flows.RedeemAsync(_server, Flows.Query(browser.Left!)["code"]);

        Assert.Equal("openid email", (await TestServer.JsonAsync(response)).GetProperty("scope").GetString());
    }

    [Fact]
    public async Task Without_anything_ticked_there_is_nothing_to_allow()
    {
        using var browser = await AskedAsync("things.read");
        await browser.SubmitAsync(new() { ["scope"] = null }, "Allow");

        Assert.Null(browser.Left);
        Assert.Contains("Tick at least one", browser.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(await _server.QueryAsync(context => context.Authorizations.AsNoTracking().ToListAsync()), row => row.Scopes == "[\"things.read\"]");
    }

    [Fact]
    public async Task A_form_without_a_decision_decides_nothing()
    {
        using var browser = await AskedAsync("openid");
        await browser.SubmitAsync();

        Assert.Null(browser.Left);
        Assert.Equal("/consent", browser.Address.AbsolutePath);
    }

    [Fact]
    public async Task A_refusal_goes_back_to_the_client_and_into_the_trail()
    {
        using var browser = await AskedAsync("openid");
        await browser.SubmitAsync(button: "Deny");

        Assert.Equal("access_denied", Flows.Query(browser.Left!)["error"]);
        var entry = (await _server.TrailAsync(AuditEventTypes.ConsentDenied))[^1];
        Assert.Equal((AuditOutcomes.Denied, "web"), (entry.Outcome, entry.ClientId));
    }

    private static string Token(TestBrowser browser) => browser.Page.QuerySelector("input[name=csrf]")!.GetAttribute("value")!;

    private async Task<TestBrowser> SignInAsync()
    {
        var browser = new TestBrowser(_server);
        await browser.GoAsync("/sign-in");
        await browser.SignInAsync(Flows.Email, Flows.Password);
        return browser;
    }

    /// <summary>A browser that shows the consent page.</summary>
    private async Task<TestBrowser> AskedAsync(string scope)
    {
        var browser = new TestBrowser(_server);
        await browser.GoAsync(Flows.AuthorizeUrl("web", Flows.WebRedirect, ("scope", scope), ("prompt", "consent")));
        await browser.SignInAsync(Flows.Email, Flows.Password);
        Assert.Equal("/consent", browser.Address.AbsolutePath);
        return browser;
    }
}
