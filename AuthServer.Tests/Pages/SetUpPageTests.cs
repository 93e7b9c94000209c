using System.Net;
using System.Text.Json;
using AuthServer.Accounts;
using AuthServer.Configuration;
using AuthServer.SetUp;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Pages;

/// <summary>From the printed link to the first token, and what others make of that link.</summary>
public sealed class SetUpPageTests
{
    private const string Root = "root@example.com";
    private const string Sentence = "seventeen purple umbrellas sing";

    private static readonly (string Key, string Value)[] Strict =
        [("AuthServer:SignUp:People", "invite"), ("AuthServer:SignUp:Developers", "invite"), ("AuthServer:SignUp:Agents", "invite")];

    [Fact]
    public async Task The_link_leads_to_a_token_and_then_the_page_is_gone()
    {
        await using var server = await TestServer.StartAsync(Strict);
        using var browser = await AdministratorAsync(server);
        BrowserSide.AssertAt(browser, "/setup");
        Assert.Contains("What is it called?", browser.Text, StringComparison.Ordinal);
        await browser.GoAsync("/");
        Assert.Contains("Make the first organization", browser.Text, StringComparison.Ordinal);

        await browser.GoAsync("/setup");
        await browser.SubmitAsync(new() { ["Name"] = "" }, "Make the organization");
        Assert.NotNull(browser.Page.QuerySelector("#name-fault"));
        await browser.SubmitAsync(new() { ["Name"] = "Acme <script>" }, "Make the organization");
        BrowserSide.AssertAt(browser, "/setup");
        await browser.GoAsync("/");
        Assert.DoesNotContain("Make the first organization", browser.Text, StringComparison.Ordinal);

        await browser.GoAsync("/setup");
        await browser.SubmitAsync(new() { ["Name"] = "" }, "Make the agent");
        Assert.NotNull(browser.Page.QuerySelector("#name-fault"));
        await browser.SubmitAsync(new() { ["Name"] = "Mail <b>sorter</b>" }, "Make the agent");
        Assert.Contains("Tick at least one", browser.Page.QuerySelector("#scopes-fault")!.TextContent, StringComparison.Ordinal);
        Assert.Empty(await server.QueryAsync(context => context.Agents.ToListAsync()));
        HttpRequestMessage Press() => new(HttpMethod.Post, new Uri(server.Address, "/setup?handler=Agent"))
        {
            Content = BrowserSide.Form(browser, ("Name", "Mail <b>sorter</b>"), ("Scopes", "profile:read")),
        };
        var (once, twice) = (Press(), Press());
        await browser.SendAsync(once);
        var shown = browser.Page.QuerySelector("#got-by")!.TextContent;
        await browser.SendAsync(twice);
        Assert.Equal(shown, browser.Page.QuerySelector("#got-by")!.TextContent);
        Assert.Equal(HttpStatusCode.OK, browser.Response.StatusCode);
        Assert.Single(await server.QueryAsync(context => context.Agents.ToListAsync()));

        var token = browser.Page.QuerySelector("#token")!.TextContent;
        Assert.Equal(Root, Assert.Single(await server.QueryAsync(context => context.Users.ToListAsync())).Email);
        Assert.Contains("Mail <b>sorter</b>", browser.Page.QuerySelector("h1")!.TextContent, StringComparison.Ordinal);
        var answer = JsonElement.Parse(browser.Page.QuerySelector("#answer")!.TextContent);
        Assert.True(answer.GetProperty("allowed").GetBoolean());
        Assert.Equal("profile:read", answer.GetProperty("grantedScopes")[0].GetString());
        var claims = JsonElement.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(token.Split('.')[1]));
        Assert.Contains(browser.Page.QuerySelectorAll("tbody th"), cell => cell.TextContent == "scope");
        Assert.Equal(server.Issuer, claims.GetProperty("iss").GetString());

