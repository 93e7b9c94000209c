using System.Net;
using AuthServer.Accounts;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Accounts;

public sealed class RegistrationTests
{
    private const string Good = "another good passphrase here";

    [Fact]
    public async Task Where_registration_is_open_anybody_makes_an_account_and_is_signed_in()
    {
        await using var server = await Flows.StartAsync();
        using var browser = await RegisterAsync(server, "/register", "grace@example.com", "Grace Hopper", Good);

        Assert.Equal("/account", browser.Address.AbsolutePath);
        Assert.Contains("Grace Hopper", browser.Text, StringComparison.Ordinal);
        var user = await UserAsync(server, "grace@example.com");
        Assert.StartsWith("usr_", user!.Id, StringComparison.Ordinal);
        Assert.False(user.IsAdministrator);
        Assert.False(user.EmailConfirmed);
        Assert.Equal(user.Id, Assert.Single(await server.TrailAsync(AuditEventTypes.UserRegistered)).Subject);
        Assert.DoesNotContain(server.Logs.All, line => line.Contains("grace@example.com", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Who_presses_twice_on_a_slow_line_has_one_account_and_is_signed_in()
    {
        await using var server = await Flows.StartAsync(("AuthServer:SignUp:People", "Open"));
        using var browser = await RegisterAsync(server, "/register", "grace@example.com", "Grace", Good);

        // The browser gave up on the first answer, and never had its cookies.
        foreach (System.Net.Cookie cookie in browser.Cookies.GetCookies(server.Address))
        {
            cookie.Expired |= cookie.Name.Contains("session", StringComparison.Ordinal);
        }

        await browser.AgainAsync();
        Assert.Equal("/account", browser.Address.AbsolutePath);
        Assert.Contains("grace@example.com", browser.Text, StringComparison.Ordinal);

        // The same form from a browser that is signed in already is told apart from one that is out of date.
        await browser.AgainAsync();
        Assert.Contains("This was done already", browser.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ada@example.com")]
    [InlineData("ADA@EXAMPLE.COM")]
    public async Task An_address_that_has_an_account_gets_no_second_one(string email)
    {
        await using var server = await Flows.StartAsync();
        using var browser = await RegisterAsync(server, "/register", email, "Somebody Else", Good);

        Assert.Contains("An account with this address cannot be made here.", browser.Text, StringComparison.Ordinal);
        Assert.Equal("Ada Lovelace", (await UserAsync(server, "ada@example.com"))!.Name);
        Assert.Empty(await server.TrailAsync(AuditEventTypes.UserRegistered));
    }

    [Fact]
    public async Task Many_at_once_make_one_account()
    {
        await using var server = await Flows.StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 6).Select(async i =>
        {
            using var browser = await RegisterAsync(server, "/register", "grace@example.com", "Grace", Good);
            Assert.Equal(HttpStatusCode.OK, browser.Response.StatusCode);
        }));

        Assert.Equal(1, await server.QueryAsync(context => context.Users.CountAsync(user => user.Email == "grace@example.com")));
        Assert.Single(await server.TrailAsync(AuditEventTypes.UserRegistered));
    }

    [Theory]
    [InlineData("no address", "", Good, "Enter an e-mail address")]
    [InlineData("grace@example.com", "", "short", "at least 12 characters")]
    [InlineData("grace@example.com", "Grace Hopper", "GraceHopper1906", "too easy to guess")]
    [InlineData("grace@example.com", "two\nlines", Good, "on one line")]
    public async Task What_is_wrong_is_said_and_what_was_typed_is_kept(string email, string name, string password, string says)
    {
        await using var server = await Flows.StartAsync();
        using var browser = await RegisterAsync(server, "/register", email, name, password);

        Assert.Contains(says, browser.Text, StringComparison.Ordinal);
        Assert.Equal(email, browser.Page.QuerySelector("#email")!.GetAttribute("value"));
        Assert.Null(browser.Page.QuerySelector("#password")!.GetAttribute("value"));
        Assert.Null(await UserAsync(server, email));
    }

    [Theory]
    [InlineData("Invite")]
    [InlineData("Closed")]
    public async Task Where_it_is_not_open_there_is_no_form_and_no_way_around_it(string mode)
    {
        await using var server = await Flows.StartAsync(("AuthServer:SignUp:People", mode));
        using var browser = new TestBrowser(server);
        await browser.GoAsync("/register");
        Assert.Empty(browser.Page.Forms);

        // The form of another page carries a good anti-forgery token.
        await browser.GoAsync("/sign-in");
        browser.Page.Forms[0].SetAttribute("action", "/register");
        await browser.SubmitAsync(new() { ["Email"] = "grace@example.com", ["Password"] = Good });

        Assert.Null(await UserAsync(server, "grace@example.com"));
        Assert.Contains("by invitation", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_invitation_makes_one_account_for_its_address()
    {
        await using var server = await Flows.StartAsync(("AuthServer:SignUp:People", "Invite"));
        var link = Invite(server, "grace@example.com");
        using var first = await RegisterAsync(server, link, "mallory@example.com", "Grace", Good);
        using var second = await RegisterAsync(server, Invite(server, null), "alan@example.com", "Alan", Good);

        Assert.Equal("/account", first.Address.AbsolutePath);
        Assert.NotNull(await UserAsync(server, "grace@example.com"));
        Assert.Null(await UserAsync(server, "mallory@example.com"));
        Assert.NotNull(await UserAsync(server, "alan@example.com"));
    }

    [Fact]
    public async Task An_invitation_works_once()
    {
        await using var server = await Flows.StartAsync(("AuthServer:SignUp:People", "Invite"));
        var link = Invite(server, null);
        using var second = new TestBrowser(server);
        await second.GoAsync(link);
        using var first = await RegisterAsync(server, link, "grace@example.com", "Grace", Good);
        await second.SubmitAsync(new() { ["Email"] = "alan@example.com", ["Name"] = "Alan", ["Password"] = Good });
        Assert.Contains("not good any more", second.Text, StringComparison.Ordinal);
        Assert.Null(await UserAsync(server, "alan@example.com"));

        // Who comes later is told before they fill anything in.
        await second.GoAsync(link);
        Assert.Contains("not good any more", second.Text, StringComparison.Ordinal);
        Assert.Empty(second.Page.Forms);
    }

    [Fact]
    public async Task An_invitation_ends_after_seven_days()
    {
        await using var server = await Flows.StartAsync(("AuthServer:SignUp:People", "Invite"));
        var link = Invite(server, null);
        server.Clock.Advance(TimeSpan.FromDays(7));
        using var browser = new TestBrowser(server);
        await browser.GoAsync(link);

        Assert.Contains("not good any more", browser.Text, StringComparison.Ordinal);
        Assert.Empty(browser.Page.Forms);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("")]
    [InlineData("CfDJ8AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task A_made_up_invitation_opens_nothing(string token)
    {
        await using var server = await Flows.StartAsync(("AuthServer:SignUp:People", "Invite"));
        using var browser = new TestBrowser(server);
        await browser.GoAsync("/register?invitation=" + token);

        Assert.Empty(browser.Page.Forms);
    }

    [Fact]
    public async Task The_set_up_link_makes_the_administrator_and_only_while_nobody_is_one()
    {
        await using var server = await TestServer.StartAsync(("AuthServer:SignUp:People", "Closed"));
        var invitations = server.Services.GetRequiredService<Invitations>();
        var (link, other) = (invitations.Create(null, administrator: true), invitations.Create(null, administrator: true));
        using var first = await RegisterAsync(server, link, "root@example.com", "Root", Good);
        using var second = new TestBrowser(server);
        await second.GoAsync(other);

        Assert.True((await UserAsync(server, "root@example.com"))!.IsAdministrator);
        Assert.Empty(second.Page.Forms);
    }

    [Fact]
    public async Task One_address_cannot_make_accounts_without_end()
    {
        await using var server = await Flows.StartAsync(("AuthServer:RateLimits:PerAddress", "2"));
        using var first = await RegisterAsync(server, "/register", "a@example.com", "", Good);
        using var second = await RegisterAsync(server, "/register", "b@example.com", "", Good);
        using var third = await RegisterAsync(server, "/register", "c@example.com", "", Good);

        Assert.Equal(HttpStatusCode.TooManyRequests, third.Response.StatusCode);
        Assert.NotNull(third.Response.Headers.RetryAfter);
        Assert.Equal("c@example.com", third.Page.QuerySelector("#email")!.GetAttribute("value"));
    }

    private static string Invite(TestServer server, string? email) =>
        server.Services.GetRequiredService<Invitations>().Create(email, administrator: false);

    private static async Task<TestBrowser> RegisterAsync(TestServer server, string link, string email, string name, string password)
    {
        var browser = new TestBrowser(server);
        await browser.GoAsync(link);
        if (browser.Page.Forms.Length > 0)
        {
            await browser.SubmitAsync(new() { ["Email"] = email, ["Name"] = name, ["Password"] = password, ["by"] = "password" });
        }

        return browser;
    }

    private static Task<User?> UserAsync(TestServer server, string email) =>
        server.QueryAsync(context => context.Users.AsNoTracking().FirstOrDefaultAsync(user => user.Email == email));
}
