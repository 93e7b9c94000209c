using System.Net;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Specs;

/// <summary>Authorization requests that wait for a person: stored late, for a while, for one browser, and answered once.</summary>
public sealed class InteractionTests(BrowserSide side) : IClassFixture<BrowserSide>
{
    [Fact]
    public async Task A_request_is_stored_only_when_a_page_is_needed()
    {
        using var browser = await side.NewcomerAsync();
        var before = await StoredAsync();

        await BrowserSide.AnswerAsync(browser, "implicit", Flows.WebRedirect);
        await BrowserSide.AnswerAsync(browser, "web", Flows.WebRedirect, ("prompt", "none"));
        await BrowserSide.AnswerAsync(browser, "web", Flows.WebRedirect, ("scope", "nonsense"));
        await browser.GoAsync(Flows.AuthorizeUrl("web", "https://evil.example/"));
        Assert.Equal(before, await StoredAsync());

        await BrowserSide.AskAsync(browser, "/consent", "web", Flows.WebRedirect);
        Assert.Equal(before + 1, await StoredAsync());
        await browser.SubmitAsync(button: "Allow");
        Assert.Equal(before, await StoredAsync());
    }

    [Fact]
    public async Task A_request_expires_after_ten_minutes()
    {
        using var browser = await side.NewcomerAsync();
        await BrowserSide.AskAsync(browser, "/consent", "web", Flows.WebRedirect);
        var address = browser.Address.PathAndQuery;

        side.Clock.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(1));
        await browser.GoAsync(address);
        BrowserSide.AssertAt(browser, "/consent");
        side.Clock.Advance(TimeSpan.FromSeconds(1));
        await browser.SubmitAsync(button: "Allow");
        BrowserSide.AssertDisplayed(browser);
        await browser.GoAsync(address.Replace("/consent", "/connect/authorize", StringComparison.Ordinal));
        BrowserSide.AssertDisplayed(browser);
        Assert.Contains("expired", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_double_click_and_two_tabs_get_one_code()
    {
        using var browser = await side.NewcomerAsync();
        await BrowserSide.AskAsync(browser, "/consent", "web", Flows.WebRedirect);
        using var steps = side.Steps(browser);
        var (page, form) = (browser.Address, browser);
        var clicks = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => steps.PostAsync(page, BrowserSide.Form(form, ("decision", "allow"), ("scope", "profile")))));
        Assert.All(clicks, click => Assert.Equal(HttpStatusCode.SeeOther, click.StatusCode));

        var answers = await Task.WhenAll(clicks.Select(click => steps.GetAsync(click.Headers.Location)));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.SeeOther && answer.Headers.Location!.OriginalString.Contains("code=", StringComparison.Ordinal));
        Assert.Equal(3, answers.Count(answer => answer.StatusCode == HttpStatusCode.BadRequest));

        // Going back to the page does not bring the request back.
        await browser.GoAsync(page.PathAndQuery);
        BrowserSide.AssertDisplayed(browser);
    }

    [Fact]
    public async Task A_refusal_is_told_once_and_uses_the_request_up()
    {
        using var browser = await side.NewcomerAsync();
        await BrowserSide.AskAsync(browser, "/consent", "web", Flows.WebRedirect);
        var address = browser.Address.PathAndQuery.Replace("/consent", "/connect/authorize", StringComparison.Ordinal);
        await browser.SubmitAsync(button: "Deny");
        Assert.Equal("access_denied", BrowserSide.Answer(browser)["error"]);

        await browser.GoAsync(address);

        BrowserSide.AssertDisplayed(browser);
    }

    [Fact]
    [Trait("negative", "24")]
    public async Task Several_tabs_each_finish_their_own_request()
    {
        using var browser = await side.NewcomerAsync();
        var pages = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            await BrowserSide.AskAsync(browser, "/consent", "systematic", Flows.WebRedirect, ("state", $"tab-{i}"));
            pages.Add(browser.Address.PathAndQuery);
        }

        foreach (var i in new[] { 3, 0, 4, 1, 2 })
        {
            await browser.GoAsync(pages[i]);
            await browser.SubmitAsync(button: "Allow");

            Assert.Equal($"tab-{i}", BrowserSide.Answer(browser)["state"]);
        }
    }

    [Fact]
    [Trait("negative", "24")]
    public async Task One_sign_in_serves_the_tabs_that_wait_for_it()
    {
        using var browser = side.Browser();
        await BrowserSide.AskAsync(browser, "/sign-in", "implicit", Flows.WebRedirect, ("state", "first"));
        var first = browser.Address;
        await BrowserSide.AskAsync(browser, "/sign-in", "implicit", Flows.WebRedirect, ("state", "second"));
        await browser.SignInAsync(Flows.Email, Flows.Password);
        Assert.Equal("second", BrowserSide.Answer(browser)["state"]);

        await browser.GoAsync("/connect/authorize" + first.Query);

        Assert.Equal("first", BrowserSide.Answer(browser)["state"]);
    }

    [Fact]
    [Trait("negative", "17")]
    public async Task A_request_is_worth_nothing_in_another_browser()
    {
        using var attacker = await side.NewcomerAsync();
        await BrowserSide.AskAsync(attacker, "/consent", "web", Flows.WebRedirect);
        using var victim = await side.NewcomerAsync();

        foreach (var page in new[] { "/connect/authorize", "/consent", "/sign-in", "/select-account", "/register" })
        {
            await victim.GoAsync(page + attacker.Address.Query);

            BrowserSide.AssertDisplayed(victim);
        }

        // A cookie of the right shape is not the right cookie.
        using var forger = side.Browser();
        forger.Cookies.Add(side.Server.Address, new Cookie("browser", new string('A', 43)));
        await forger.GoAsync("/consent" + attacker.Address.Query);
        BrowserSide.AssertDisplayed(forger);
        await attacker.SubmitAsync(button: "Allow");
        Assert.Contains("code", BrowserSide.Answer(attacker).Keys);
    }

    [Fact]
    [Trait("negative", "17")]
    public async Task What_one_person_allowed_another_who_signs_in_meanwhile_does_not_finish()
    {
        using var browser = await side.NewcomerAsync();
        await BrowserSide.AskAsync(browser, "/consent", "web", Flows.WebRedirect);
        var request = browser.Address.Query;
        using var steps = side.Steps(browser);
        using var allowed = await steps.PostAsync(browser.Address, BrowserSide.Form(browser, ("decision", "allow"), ("scope", "profile")));
        Assert.Equal(HttpStatusCode.SeeOther, allowed.StatusCode);
        using var stale = BrowserSide.Form(browser, ("decision", "allow"), ("scope", "profile"));

        await browser.GoAsync("/sign-in" + request);
        var email = $"{Guid.NewGuid():N}@example.com";
        using var other = await side.NewcomerAsync(email);
        await browser.SignInAsync(email, Flows.Password);

        // The other is asked for themselves, and the first one's open page is out of date.
        BrowserSide.AssertAt(browser, "/consent");
        using var refused = await steps.PostAsync("/consent" + request, stale);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        await browser.SubmitAsync(button: "Allow");
        var tokens = await side.TokensAsync("web", BrowserSide.Answer(browser)["code"]);
        Assert.Equal(email, (await side.UserInfoAsync(tokens)).GetProperty("email").GetString());
    }

    [Fact]
    [Trait("negative", "21")]
    public async Task A_consent_that_was_taken_back_before_the_code_gives_no_code()
    {
        using var browser = await side.NewcomerAsync();
        var subject = await BrowserSide.SubjectAsync(browser);
        await BrowserSide.AskAsync(browser, "/consent", "web", Flows.WebRedirect);
        using var steps = side.Steps(browser);
        using var allowed = await steps.PostAsync(browser.Address, BrowserSide.Form(browser, ("decision", "allow"), ("scope", "profile")));
        await side.Server.QueryAsync(context => context.Authorizations.Where(row => row.Subject == subject).ExecuteUpdateAsync(row => row.SetProperty(r => r.Status, "revoked")));

        await browser.GoAsync(allowed.Headers.Location!.OriginalString);

        Assert.Equal("access_denied", BrowserSide.Answer(browser)["error"]);
    }

    private Task<int> StoredAsync() => side.Server.QueryAsync(context => context.AuthorizationRequests.CountAsync());
}