        // The secret stands in the command, once; the same request anew gives another token.
        var secret = browser.Page.QuerySelector("#got-by")!.TextContent.Split(' ')[4].Split(':');
        using var again = await Flows.TokenAsync(server, secret[0], secret[1], ("grant_type", "client_credentials"), ("scope", "profile:read"));
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);

        // And can be taken away as a file.
        await browser.SubmitAsync(button: "Download it as a file");
        Assert.Equal($"AUTHSERVER_ISSUER={server.Issuer}\nAUTHSERVER_CLIENT_ID={secret[0]}\nAUTHSERVER_CLIENT_SECRET={secret[1]}\n", await browser.Response.Content.ReadAsStringAsync());
        Assert.Equal("attachment", browser.Response.Content.Headers.ContentDisposition!.DispositionType);

        await browser.GoAsync("/setup");
        Assert.Equal(HttpStatusCode.Gone, browser.Response.StatusCode);
        Assert.Contains("This server is set up", browser.Text, StringComparison.Ordinal);
        await browser.GoAsync("/");
        Assert.Null(browser.Page.QuerySelector("a[href^='/setup']"));
    }

    [Fact]
    public async Task Of_several_links_and_tabs_at_once_one_makes_the_administrator()
    {
        await using var server = await TestServer.StartAsync(Strict);
        var invitations = server.Services.GetRequiredService<Invitations>();
        string[] links = [Link(server), Link(server), invitations.Create(null, administrator: true), invitations.Create(null, administrator: true)];
        var browsers = links.Select(_ => new TestBrowser(server)).ToArray();
        await Task.WhenAll(browsers.Select((browser, i) => browser.GoAsync(links[i])));

        await Task.WhenAll(browsers.Select((browser, i) => SubmitAsync(browser, $"racer{i}@example.com")));

        Assert.Single(browsers, browser => browser.Text.Contains("Administrator", StringComparison.Ordinal));
        Assert.Equal(3, browsers.Count(browser => browser.Text.Contains("This server has its administrator", StringComparison.Ordinal) || browser.Text.Contains("This link is not good any more", StringComparison.Ordinal)));
        Assert.Single(await server.QueryAsync(context => context.Users.ToListAsync()));
        Assert.Equal("setup", Assert.Single(await server.TrailAsync("user.registered")).Reason);
        Array.ForEach(browsers, browser => browser.Dispose());
    }

    [Theory]
    [InlineData("")]
    [InlineData("?invitation=")]
    [InlineData("?invitation=guessed")]
    [InlineData("?invitation=<script>alert(1)</script>")]
    public async Task A_guessed_link_opens_nothing_and_says_what_to_do(string query)
    {
        await using var server = await TestServer.StartAsync(Strict);
        using var browser = new TestBrowser(server);
        await browser.GoAsync("/setup" + query);
        Assert.Empty(browser.Page.Forms);
        Assert.Contains("start the server again", browser.Text, StringComparison.Ordinal);

        // The form of a good link does not help where the link is another.
        await browser.GoAsync(Link(server));
        await browser.SendAsync(Post(server, browser, $"/setup{query}{(query.Length == 0 ? '?' : '&')}handler=Account", ("Email", Root), ("Password", Sentence), ("by", "password")));
        Assert.Empty(await server.QueryAsync(context => context.Users.ToListAsync()));
    }

    [Fact]
    public async Task An_expired_or_ordinary_invitation_makes_no_administrator()
    {
        await using var server = await TestServer.StartAsync(Strict);
        var ordinary = server.Services.GetRequiredService<Invitations>().Create("guest@example.com", administrator: false).Replace("/register", "/setup", StringComparison.Ordinal);
        using var browser = new TestBrowser(server);
        await browser.GoAsync(ordinary);
        Assert.Empty(browser.Page.Forms);

        var link = Link(server);
        server.Clock.Advance(TimeSpan.FromDays(7));
        await browser.GoAsync(link);
        Assert.Empty(browser.Page.Forms);
        Assert.Contains("not good any more", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Once_somebody_is_there_the_link_says_so_and_strangers_have_to_sign_in()
    {
        await using var server = await TestServer.StartAsync(Strict);
        var link = Link(server);
        using var root = await AdministratorAsync(server);
        using var stranger = new TestBrowser(server);
        await stranger.GoAsync(link);
        Assert.Contains("This server has its administrator", stranger.Text, StringComparison.Ordinal);
        Assert.Empty(stranger.Page.Forms);

        await stranger.GoAsync("/setup");
        Assert.Equal("/sign-in", stranger.Address.AbsolutePath);
        await stranger.SignInAsync(Root, Sentence);
        BrowserSide.AssertAt(stranger, "/setup");

        await root.GoAsync(link);
        BrowserSide.AssertAt(root, "/setup");
        Assert.Contains("Set up this server", root.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_registered_before_takes_the_link_from_nobody_and_gains_nothing_by_it()
    {
        await using var server = await TestServer.StartAsync();
        var link = Link(server);
        using var early = new TestBrowser(server);
        await early.GoAsync("/register");
        await early.SubmitAsync(new() { ["Email"] = "early@example.com", ["Name"] = "Early", ["Password"] = Sentence });
        await early.GoAsync("/setup");
        Assert.Contains("This server waits for its administrator", early.Text, StringComparison.Ordinal);
        await early.GoAsync(link);
        Assert.Contains("Nobody administers this server yet", early.Text, StringComparison.Ordinal);

        // Theirs is an account already, and a link without its token opens nothing for them either.
        await SubmitAsync(early, "early@example.com");
        Assert.NotNull(early.Page.QuerySelector("#email-fault"));
        await early.SendAsync(Post(server, early, "/setup?invitation=guessed&handler=Account", ("Email", "evil@example.com"), ("Password", Sentence), ("by", "password")));
        Assert.Equal("early@example.com", Assert.Single(await server.QueryAsync(context => context.Users.ToListAsync())).Email);

        // A restart prints another. Both make one administrator.
        await server.RestartAsync();
        Assert.NotNull(Link(server));
        server.Clock.Advance(TimeSpan.FromMinutes(2));
        await early.GoAsync(link);
        await SubmitAsync(early, Root);
        BrowserSide.AssertAt(early, "/setup");
        Assert.Contains("What is it called?", early.Text, StringComparison.Ordinal);
        Assert.Equal([Root], await server.QueryAsync(context => context.Users.Where(user => user.IsAdministrator).Select(user => user.Email).ToListAsync()));
        using var stranger = new TestBrowser(server);
        foreach (var used in new[] { link, Link(server) })
        {
            await stranger.GoAsync(used);
            Assert.Contains("This server has its administrator", stranger.Text, StringComparison.Ordinal);
            Assert.Empty(stranger.Page.Forms);
        }

        await server.RestartAsync();
        Assert.Null(server.Services.GetRequiredService<FirstStart>().SetUpLink);
    }

    [Fact]
    public async Task A_used_link_stays_used_when_nobody_administers_any_more()
    {
        await using var server = await TestServer.StartAsync();
        var link = Link(server);
        using var root = await AdministratorAsync(server);
        await server.QueryAsync(context => context.Users.ExecuteUpdateAsync(set => set.SetProperty(user => user.IsAdministrator, false)));
        server.Clock.Advance(TimeSpan.FromMinutes(2));
        using var stranger = new TestBrowser(server);
        await stranger.GoAsync(link);
        Assert.Contains("This link is not good any more", stranger.Text, StringComparison.Ordinal);
        await stranger.GoAsync("/sign-in");
        await stranger.SendAsync(Post(server, stranger, new Uri(link).PathAndQuery + "&handler=Account", ("Email", "evil@example.com"), ("Password", Sentence), ("by", "password")));
        Assert.Single(await server.QueryAsync(context => context.Users.ToListAsync()));

        // The next one that is printed is good.
        await server.RestartAsync();
        await stranger.GoAsync(Link(server));
        Assert.NotEmpty(stranger.Page.Forms);
    }

    [Fact]
    public async Task What_was_typed_when_the_session_was_over_waits_here()
    {
        await using var server = await TestServer.StartAsync(Strict);
        using var root = await AdministratorAsync(server);
        EveryFormTests.Expire(root);
        await root.SubmitAsync(new() { ["Name"] = "Late Works" }, "Make the organization");
        Assert.Contains("You are not signed in any more", root.Text, StringComparison.Ordinal);
        await root.GoAsync(root.Page.QuerySelector("main a.button")!.GetAttribute("href")!);
        await root.SignInAsync(Root, Sentence);
        BrowserSide.AssertAt(root, "/setup");
        await root.SubmitAsync(button: "Send it now");
        Assert.Equal("Late Works", Assert.Single(await server.QueryAsync(context => context.Organizations.ToListAsync())).Name);
    }

    [Fact]
    public async Task A_late_form_of_the_link_itself_sends_nobody_to_sign_in_and_keeps_no_password()
    {
        await using var server = await TestServer.StartAsync(Strict);
        using var browser = new TestBrowser(server);
        await browser.GoAsync(Link(server));
        await browser.SendAsync(new HttpRequestMessage(HttpMethod.Post, browser.Address + "&handler=Account") { Content = new FormUrlEncodedContent([new("csrf", "old"), new("Password", Sentence)]) });
        Assert.Contains("This page was out of date", browser.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("kept", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_does_not_administer_sees_nothing_and_can_do_nothing()
    {
        await using var server = await TestServer.StartAsync();
        using var root = await AdministratorAsync(server);
        using var other = new TestBrowser(server);
        await other.GoAsync("/register");
        await other.SubmitAsync(new() { ["Email"] = "other@example.com", ["Name"] = "Other", ["Password"] = Sentence });
        await other.GoAsync("/setup");
        Assert.Equal(HttpStatusCode.NotFound, other.Response.StatusCode);
        await other.GoAsync("/sign-out");
        foreach (var handler in new[] { "Dismiss", "Mail", "Organization", "Agent", "Token", "Account" })
        {
            await other.GoAsync("/sign-out");
            await other.SendAsync(Post(server, other, "/setup?handler=" + handler, ("Name", "Evil")));
            Assert.Equal(HttpStatusCode.NotFound, other.Response.StatusCode);
        }

        Assert.Empty(await server.TrailAsync(SetUpEvents.Dismissed));
        Assert.Empty(await server.QueryAsync(context => context.Organizations.ToListAsync()));
    }

    [Fact]
    public async Task Another_administrator_goes_on_where_the_first_left_and_either_may_end_it_for_both()
    {
        await using var server = await TestServer.StartAsync();
        using var root = await AdministratorAsync(server);
        await root.SubmitAsync(new() { ["Name"] = "Acme" }, "Make the organization");
        using var second = new TestBrowser(server);
        await second.GoAsync("/register");
        await second.SubmitAsync(new() { ["Email"] = "second@example.com", ["Name"] = "Second", ["Password"] = Sentence });
        await server.QueryAsync(context => context.Users.Where(user => user.Email == "second@example.com").ExecuteUpdateAsync(set => set.SetProperty(user => user.IsAdministrator, true)));
        await second.GoAsync("/setup");
        Assert.Contains("you are a developer of none", second.Text, StringComparison.Ordinal);
        await second.GoAsync("/setup?step=organization");
        Assert.Contains("There is one", second.Text, StringComparison.Ordinal);

        await root.GoAsync("/setup");
        await second.SubmitAsync(button: "Do not show this any more");
        Assert.Equal("/", second.Address.AbsolutePath);
        await root.SubmitAsync(button: "Do not show this any more");
        await root.GoAsync("/setup");
        Assert.Equal(HttpStatusCode.Gone, root.Response.StatusCode);
        Assert.Single(await server.TrailAsync(SetUpEvents.Dismissed));
    }

    [Fact]
    public async Task A_form_of_another_session_is_refused()
    {
        await using var server = await TestServer.StartAsync();
        using var browser = new TestBrowser(server);
        await browser.GoAsync(Link(server));
        using var root = await AdministratorAsync(server);
        await root.SendAsync(Post(server, browser, "/setup?handler=Dismiss"));

        Assert.Empty(await server.TrailAsync(SetUpEvents.Dismissed));
    }

    [Fact]
    public async Task An_address_that_is_not_the_servers_own_is_told_with_the_key_that_sets_it()
    {
        await using var server = await TestServer.StartAsync();
        using var http = server.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Link(server)).PathAndQuery);
        request.Headers.Host = "auth.elsewhere.example";
        request.Headers.Add("X-Forwarded-For", "192.0.2.1");
        using var answer = await http.SendAsync(request);
        var page = await answer.Content.ReadAsStringAsync();

        Assert.Contains("http://auth.elsewhere.example", page, StringComparison.Ordinal);
        Assert.Contains("AuthServer:Issuer", page, StringComparison.Ordinal);
        using var browser = new TestBrowser(server);
        await browser.GoAsync(Link(server));
        Assert.DoesNotContain("AuthServer:Issuer", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_test_mail_shows_that_mail_arrives()
    {
        await using var smtp = SmtpHost.Start();
        await using var server = await TestServer.StartAsync(smtp.Settings);
        using var browser = await AdministratorAsync(server);
        Assert.Contains("The settings name a mail server", browser.Text, StringComparison.Ordinal);
        await browser.SubmitAsync(button: "Send a test mail");
        await server.Services.GetRequiredService<AuthServer.Mail.MailWork>().FinishAsync(default);
        await browser.GoAsync("/setup?step=mail");

        Assert.Contains("The mail server took it", browser.Text, StringComparison.Ordinal);
        Assert.Contains(smtp.Mails, mail => mail.To.Mailboxes.Single().Address == Root && mail.Subject?.Contains("arrives", StringComparison.Ordinal) == true);
        Assert.Single(await server.TrailAsync(SetUpEvents.MailTested));
        await browser.GoAsync("/setup");
        Assert.Contains("What is it called?", browser.Text, StringComparison.Ordinal);

        // What the address bar says, a script compares; the server tells it with what, and says nothing by itself.
        await browser.GoAsync("/setup?step=issuer");
        var notice = browser.Page.QuerySelector("[data-origin]")!;
        Assert.Equal(server.Address.GetLeftPart(UriPartial.Authority), notice.GetAttribute("data-origin"));
        Assert.True(notice.HasAttribute("hidden"));
        Assert.Equal("", notice.QuerySelector("[data-origin-seen]")!.TextContent);
    }

    [Fact]
    public async Task The_administrator_may_have_a_passkey_and_no_password()
    {
        await using var server = await TestServer.StartAsync(Strict);
        using var passkey = new TestPasskey { Origin = server.Issuer };
        using var browser = new TestBrowser(server);
        var link = new Uri(Link(server)).PathAndQuery;
        await browser.GoAsync(link);

        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = browser.Cookies }) { BaseAddress = server.Address };
        using var wrong = await http.PostAsync(link + "&handler=Options", BrowserSide.Form(browser, ("Email", "no address")));
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        await browser.SendAsync(Post(server, browser, link + "&handler=Account", ("Email", "no address"), ("by", "passkey")));
        Assert.NotNull(browser.Page.QuerySelector("#email-fault"));

        using var asked = await http.PostAsync(link + "&handler=Options", BrowserSide.Form(browser, ("Email", Root), ("Name", "Root")));
        var credential = passkey.Create(await asked.Content.ReadAsStringAsync());
        await browser.SendAsync(Post(server, browser, link + "&handler=Account", ("Email", Root), ("Name", "Root"), ("Credential", credential)));
        BrowserSide.AssertAt(browser, "/setup");

        var user = await server.QueryAsync(context => context.Users.AsNoTracking().SingleAsync());
        Assert.True(user.IsAdministrator);
        Assert.Null(user.PasswordHash);
        Assert.Equal(user.Id, (await server.QueryAsync(context => context.Passkeys.SingleAsync())).UserId);
        Assert.Single(await server.TrailAsync("user.passkey_added"));
    }

    internal static string Link(TestServer server) => server.Services.GetRequiredService<FirstStart>().SetUpLink!;

    private static async Task<TestBrowser> AdministratorAsync(TestServer server)
    {
        var browser = new TestBrowser(server);
        await browser.GoAsync(Link(server));
        await SubmitAsync(browser, Root);
        return browser;
    }

    private static Task SubmitAsync(TestBrowser browser, string email) =>
        browser.SubmitAsync(new() { ["Email"] = email, ["Name"] = "Root", ["Password"] = Sentence }, "Go on with the password");

    private static HttpRequestMessage Post(TestServer server, TestBrowser browser, string at, params (string Name, string Value)[] fields) =>
        new(HttpMethod.Post, new Uri(server.Address, at)) { Content = BrowserSide.Form(browser, fields) };
}
