using System.Net;
using AuthServer.Configuration;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Specs;

/// <summary>Sign-in sessions: new at each sign-in, ended for good, and theirs alone whose they are.</summary>
public sealed class SessionTests(BrowserSide side) : IClassFixture<BrowserSide>
{
    [Fact]
    [Trait("negative", "17")]
    public async Task A_session_that_was_planted_before_the_sign_in_is_not_the_one_after_it()
    {
        // The attacker's own session, put into the victim's browser.
        using var attacker = await side.NewcomerAsync();
        var planted = Cookie(attacker, "session");
        using var victim = side.Browser();
        victim.Cookies.Add(side.Server.Address, new Cookie("session", planted));
        await BrowserSide.AskAsync(victim, "/sign-in", "implicit", Flows.WebRedirect, ("prompt", "login"));

        await victim.SignInAsync(Flows.Email, Flows.Password);

        Assert.NotEqual(planted, Cookie(victim, "session"));
        var tokens = await side.TokensAsync("implicit", BrowserSide.Answer(victim)["code"]);
        var sid = Flows.Claims(tokens.GetProperty("id_token").GetString()!).GetProperty("sid").GetString();
        Assert.NotEqual(await SidAsync(attacker), sid);
        Assert.Equal(Flows.Email, (await side.UserInfoAsync(tokens)).GetProperty("email").GetString());
    }

    [Fact]
    [Trait("negative", "17")]
    public async Task Each_sign_in_has_its_own_session()
    {
        using var first = await side.SignedInAsync();
        using var second = await side.SignedInAsync();

        Assert.NotEqual(await SidAsync(first), await SidAsync(second));
    }

    /// <summary>Else signing out would leave behind whatever began before the password was typed once more.</summary>
    [Fact]
    [Trait("negative", "17")]
    public async Task The_same_person_goes_on_in_the_same_session_with_a_new_cookie()
    {
        using var browser = await side.SignedInAsync();
        var (cookie, sid) = (Cookie(browser, "session"), await SidAsync(browser));
        side.Clock.Advance(TimeSpan.FromSeconds(10));
        await BrowserSide.AskAsync(browser, "/sign-in", "implicit", Flows.WebRedirect, ("prompt", "login"));

        await browser.SignInAsync(Flows.Email, Flows.Password);

        Assert.NotEqual(cookie, Cookie(browser, "session"));
        Assert.Equal(sid, await SidAsync(browser));
    }

    [Fact]
    [Trait("negative", "17")]
    public async Task A_made_up_or_altered_cookie_is_nobody()
    {
        using var browser = await side.SignedInAsync();
        var good = Cookie(browser, "session");
        var middle = good.Length / 2;
        foreach (var value in new[] { "x", good[..^10], good + "A", good[..middle] + (good[middle] == 'A' ? 'B' : 'A') + good[(middle + 1)..], "usr_1", new string('A', 3000) })
        {
            using var forger = side.Browser();
            forger.Cookies.Add(side.Server.Address, new Cookie("session", value));

            await forger.GoAsync("/account");

            Assert.Equal("/sign-in", forger.Address.AbsolutePath);
        }
    }

    [Fact]
    public async Task A_cookie_that_was_copied_dies_when_its_owner_signs_out()
    {
        using var browser = await side.SignedInAsync();
        using var copy = side.Browser();
        copy.Cookies.Add(side.Server.Address, new Cookie("session", Cookie(browser, "session")));
        await copy.GoAsync("/account");
        BrowserSide.AssertAt(copy, "/account");

        await browser.GoAsync("/sign-out");
        await browser.SubmitAsync();

        await copy.GoAsync("/account");
        Assert.Equal("/sign-in", copy.Address.AbsolutePath);
        Assert.Equal("login_required", (await BrowserSide.AnswerAsync(copy, "implicit", Flows.WebRedirect, ("prompt", "none")))["error"]);
    }

    [Fact]
    public async Task A_session_ends_when_it_was_said_to_end_however_active_it_is()
    {
        using var browser = await side.SignedInAsync();
        var cookie = Cookie(browser, "session");
        for (var day = 1; day < 14; day++)
        {
            side.Clock.Advance(TimeSpan.FromDays(1));
            Assert.Contains("code", (await BrowserSide.AnswerAsync(browser, "implicit", Flows.WebRedirect, ("prompt", "none"))).Keys);
        }

        side.Clock.Advance(TimeSpan.FromDays(1));
        using var late = side.Browser();
        late.Cookies.Add(side.Server.Address, new Cookie("session", cookie));
        Assert.Equal("login_required", (await BrowserSide.AnswerAsync(late, "implicit", Flows.WebRedirect, ("prompt", "none")))["error"]);
    }

    [Fact]
    public async Task A_person_who_is_signed_in_is_not_asked_for_the_password_again()
    {
        using var browser = await side.SignedInAsync();

        await browser.GoAsync("/sign-in");

        BrowserSide.AssertAt(browser, "/account");
    }