/// <summary>How many requests one address may leave behind.</summary>
public sealed class OpenRequestTests
{
    [Fact]
    [Trait("negative", "56")]
    public async Task An_address_has_so_many_open_requests_and_then_waits()
    {
        await using var server = await Flows.StartAsync(("AuthServer:RateLimits:OpenRequests", "3"));
        using var browser = new TestBrowser(server);
        for (var i = 0; i < 3; i++)
        {
            await BrowserSide.AskAsync(browser, "/sign-in", "web", Flows.WebRedirect);
        }

        // Another browser, and a forwarded address that nobody vouches for, are the same address.
        using var other = new TestBrowser(server);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Address, Flows.AuthorizeUrl("web", Flows.WebRedirect)));
        request.Headers.Add("X-Forwarded-For", "203.0.113.9");
        await other.SendAsync(request);
        BrowserSide.AssertDisplayed(other, HttpStatusCode.TooManyRequests);
        Assert.Equal(600, other.Response.Headers.RetryAfter!.Delta!.Value.TotalSeconds);

        // What needs no page is not capped, and what waits can be finished.
        Assert.Equal("login_required", (await BrowserSide.AnswerAsync(other, "web", Flows.WebRedirect, ("prompt", "none")))["error"]);
        await browser.SignInAsync(Flows.Email, Flows.Password);
        await browser.SubmitAsync(button: "Allow");
        Assert.Contains("code", BrowserSide.Answer(browser).Keys);

        server.Clock.Advance(TimeSpan.FromMinutes(10));
        await BrowserSide.AskAsync(other, "/sign-in", "web", Flows.WebRedirect);
    }

    [Fact]
    [Trait("negative", "56")]
    public async Task An_address_that_fails_too_often_waits()
    {
        await using var server = await Flows.StartAsync(("AuthServer:RateLimits:PerAddress", "3"));
        using var browser = new TestBrowser(server);
        for (var i = 0; i < 3; i++)
        {
            await browser.GoAsync(Flows.AuthorizeUrl("nobody", Flows.WebRedirect));
            BrowserSide.AssertDisplayed(browser);
        }

        await browser.GoAsync(Flows.AuthorizeUrl("nobody", Flows.WebRedirect));
        BrowserSide.AssertDisplayed(browser, HttpStatusCode.TooManyRequests);
        Assert.InRange(browser.Response.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 61);
        server.Clock.Advance(TimeSpan.FromMinutes(2));
        await BrowserSide.AskAsync(browser, "/sign-in", "web", Flows.WebRedirect);
    }
}
