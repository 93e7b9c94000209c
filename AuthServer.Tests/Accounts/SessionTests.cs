using System.Net;
using AuthServer.Accounts;
using AuthServer.Http;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Accounts;

/// <summary>Sessions and their cookies (negative-tests.md 16, 17, 24).</summary>
public sealed class SessionTests : IAsyncLifetime
{
    private TestServer _server = null!;

    public async Task InitializeAsync() => _server = await Flows.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Signing_out_ends_the_session_for_whoever_kept_its_cookie()
    {
        using var browser = await SignInAsync();
        var kept = browser.Cookies.GetCookies(_server.Address)["session"]!.Value;
        await browser.GoAsync("/sign-out");
        await browser.SubmitAsync();
        Assert.Equal("/signed-out", browser.Address.AbsolutePath);
        Assert.Null(browser.Cookies.GetCookies(_server.Address)["session"]);

        using var thief = new TestBrowser(_server);
        thief.Cookies.Add(_server.Address, new Cookie("session", kept));
        await thief.GoAsync("/account");
        Assert.Equal("/sign-in", thief.Address.AbsolutePath);
        Assert.Single(await _server.TrailAsync(AuditEventTypes.UserSignedOut));
    }

    [Fact]
    public async Task A_link_cannot_sign_anybody_out()
    {
        using var browser = await SignInAsync();
        await browser.GoAsync("/sign-out");
        await browser.GoAsync("/account");

        Assert.Equal("/account", browser.Address.AbsolutePath);
    }

    [Fact]
    public async Task A_session_ends_after_its_lifetime_however_active()
    {
        using var browser = await SignInAsync();
        for (var day = 0; day < 13; day++)
        {
            _server.Clock.Advance(TimeSpan.FromDays(1));
            await browser.GoAsync("/account");
            Assert.Equal("/account", browser.Address.AbsolutePath);
        }

        _server.Clock.Advance(TimeSpan.FromDays(1.1));
        await browser.GoAsync("/account");
        Assert.Equal("/sign-in", browser.Address.AbsolutePath);
    }

    [Fact]
    public async Task The_session_of_a_disabled_person_leads_nowhere()
    {
        using var browser = await SignInAsync();
        await _server.QueryAsync(async context =>
        {
            (await context.Users.SingleAsync(user => user.Email == Flows.Email)).Disabled = true;
            return await context.SaveChangesAsync();
        });

        foreach (var page in new[] { "/account", "/account/password", "/sign-in", "/", Flows.AuthorizeUrl("web", Flows.WebRedirect, ("prompt", "consent")) })
        {
            await browser.GoAsync(page);
            Assert.Contains(browser.Address.AbsolutePath, new[] { "/sign-in", "/" });
        }
    }

    [Fact]
    public async Task Cookies_are_for_the_server_alone()
    {
        using var browser = new TestBrowser(_server);
        await browser.GoAsync("/sign-in");
        var forms = Assert.Single(browser.Response.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", forms, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", forms, StringComparison.OrdinalIgnoreCase);

        await browser.SignInAsync(Flows.Email, Flows.Password);
        var session = browser.Cookies.GetAllCookies().Single(cookie => cookie.Name == "session");
        Assert.True(session.HttpOnly);
        Assert.Equal("/", session.Path);
        Assert.True(browser.Cookies.GetAllCookies().All(cookie => cookie.HttpOnly));
        Assert.True(browser.Cookies.GetAllCookies().Sum(cookie => cookie.Name.Length + cookie.Value.Length) < 4096);
    }

    [Fact]
    public void Cookies_of_an_https_issuer_are_bound_to_its_host_and_to_https()
    {
        var cookie = CookieRules.For(new IssuerUri("https://auth.example"), "session").Build(new DefaultHttpContext());

        Assert.True(cookie.Secure);
        Assert.Equal("/", cookie.Path);
        Assert.Null(cookie.Domain);
        Assert.Equal("__Host-session", CookieRules.NameOf(new IssuerUri("https://auth.example"), "session"));
    }

    private async Task<TestBrowser> SignInAsync()
    {
        var browser = new TestBrowser(_server);
        await browser.GoAsync("/sign-in");
        await browser.SignInAsync(Flows.Email, Flows.Password);
        return browser;
    }
}
