using System.Net;
using AuthServer.Accounts.Strong;
using AuthServer.Protocol.Authorize;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Accounts.Strong;

/// <summary>Signing in with a password and a second factor, and what an attacker who knows the password can do.</summary>
public sealed class SecondStepTests : IAsyncLifetime
{
    private TestServer _server = null!;

    public async Task InitializeAsync() => _server = await Flows.StartAsync(("AuthServer:RateLimits:SignIn", "1000"), ("AuthServer:RateLimits:PerAddress", "1000"));

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_code_after_the_password_signs_in_and_tokens_say_so()
    {
        var (email, app, _) = await EnrolledAsync();
        using var browser = await StrongSide.FirstStepAsync(_server, email, Flows.AuthorizeUrl("web", Flows.WebRedirect));
        Assert.Empty(Cookie(browser, "session"));
        await browser.SecondStepAsync(app.Code());
        BrowserSide.AssertAt(browser, "/consent");
        await browser.SubmitAsync(button: "Allow");
        using var redeemed = await Flows.RedeemAsync(_server, BrowserSide.Answer(browser)["code"]);
        var tokens = await TestServer.JsonAsync(redeemed);
        var id = Flows.Claims(tokens.GetProperty("id_token").GetString()!);

        Assert.Equal(Acr.TwoFactors, id.GetProperty("acr").GetString());
        Assert.Equal(["pwd", "otp", "mfa"], id.GetProperty("amr").EnumerateArray().Select(method => method.GetString()!));
        Assert.Equal(Acr.TwoFactors, Flows.Claims(tokens.GetProperty("access_token").GetString()!).GetProperty("acr").GetString());
        Assert.Equal("password+code", await StrongSide.LastReasonAsync(_server, email));
        var session = await _server.QueryAsync(context => context.Sessions.OrderByDescending(row => row.Id).FirstAsync());
        Assert.Equal((Acr.TwoFactors, "pwd otp mfa"), (session.Acr, session.Amr));
    }

    [Fact]
    public async Task Each_code_works_once_and_no_earlier_one_after_it()
    {
        var (email, app, _) = await EnrolledAsync();
        using var first = await StrongSide.FirstStepAsync(_server, email);
        await first.SecondStepAsync(app.Code());
        Assert.Equal("/account", first.Address.AbsolutePath);
        await first.GoAsync("/sign-in/second-step");
        Assert.Contains("This sign-in was finished before", first.Text, StringComparison.Ordinal);

        foreach (var code in new[] { app.Code(), app.Code(-1) })
        {
            using var again = await StrongSide.FirstStepAsync(_server, email);
            await again.SecondStepAsync(code);
            Assert.Equal("/sign-in/second-step", again.Address.AbsolutePath);
            Assert.Contains("wrong, or was used before", again.Text, StringComparison.Ordinal);
        }

        Assert.Equal("code", await StrongSide.LastReasonAsync(_server, email));
    }

    [Fact]
    public async Task The_code_that_set_the_app_up_does_not_sign_in()
    {
        var (own, email) = await StrongSide.NewcomerAsync(_server);
        await own.GoAsync("/account/authenticator");
        var app = new TestAuthenticator(own.Page.QuerySelector(".block code")!.TextContent, _server.Clock);
        var code = app.Code();
        await own.SubmitAsync(new() { ["Code"] = code }, "Set up");
        using var browser = await StrongSide.FirstStepAsync(_server, email);
        await browser.SecondStepAsync(code);

        Assert.Equal("/sign-in/second-step", browser.Address.AbsolutePath);
    }

    [Fact]
    public async Task The_address_of_the_second_step_leads_nowhere_by_itself()
    {
        var (email, app, _) = await EnrolledAsync();
        using var stranger = new TestBrowser(_server);
        await stranger.GoAsync("/sign-in/second-step");
        Assert.Contains("Nobody is signed in", stranger.Text, StringComparison.Ordinal);

        // After the first step every other address still asks for a sign-in.
        using var half = await StrongSide.FirstStepAsync(_server, email);
        await half.GoAsync("/account");
        Assert.Equal("/sign-in", half.Address.AbsolutePath);
        await half.GoAsync("/account/authenticator");
        Assert.Equal("/sign-in", half.Address.AbsolutePath);

        // And the note of the first step is good in the browser that did it only.
        await half.GoAsync("/sign-in/second-step");
        using var sent = new HttpRequestMessage(HttpMethod.Post, new Uri(_server.Address, "/sign-in/second-step")) { Content = BrowserSide.Form(half, ("Code", app.Code())) };
        await stranger.SendAsync(sent);
        Assert.Equal(HttpStatusCode.BadRequest, stranger.Response.StatusCode);
    }

    [Fact]
    public async Task A_note_of_the_first_step_is_used_up_by_the_sign_in()
    {
        var (email, app, _) = await EnrolledAsync();
        using var browser = await StrongSide.FirstStepAsync(_server, email);
        var note = Assert.Single(Cookie(browser, "second-step"));
        await browser.SecondStepAsync(app.Code());
        Assert.Empty(Cookie(browser, "second-step"));
        using var thief = new TestBrowser(_server);
        thief.Cookies.Add(_server.Address, new Cookie("second-step", note));
        await thief.GoAsync("/sign-in/second-step");

        Assert.Contains("This sign-in was finished before", thief.Text, StringComparison.Ordinal);
        Assert.Empty(thief.Page.QuerySelectorAll("main form"));
        await thief.GoAsync("/account");
        Assert.Equal("/sign-in", thief.Address.AbsolutePath);
    }

