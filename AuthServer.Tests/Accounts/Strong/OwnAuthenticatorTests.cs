using System.Net;
using AuthServer.Accounts.Strong;
using AuthServer.Configuration;
using AuthServer.Protocol.Authorize;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Accounts.Strong;

/// <summary>Setting up an authenticator app, taking it away, and what asks for it then.</summary>
public sealed class OwnAuthenticatorTests : IAsyncLifetime
{
    private MailSide _side = null!;

    private TestServer Server => _side.Server;

    public async Task InitializeAsync() => _side = await MailSide.StartAsync(("AuthServer:RateLimits:SignIn", "1000"), ("AuthServer:RateLimits:PerAddress", "1000"));

    public async Task DisposeAsync() => await _side.DisposeAsync();

    [Theory]
    [InlineData("/account/recovery-codes", "Make new codes", "The codes before these are worth nothing any more")]
    [InlineData("/account/authenticator", "Remove", "The authenticator app is removed")]
    public async Task What_is_pressed_with_an_old_sign_in_waits_for_a_new_one(string page, string button, string done)
    {
        var (newcomer, email) = await StrongSide.NewcomerAsync(Server);
        var (app, _) = await StrongSide.EnrolAsync(Server, newcomer);
        newcomer.Dispose();
        using var browser = await StrongSide.FirstStepAsync(Server, email);
        await browser.SecondStepAsync(app.Code());
        await browser.GoAsync(page);
        Server.Clock.Advance(TimeSpan.FromMinutes(6));
        await browser.SubmitAsync(button: button);
        BrowserSide.AssertAt(browser, "/sign-in");
        await browser.SignInAsync(email, Flows.Password);
        await browser.SecondStepAsync(app.Code());
        BrowserSide.AssertAt(browser, page);
        await browser.SubmitAsync(button: "Send it now");
        Assert.Contains(done, browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_open_browser_sets_nothing_up()
    {
        using var browser = (await StrongSide.NewcomerAsync(Server)).Browser;
        await browser.GoAsync("/account/authenticator");
        var app = new TestAuthenticator(browser.Page.QuerySelector(".block code")!.TextContent, Server.Clock);
        Server.Clock.Advance(TimeSpan.FromMinutes(6));

        // The form that stood open is no way either.
        await browser.SubmitAsync(new() { ["Code"] = app.Code() }, "Set up");
        Assert.Equal("/sign-in", browser.Address.AbsolutePath);
        await browser.GoAsync("/account/authenticator");
        Assert.Equal("/sign-in", browser.Address.AbsolutePath);
        Assert.Equal(0, await Server.QueryAsync(context => context.Authenticators.CountAsync()));
    }

    [Fact]
    public async Task A_wrong_code_keeps_the_key_that_was_shown()
    {
        using var browser = (await StrongSide.NewcomerAsync(Server)).Browser;
        await browser.GoAsync("/account/authenticator");
        var shown = browser.Page.QuerySelector(".block code")!.TextContent;
        var app = new TestAuthenticator(shown, Server.Clock);
        await browser.SubmitAsync(new() { ["Code"] = app.Wrong() }, "Set up");

        Assert.Contains("not the code that the app shows", browser.Text, StringComparison.Ordinal);
        Assert.Equal(shown, browser.Page.QuerySelector(".block code")!.TextContent);
        Assert.NotNull(browser.Page.QuerySelector("svg.qr[role=img]"));
        await browser.SubmitAsync(new() { ["Code"] = app.Code() }, "Set up");
        Assert.Contains("The app is set up", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task New_recovery_codes_that_are_asked_for_twice_are_one_set_that_is_good()
    {
        var (browser, email) = await StrongSide.NewcomerAsync(Server);
        using var own = browser;
        await StrongSide.EnrolAsync(Server, browser);
        await browser.GoAsync("/account/recovery-codes");
        await browser.SubmitAsync(button: "Make new codes");
        var codes = browser.Page.QuerySelector("code.codes")!.TextContent;
        await browser.AgainAsync();
        Assert.Equal(codes, browser.Page.QuerySelector("code.codes")!.TextContent);

        Server.Clock.Advance(TimeSpan.FromMinutes(2));
        await browser.AgainAsync();
        Assert.Contains("This was done already", browser.Text, StringComparison.Ordinal);
        Assert.Null(browser.Page.QuerySelector("code.codes"));
        using var elsewhere = await StrongSide.FirstStepAsync(Server, email);
        await elsewhere.SecondStepAsync(codes.Split('\n')[0]);
        Assert.Equal("/account", elsewhere.Address.AbsolutePath);
    }

    [Fact]
    public async Task A_key_of_somebody_else_sets_nothing_up()
    {
        using var one = (await StrongSide.NewcomerAsync(Server)).Browser;
        using var other = (await StrongSide.NewcomerAsync(Server)).Browser;
        await one.GoAsync("/account/authenticator");
        var app = new TestAuthenticator(one.Page.QuerySelector(".block code")!.TextContent, Server.Clock);
        var planted = one.Page.QuerySelector("input[name=Secret]")!.GetAttribute("value")!;
        await other.GoAsync("/account/authenticator");
        await other.SubmitAsync(new() { ["Code"] = app.Code(), ["Secret"] = planted }, "Set up");

        Assert.Contains("new picture", other.Text, StringComparison.Ordinal);
        Assert.Equal(0, await Server.QueryAsync(context => context.Authenticators.CountAsync()));
    }

    [Fact]
    public async Task A_second_press_adds_no_second_app()
    {
        using var browser = (await StrongSide.NewcomerAsync(Server)).Browser;
        await browser.GoAsync("/account/authenticator");
        var app = new TestAuthenticator(browser.Page.QuerySelector(".block code")!.TextContent, Server.Clock);
        var secret = browser.Page.QuerySelector("input[name=Secret]")!.GetAttribute("value")!;
        await browser.SubmitAsync(new() { ["Code"] = app.Code() }, "Set up");
        var codes = await Server.QueryAsync(context => context.RecoveryCodes.Select(row => row.Hash).OrderBy(hash => hash).ToListAsync());
        await browser.GoAsync("/account/sign-ins");
        using var again = new HttpRequestMessage(HttpMethod.Post, new Uri(Server.Address, "/account/authenticator"))
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["csrf"] = "", ["Code"] = app.Code(), ["Secret"] = secret }),
        };
        await browser.SendAsync(again);

        Assert.Equal(HttpStatusCode.BadRequest, browser.Response.StatusCode);
        Assert.Equal(codes, await Server.QueryAsync(context => context.RecoveryCodes.Select(row => row.Hash).OrderBy(hash => hash).ToListAsync()));
    }

    [Fact]
    public async Task Each_change_is_in_the_trail_and_mailed()
    {
        var (browser, email) = await StrongSide.NewcomerAsync(Server);
        using (browser)
        {
            var (_, codes) = await StrongSide.EnrolAsync(Server, browser);
            await browser.GoAsync("/account/sign-ins");
            Assert.Contains("10 are left", browser.Text, StringComparison.Ordinal);

            using var other = await StrongSide.FirstStepAsync(Server, email);
            await other.SecondStepAsync(codes[0]);

            // The session that set the app up has shown the app by that.
            await browser.GoAsync("/account/recovery-codes");
            BrowserSide.AssertAt(browser, "/account/recovery-codes");
            await browser.SubmitAsync(button: "Make new codes");
            Assert.DoesNotContain(codes[1], browser.Text, StringComparison.Ordinal);
            await browser.GoAsync("/account/authenticator");
            await browser.SubmitAsync(button: "Remove the app");
            Assert.Contains("The authenticator app is removed", browser.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("Recovery codes", browser.Text, StringComparison.Ordinal);
        }

        foreach (var (type, count) in new[] { (StrongEvents.AuthenticatorAdded, 1), (StrongEvents.RecoveryCodesMade, 2), (StrongEvents.RecoveryCodeUsed, 1), (StrongEvents.AuthenticatorRemoved, 1) })
        {
            Assert.Equal(count, (await Server.TrailAsync(type)).Count);
        }

        var mails = (await _side.ToAsync(email)).Select(mail => mail.TextBody!).ToArray();
        foreach (var said in new[] { "An authenticator app was added", "with a recovery code. 9 are left", "New recovery codes were made", "was removed" })
        {
            Assert.Contains(mails, mail => mail.Replace("\r\n", " ", StringComparison.Ordinal).Replace('\n', ' ').Contains(said, StringComparison.Ordinal));
        }

        using var plain = await StrongSide.FirstStepAsync(Server, email);
        Assert.Equal("/account", plain.Address.AbsolutePath);
    }

    [Theory]
    [InlineData("/account/password")]
    [InlineData("/account/remove")]
    [InlineData("/account/authenticator")]
    [InlineData("/account/recovery-codes")]
    public async Task Dangerous_pages_ask_for_the_app_and_lead_back(string page)
    {
        var (browser, email) = await StrongSide.NewcomerAsync(Server);
        using (browser)
        {
            var (app, _) = await StrongSide.EnrolAsync(Server, browser);
            Server.Clock.Advance(TimeSpan.FromMinutes(5));
            await browser.GoAsync(page);
            Assert.Equal("/sign-in", browser.Address.AbsolutePath);
            await browser.SignInAsync(email, Flows.Password);
            await browser.SecondStepAsync(app.Code());
            BrowserSide.AssertAt(browser, page);
            Server.Clock.Advance(TimeSpan.FromMinutes(6));
            await browser.GoAsync(page);
            Assert.Equal("/sign-in", browser.Address.AbsolutePath);
        }
    }

    [Fact]
    public async Task A_changed_password_leaves_the_sign_in_as_strong_as_it_was()
    {
        var (browser, email) = await StrongSide.NewcomerAsync(Server);
        using (browser)
        {
            var (app, _) = await StrongSide.EnrolAsync(Server, browser);
            Server.Clock.Advance(TimeSpan.FromMinutes(5));
            await browser.GoAsync("/account/password");
            await browser.SignInAsync(email, Flows.Password);
            await browser.SecondStepAsync(app.Code());
            await browser.SubmitAsync(new() { ["Present"] = Flows.Password, ["Wanted"] = MailSide.Wanted });
            Assert.Equal("/account", browser.Address.AbsolutePath);
            Server.Clock.Advance(TimeSpan.FromSeconds(1));
            await browser.GoAsync("/account/recovery-codes");
            BrowserSide.AssertAt(browser, "/account/recovery-codes");
        }
    }

    [Fact]
    public async Task An_administrator_who_has_an_app_comes_in_with_it()
    {
        var (own, email) = await StrongSide.NewcomerAsync(Server);
        using var weak = await StrongSide.FirstStepAsync(Server, email);
        using (own)
        {
            await Server.QueryAsync(async context =>
            {
                (await context.Users.SingleAsync(row => row.Email == email)).IsAdministrator = true;
                return await context.SaveChangesAsync();
            });
            await weak.GoAsync("/admin/mails");
            BrowserSide.AssertAt(weak, "/admin/mails");
            var (app, _) = await StrongSide.EnrolAsync(Server, own);
            await weak.GoAsync("/admin/mails");
            Assert.Equal("/sign-in", weak.Address.AbsolutePath);
            await weak.SignInAsync(email, Flows.Password);
            await weak.SecondStepAsync(app.Code());
            BrowserSide.AssertAt(weak, "/admin/mails");

            // To look around, it may be a while ago.
            Server.Clock.Advance(TimeSpan.FromHours(1));
            await weak.GoAsync("/admin/mails");
            BrowserSide.AssertAt(weak, "/admin/mails");
        }
    }

    [Fact]
    public async Task A_link_to_a_new_password_does_not_pass_by_the_app()
    {
        var (own, email) = await StrongSide.NewcomerAsync(Server);
        using (own)
        {
            await StrongSide.EnrolAsync(Server, own);
        }

        using var reset = await _side.ResetAsync(await _side.PasswordLinkAsync(email));
        using var browser = await _side.SignInAsync(email, MailSide.Wanted);
        Assert.Equal("/sign-in/second-step", browser.Address.AbsolutePath);
    }

    [Fact]
    public async Task Who_types_code_after_code_is_told_of_by_mail_once()
    {
        var (own, email) = await StrongSide.NewcomerAsync(Server);
        using (own)
        {
            var (app, _) = await StrongSide.EnrolAsync(Server, own);
            using var guesser = await StrongSide.FirstStepAsync(Server, email);
            for (var i = 0; i < 7; i++)
            {
                await guesser.GoAsync("/sign-in/second-step");
                await guesser.SecondStepAsync(app.Wrong());
                Server.Clock.Advance(TimeSpan.FromSeconds(i > 3 ? 61 : 1));
            }
        }

        Assert.Single(await _side.ToAsync(email), mail => mail.Subject!.Contains("knows your password", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_api_asks_for_a_code_too_and_never_takes_less()
    {
        var (own, email) = await StrongSide.NewcomerAsync(Server);
        using (own)
        {
            var (app, codes) = await StrongSide.EnrolAsync(Server, own);
            var bare = await LoginAsync(new { email, password = Flows.Password });
            bare.Is(HttpStatusCode.Unauthorized, "second_factor_required");
            (await LoginAsync(new { email, password = "not the password", code = app.Code() })).Is(HttpStatusCode.Unauthorized, "unauthenticated");
            (await LoginAsync(new { email, password = Flows.Password, code = app.Wrong() })).Is(HttpStatusCode.Unauthorized, "second_factor_wrong");
            var code = app.Code();
            var token = (await LoginAsync(new { email, password = Flows.Password, code })).Is(HttpStatusCode.OK).Json.GetProperty("token").GetString()!;
            Assert.Equal(Acr.TwoFactors, Flows.Claims(token).GetProperty("acr").GetString());
            (await LoginAsync(new { email, password = Flows.Password, code })).Is(HttpStatusCode.Unauthorized, "second_factor_wrong");
            (await LoginAsync(new { email, password = Flows.Password, code = codes[9] })).Is(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task An_operator_takes_a_lost_second_factor_away_and_every_session_with_it()
    {
        var (own, email) = await StrongSide.NewcomerAsync(Server);
        using (own)
        {
            await StrongSide.EnrolAsync(Server, own);
            var reset = Server.Services.GetRequiredService<FactorReset>();
            var why = Starting.Event(StrongEvents.FactorsReset, Server.Clock.Now);
            Assert.False(await reset.TryResetAsync("nobody@example.com", why, CancellationToken.None));
            Assert.True(await reset.TryResetAsync(email, why with { Id = why.Id + "2" }, CancellationToken.None));
            Assert.Single(await Server.TrailAsync(StrongEvents.FactorsReset));
            await own.GoAsync("/account");
            Assert.Equal("/sign-in", own.Address.AbsolutePath);
        }

        Server.Clock.Advance(TimeSpan.FromSeconds(2));
        using var browser = await StrongSide.FirstStepAsync(Server, email);
        Assert.Equal("/account", browser.Address.AbsolutePath);
        Assert.False(await Server.Services.GetRequiredService<FactorReset>().TryResetAsync(email, Starting.Event(StrongEvents.FactorsReset, Server.Clock.Now), CancellationToken.None));
    }

    private async Task<RestAnswer> LoginAsync(object body)
    {
        using var rest = new Rest(Server);
        return await rest.PostAsync("/users/login", body);
    }
}
