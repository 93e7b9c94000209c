using AuthServer.Protocol.State;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Support;

/// <summary>People who set up second factors, in browsers without scripts.</summary>
public static class StrongSide
{
    /// <summary>Somebody new, signed in.</summary>
    public static async Task<(TestBrowser Browser, string Email)> NewcomerAsync(TestServer server)
    {
        var (browser, email) = (new TestBrowser(server), $"{Guid.NewGuid():N}@example.com");
        await browser.GoAsync("/register");
        await browser.SubmitAsync(new() { ["Email"] = email, ["Name"] = "New Comer", ["Password"] = Flows.Password });
        Assert.Equal("/account", browser.Address.AbsolutePath);
        return (browser, email);
    }

    /// <summary>Sets an app up in a browser whose person has just signed in: the app, and the recovery codes.</summary>
    public static async Task<(TestAuthenticator App, string[] Codes)> EnrolAsync(TestServer server, TestBrowser browser)
    {
        await browser.GoAsync("/account/authenticator");
        BrowserSide.AssertAt(browser, "/account/authenticator");
        var app = new TestAuthenticator(browser.Page.QuerySelector(".block code")!.TextContent, server.Clock);
        await browser.SubmitAsync(new() { ["Code"] = app.Code() }, "Set up");
        Assert.Contains("The app is set up", browser.Text, StringComparison.Ordinal);
        string[] codes = browser.Page.QuerySelector("code.codes")!.TextContent.Split('\n');

        // The code that set it up is used up.
        server.Clock.Advance(TimeSpan.FromSeconds(60));
        return (app, codes);
    }

    /// <summary>The first step, in a new browser.</summary>
    public static async Task<TestBrowser> FirstStepAsync(TestServer server, string email, string? at = null)
    {
        // Of two events of one moment the trail does not say which was first.
        server.Clock.Advance(TimeSpan.FromMilliseconds(5));
        var browser = new TestBrowser(server);
        await browser.GoAsync(at ?? "/sign-in");
        await browser.SignInAsync(email, Flows.Password);
        return browser;
    }

    public static async Task SecondStepAsync(this TestBrowser browser, string code)
    {
        BrowserSide.AssertAt(browser, "/sign-in/second-step");
        await browser.SubmitAsync(new() { ["Code"] = code });
    }

    public static async Task<string?> LastReasonAsync(TestServer server, string email) => await server.QueryAsync(async context =>
    {
        var user = await context.Users.SingleAsync(row => row.Email == email);
        return await context.AuditEvents.Where(row => row.Subject == user.Id && (row.Type == AuditEventTypes.UserSignInRefused || row.Type == AuditEventTypes.UserSignedIn))
            .OrderByDescending(row => row.Id).Select(row => row.Reason).FirstOrDefaultAsync();
    });
}
