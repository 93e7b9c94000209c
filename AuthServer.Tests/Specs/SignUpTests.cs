using System.Net;
using AuthServer.Accounts;
using AuthServer.Configuration;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Specs;

/// <summary>Who may make an account: everybody, whoever is invited, nobody.</summary>
public sealed class SignUpTests
{
    private const string Sentence = "seventeen purple umbrellas sing";

    [Fact]
    public async Task Open_takes_everybody_and_a_request_goes_on_afterwards()
    {
        await using var server = await Flows.StartAsync();
        using var browser = new TestBrowser(server);
        await BrowserSide.AskAsync(browser, "/sign-in", "web", Flows.WebRedirect);
        await browser.GoAsync(browser.Page.QuerySelector("a[href^='/register']")!.GetAttribute("href")!);

        await RegisterAsync(browser, "new@example.com");

        BrowserSide.AssertAt(browser, "/consent");
        Assert.Equal("open", Assert.Single(await server.TrailAsync("user.registered")).Reason);
        Assert.False((await UserAsync(server, "new@example.com"))!.IsAdministrator);
        Assert.False((await UserAsync(server, "new@example.com"))!.EmailConfirmed);
    }

    [Fact]
    public async Task Open_refuses_bad_addresses_names_and_passwords_and_keeps_the_form()
    {
        await using var server = await Flows.StartAsync();
        foreach (var (email, name, password) in new[]
        {
            ("no-address", "N", Sentence), ("a@b@c.example", "N", Sentence), ("", "N", Sentence), ("two\u200Bfaced@example.com", "N", Sentence), (new string('a', 260) + "@example.com", "N", Sentence),
            ("ok@example.com", new string('n', 201), Sentence), ("ok@example.com", "N", "short"), ("ok@example.com", "N", "passwordpassword"), ("ok@example.com", "N", "ok@example.com"), ("ok@example.com", "N", new string('x', 600)),
        })
        {
            using var browser = new TestBrowser(server);
            await browser.GoAsync("/register");
            await browser.SubmitAsync(new() { ["Email"] = email, ["Name"] = name, ["Password"] = password });

            BrowserSide.AssertAt(browser, "/register");
            Assert.NotNull(browser.Page.QuerySelector(".fault"));
            Assert.Equal(name, browser.Page.QuerySelector("#name")!.GetAttribute("value"));
            Assert.True(string.IsNullOrEmpty(browser.Page.QuerySelector("#password")!.GetAttribute("value")));
        }

        Assert.Null(await UserAsync(server, "ok@example.com"));
    }