    [Fact]
    [Trait("negative", "6")]
    public async Task Every_post_is_answered_with_303_so_that_no_form_goes_further()
    {
        using var browser = side.Browser();
        await BrowserSide.AskAsync(browser, "/sign-in", "systematic", Flows.WebRedirect);
        using var steps = side.Steps(browser);
        using var signedIn = await steps.PostAsync(browser.Address, BrowserSide.Form(browser, ("Email", Flows.Email), ("Password", Flows.Password)));
        Assert.Equal(HttpStatusCode.SeeOther, signedIn.StatusCode);
        Assert.StartsWith("/connect/authorize?request_id=", signedIn.Headers.Location!.OriginalString, StringComparison.Ordinal);
        using var next = await steps.GetAsync(signedIn.Headers.Location);
        Assert.Equal(HttpStatusCode.SeeOther, next.StatusCode);

        await browser.GoAsync(next.Headers.Location!.OriginalString);
        using var consented = await steps.PostAsync(browser.Address, BrowserSide.Form(browser, ("decision", "allow")));
        Assert.Equal(HttpStatusCode.SeeOther, consented.StatusCode);
        using var answered = await steps.GetAsync(consented.Headers.Location);
        Assert.Equal(HttpStatusCode.SeeOther, answered.StatusCode);
        Assert.StartsWith(Flows.WebRedirect, answered.Headers.Location!.OriginalString, StringComparison.Ordinal);

        await browser.GoAsync("/sign-out");
        using var signedOut = await steps.PostAsync("/sign-out", BrowserSide.Form(browser));
        Assert.Equal(HttpStatusCode.SeeOther, signedOut.StatusCode);
        await browser.GoAsync("/register");
        using var registered = await steps.PostAsync("/register", BrowserSide.Form(browser, ("Email", $"{Guid.NewGuid():N}@example.com"), ("Password", Flows.Password)));
        Assert.Equal(HttpStatusCode.SeeOther, registered.StatusCode);
        await browser.GoAsync("/account/password");
        using var changed = await steps.PostAsync("/account/password", BrowserSide.Form(browser, ("Present", Flows.Password), ("Wanted", "seventeen purple umbrellas sing")));
        Assert.Equal(HttpStatusCode.SeeOther, changed.StatusCode);
        using var posted = await steps.PostAsync("/connect/authorize", new FormUrlEncodedContent([new("client_id", "web"), new("redirect_uri", Flows.WebRedirect)]));
        Assert.Equal(HttpStatusCode.SeeOther, posted.StatusCode);
        using var ended = await steps.PostAsync("/connect/endsession", new FormUrlEncodedContent([new("client_id", "web")]));
        Assert.Equal(HttpStatusCode.SeeOther, ended.StatusCode);
    }

    /// <summary>What a page of another site posts comes without our cookies, since they are SameSite=Lax: the same question, asked as GET, has them.</summary>
    [Fact]
    [Trait("negative", "24")]
    public async Task A_request_that_another_site_posts_finds_the_session_and_leaves_the_other_tabs_alone()
    {
        using var browser = await side.SignedInAsync();
        await BrowserSide.AskAsync(browser, "/consent", "systematic", Flows.WebRedirect);
        var waiting = browser.Address.PathAndQuery;
        using var bare = side.Server.CreateClient();
        var url = Flows.AuthorizeUrl("implicit", Flows.WebRedirect, ("prompt", "none"));
        using var form = new StringContent(url[(url.IndexOf('?', StringComparison.Ordinal) + 1)..], System.Text.Encoding.UTF8, "application/x-www-form-urlencoded");
        using var posted = await bare.PostAsync("/connect/authorize", form);
        Assert.Equal(HttpStatusCode.SeeOther, posted.StatusCode);
        Assert.False(posted.Headers.Contains("Set-Cookie"));

        await browser.GoAsync(posted.Headers.Location!.OriginalString);

        Assert.Contains("code", BrowserSide.Answer(browser).Keys);
        await browser.GoAsync(waiting);
        BrowserSide.AssertAt(browser, "/consent");
    }

    private string Cookie(TestBrowser browser, string name) => browser.Cookies.GetCookies(side.Server.Address)[name]!.Value;

    private async Task<string> SidAsync(TestBrowser browser)
    {
        var answer = await BrowserSide.AnswerAsync(browser, "implicit", Flows.WebRedirect);
        return Flows.Claims((await side.TokensAsync("implicit", answer["code"])).GetProperty("id_token").GetString()!).GetProperty("sid").GetString()!;
    }
}

/// <summary>A person whom the configuration no longer names, and sessions that would outlive the memory of their end.</summary>
public sealed class DisabledPersonTests
{
    [Fact]
    public async Task A_session_may_not_last_longer_than_its_end_is_remembered()
    {
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => Flows.StartAsync(("AuthServer:Tokens:Session", "31.00:00:00")));

        Assert.Contains("AuthServer:Tokens:Session", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Somebody_who_was_disabled_gets_no_code_no_token_and_no_page()
    {
        await using var server = await Flows.StartAsync(BrowserSide.Settings);
        using var browser = new TestBrowser(server);
        var answer = await Flows.AuthorizeAsync(browser, "web", Flows.WebRedirect);
        using var response = await Flows.RedeemAsync(server, answer["code"]);
        var refreshToken = (await TestServer.JsonAsync(response)).GetProperty("refresh_token").GetString()!;
        var open = (await BrowserSide.AnswerAsync(browser, "web", Flows.WebRedirect))["code"];

        var without = Flows.Settings.Concat([("AuthServer:Resources:1:Url", Flows.Other)]).Where(setting => !setting.Item1.StartsWith("AuthServer:Users", StringComparison.Ordinal));
        await server.RestartAsync([.. without]);

        Assert.Equal("login_required", (await BrowserSide.AnswerAsync(browser, "web", Flows.WebRedirect, ("prompt", "none")))["error"]);
        await browser.GoAsync("/account");
        Assert.Equal("/sign-in", browser.Address.AbsolutePath);
        await browser.SignInAsync(Flows.Email, Flows.Password);
        BrowserSide.AssertAt(browser, "/sign-in");
        using var refreshed = await Flows.RefreshAsync(server, refreshToken);
        await Flows.AssertErrorAsync(refreshed, 400, "invalid_grant");
        using var redeemed = await Flows.RedeemAsync(server, open);
        await Flows.AssertErrorAsync(redeemed, 400, "invalid_grant");
    }
}