    [Fact]
    public async Task A_note_ends_after_ten_minutes_and_with_the_password()
    {
        var (email, _, _) = await EnrolledAsync();
        using var slow = await StrongSide.FirstStepAsync(_server, email);
        _server.Clock.Advance(TimeSpan.FromMinutes(10));
        await slow.GoAsync("/sign-in/second-step");
        Assert.Contains("waited too long", slow.Text, StringComparison.Ordinal);

        using var old = await StrongSide.FirstStepAsync(_server, email);
        await _server.QueryAsync(async context =>
        {
            (await context.Users.SingleAsync(row => row.Email == email)).SecurityStamp = Guid.NewGuid().ToString();
            return await context.SaveChangesAsync();
        });
        await old.GoAsync("/sign-in/second-step");
        Assert.Contains("waited too long", old.Text, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("negative", "56")]
    public async Task Guessing_is_slowed_down_for_everybody_and_a_recovery_code_is_not()
    {
        var (email, app, codes) = await EnrolledAsync();
        for (var i = 0; i < 5; i++)
        {
            using var guesser = await StrongSide.FirstStepAsync(_server, email);
            await guesser.SecondStepAsync(app.Wrong());
        }

        // Not even the right code is looked at, from wherever it comes.
        using var waiting = await StrongSide.FirstStepAsync(_server, email);
        await waiting.SecondStepAsync(app.Code());
        Assert.Equal(HttpStatusCode.TooManyRequests, waiting.Response.StatusCode);
        Assert.NotNull(waiting.Response.Headers.RetryAfter);

        using var owner = await StrongSide.FirstStepAsync(_server, email);
        await owner.SecondStepAsync(codes[3]);
        Assert.Equal("/account", owner.Address.AbsolutePath);

        // The waits double, and end with a right code.
        _server.Clock.Advance(TimeSpan.FromSeconds(30));
        using var again = await StrongSide.FirstStepAsync(_server, email);
        await again.SecondStepAsync(app.Wrong());
        _server.Clock.Advance(TimeSpan.FromSeconds(31));
        using var early = await StrongSide.FirstStepAsync(_server, email);
        await early.SecondStepAsync(app.Code());
        Assert.Equal(HttpStatusCode.TooManyRequests, early.Response.StatusCode);
        _server.Clock.Advance(TimeSpan.FromSeconds(30));
        using var late = await StrongSide.FirstStepAsync(_server, email);
        await late.SecondStepAsync(app.Code());
        Assert.Equal("/account", late.Address.AbsolutePath);
    }

    [Fact]
    public async Task A_recovery_code_works_once_however_it_is_written()
    {
        var (email, _, codes) = await EnrolledAsync();
        using var first = await StrongSide.FirstStepAsync(_server, email);
        await first.SecondStepAsync(codes[0]);
        Assert.Equal("/account", first.Address.AbsolutePath);
        using var browser = await StrongSide.FirstStepAsync(_server, email);
        await browser.SecondStepAsync(codes[0]);
        Assert.Equal("/sign-in/second-step", browser.Address.AbsolutePath);
        _server.Clock.Advance(TimeSpan.FromMilliseconds(5));
        await browser.SecondStepAsync(codes[1].ToUpperInvariant().Replace("-", " ", StringComparison.Ordinal));
        Assert.Equal("/account", browser.Address.AbsolutePath);
        Assert.Equal("password+recovery_code", await StrongSide.LastReasonAsync(_server, email));
    }

    [Fact]
    public async Task A_client_that_wishes_for_two_factors_gets_them_from_who_has_them()
    {
        var (own, email) = await StrongSide.NewcomerAsync(_server);
        using (own)
        {
            // Another session, of before, has shown a password only.
            using var weak = await StrongSide.FirstStepAsync(_server, email);
            var (app, _) = await StrongSide.EnrolAsync(_server, own);
            await weak.GoAsync(Flows.AuthorizeUrl("web", Flows.WebRedirect, ("acr_values", Acr.TwoFactors)));
            await weak.SignInAsync(email, Flows.Password);
            await weak.SecondStepAsync(app.Code());
            BrowserSide.AssertAt(weak, "/consent");
            await weak.SubmitAsync(button: "Allow");
            using var redeemed = await Flows.RedeemAsync(_server, BrowserSide.Answer(weak)["code"]);
            Assert.Equal(Acr.TwoFactors, Flows.Claims((await TestServer.JsonAsync(redeemed)).GetProperty("id_token").GetString()!).GetProperty("acr").GetString());
        }
    }

    [Fact]
    public async Task Codes_are_stored_as_nothing_that_signs_in()
    {
        var (_, _, codes) = await EnrolledAsync();
        var stored = await _server.QueryAsync(async context => string.Join(' ', (await context.RecoveryCodes.Select(row => row.Hash).ToListAsync()).Concat(await context.Authenticators.Select(row => row.Secret).ToListAsync())));

        Assert.All(codes, code => Assert.DoesNotContain(RecoveryCodes.Read(code)!, stored, StringComparison.OrdinalIgnoreCase));
    }

    private async Task<(string Email, TestAuthenticator App, string[] Codes)> EnrolledAsync()
    {
        var (browser, email) = await StrongSide.NewcomerAsync(_server);
        using (browser)
        {
            var (app, codes) = await StrongSide.EnrolAsync(_server, browser);
            return (email, app, codes);
        }
    }

    private IEnumerable<string> Cookie(TestBrowser browser, string name) =>
        browser.Cookies.GetCookies(_server.Address).Where(cookie => cookie.Name == name && cookie.Value.Length > 0).Select(cookie => cookie.Value);
}