    [Fact]
    public async Task Nobody_becomes_more_than_a_person_by_what_the_form_says()
    {
        await using var server = await Flows.StartAsync();
        using var browser = new TestBrowser(server);
        await browser.GoAsync("/register");
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Address, "/register"))
        {
            Content = BrowserSide.Form(browser, ("Email", "eve@example.com"), ("Password", Sentence), ("IsAdministrator", "true"), ("EmailConfirmed", "true"),
                ("User.IsAdministrator", "true"), ("Id", "usr_chosen"), ("Answer.Allowed", "true"), ("Source", "configuration"), ("Invitation", "x")),
        };

        await browser.SendAsync(request);

        var user = await UserAsync(server, "eve@example.com");
        Assert.False(user!.IsAdministrator);
        Assert.False(user.EmailConfirmed);
        Assert.Null(user.Source);
        Assert.NotEqual("usr_chosen", user.Id);
    }

    [Fact]
    public async Task Closed_takes_nobody_invited_or_not()
    {
        await using var server = await Flows.StartAsync(("AuthServer:SignUp:People", "closed"));
        using var browser = new TestBrowser(server);
        foreach (var address in new[] { "/register", Invite(server, null), Invite(server, "new@example.com") })
        {
            await browser.GoAsync(address);
            Assert.Empty(browser.Page.Forms);
            using var response = await ForceAsync(server, browser, address, "new@example.com");
            Assert.Null(response.Headers.Location);
        }

        await browser.GoAsync("/sign-in");
        Assert.Null(browser.Page.QuerySelector("a[href^='/register']"));
        Assert.Null(await UserAsync(server, "new@example.com"));
    }

    [Fact]
    public async Task Invite_takes_whoever_has_a_good_invitation_once()
    {
        await using var server = await Flows.StartAsync(("AuthServer:SignUp:People", "invite"));
        using var browser = new TestBrowser(server);
        await browser.GoAsync("/register");
        Assert.Empty(browser.Page.Forms);
        using (var forced = await ForceAsync(server, browser, "/register", "eve@example.com"))
        {
            Assert.Null(forced.Headers.Location);
        }

        var link = Invite(server, null);
        await browser.GoAsync(link);
        await RegisterAsync(browser, "new@example.com");
        BrowserSide.AssertAt(browser, "/account");

        using var second = new TestBrowser(server);
        await second.GoAsync(link);
        Assert.Contains("not good any more", second.Text, StringComparison.Ordinal);
        using (var forced = await ForceAsync(server, second, link, "second@example.com"))
        {
            Assert.Null(forced.Headers.Location);
        }

        Assert.Null(await UserAsync(server, "second@example.com"));
        Assert.Null(await UserAsync(server, "eve@example.com"));
        Assert.Equal("invitation", Assert.Single(await server.TrailAsync("user.registered")).Reason);
    }

    [Fact]
    public async Task An_invitation_is_for_its_address_cannot_be_altered_and_expires()
    {
        await using var server = await Flows.StartAsync(("AuthServer:SignUp:People", "invite"));
        using var browser = new TestBrowser(server);
        var link = Invite(server, "invited@example.com");
        foreach (var bad in new[] { link[..^4], link + "AAAA", link[..^9] + (link[^9] == 'A' ? 'B' : 'A') + link[^8..], "/register?invitation=x", "/register?invitation=" + new string('x', 3000) })
        {
            await browser.GoAsync(bad);
            Assert.Empty(browser.Page.Forms);
        }

        await browser.GoAsync(link);
        await RegisterAsync(browser, "somebody-else@example.com");
        Assert.Null(await UserAsync(server, "somebody-else@example.com"));
        Assert.NotNull(await UserAsync(server, "invited@example.com"));

        var late = Invite(server, null);
        server.Clock.Advance(TimeSpan.FromDays(7));
        using var stranger = new TestBrowser(server);
        await stranger.GoAsync(late);
        Assert.Contains("not good any more", stranger.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_invitation_used_by_many_at_once_makes_one_account()
    {
        await using var server = await Flows.StartAsync(("AuthServer:SignUp:People", "invite"));
        var link = Invite(server, null);
        var browsers = Enumerable.Range(0, 4).Select(_ => new TestBrowser(server)).ToArray();
        await Task.WhenAll(browsers.Select(browser => browser.GoAsync(link)));

        await Task.WhenAll(browsers.Select((browser, i) => RegisterAsync(browser, $"racer{i}@example.com")));

        Assert.Single(browsers, browser => browser.Address.AbsolutePath == "/account");
        Assert.Single(await server.TrailAsync("user.registered"));
        Array.ForEach(browsers, browser => browser.Dispose());
    }

    [Fact]
    public async Task The_set_up_link_makes_the_administrator_and_opens_nothing_afterwards()
    {
        await using var server = await TestServer.StartAsync(("AuthServer:SignUp:People", "closed"));
        var link = server.Services.GetRequiredService<FirstStart>().SetUpLink!;
        Assert.StartsWith(server.Issuer + "/setup?invitation=", link, StringComparison.Ordinal);
        using var browser = new TestBrowser(server);
        await browser.GoAsync(link.Replace("/setup", "/register", StringComparison.Ordinal));
        BrowserSide.AssertAt(browser, "/setup");
        await browser.SubmitAsync(new() { ["Email"] = "root@example.com", ["Password"] = Sentence, ["by"] = "password" });

        Assert.True((await UserAsync(server, "root@example.com"))!.IsAdministrator);
        using var second = new TestBrowser(server);
        await second.GoAsync(link);
        Assert.Empty(second.Page.Forms);
        using var response = await ForceAsync(server, second, new Uri(link).PathAndQuery.Replace("/setup", "/register", StringComparison.Ordinal), "second@example.com");
        Assert.Null(response.Headers.Location);
        Assert.Null(await UserAsync(server, "second@example.com"));
    }

    private static Task RegisterAsync(TestBrowser browser, string email) =>
        browser.SubmitAsync(new() { ["Email"] = email, ["Name"] = "Some One", ["Password"] = Sentence });

    /// <summary>Sends the form although the page shows none, with a token from one that does.</summary>
    private static async Task<HttpResponseMessage> ForceAsync(TestServer server, TestBrowser browser, string address, string email)
    {
        await browser.GoAsync("/sign-in");
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = browser.Cookies }) { BaseAddress = server.Address };
        var response = await http.PostAsync(address, BrowserSide.Form(browser, ("Email", email), ("Password", Sentence)));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return response;
    }

    private static string Invite(TestServer server, string? email) => server.Services.GetRequiredService<Invitations>().Create(email, administrator: false);

    private static Task<User?> UserAsync(TestServer server, string email) =>
        server.QueryAsync(context => context.Users.AsNoTracking().SingleOrDefaultAsync(user => user.Email == email));
}
