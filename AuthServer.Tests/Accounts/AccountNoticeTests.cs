using System.Net;
using AuthServer.Organizations;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Accounts;

/// <summary>What people are told by mail without having asked.</summary>
public sealed class AccountNoticeTests : IAsyncLifetime
{
    private const string Firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

    private MailSide _side = null!;

    private TestServer Server => _side.Server;

    public async Task InitializeAsync() => _side = await MailSide.StartAsync();

    public async Task DisposeAsync() => await _side.DisposeAsync();

    [Fact]
    public async Task A_browser_that_signs_in_for_the_first_time_is_told_of_once()
    {
        using var first = await _side.SignInAsync();
        Assert.Empty(await _side.ToAsync(Flows.Email)); // the account's first sign-in ever

        using var other = new TestBrowser(Server);
        await other.GoAsync("/sign-in");
        using var request = new HttpRequestMessage(HttpMethod.Post, other.Address) { Content = BrowserSide.Form(other, ("Email", Flows.Email), ("Password", Flows.Password)) };
        request.Headers.TryAddWithoutValidation("User-Agent", Firefox);
        await other.SendAsync(request);
        var mail = Assert.Single(await _side.ToAsync(Flows.Email));
        Assert.Contains("new device", mail.Subject, StringComparison.Ordinal);
        Assert.Contains("Firefox on Linux", mail.TextBody!, StringComparison.Ordinal);

        await other.GoAsync("/sign-out");
        await other.SubmitAsync();
        await other.GoAsync("/sign-in");
        await other.SignInAsync(Flows.Email, Flows.Password);
        Assert.Equal("/account", other.Address.AbsolutePath);
        Assert.Single(await _side.ToAsync(Flows.Email));
    }

    [Fact]
    public async Task A_program_or_a_network_that_signs_in_through_the_API_for_the_first_time_is_told_of_once()
    {
        await using var side = await MailSide.StartAsync(("AuthServer:Proxies:0", "127.0.0.1"), ("AuthServer:Proxies:1", "::1"));
        using var api = new Rest(side.Server);
        (await LoginAsync(api, "one/1.0", "192.0.2.1")).Is(HttpStatusCode.OK);
        Assert.Empty(await side.ToAsync(Flows.Email)); // the account's first sign-in ever

        // A newer version, and another address of the same network.
        (await LoginAsync(api, "one/2.1", "192.0.2.77")).Is(HttpStatusCode.OK);
        (await LoginAsync(api, "other/1.0", "192.0.2.1", "not the password of ada")).Is(HttpStatusCode.Unauthorized);
        Assert.Empty(await side.ToAsync(Flows.Email));

        for (var i = 0; i < 2; i++)
        {
            (await LoginAsync(api, "other/1.0", "192.0.2.1")).Is(HttpStatusCode.OK);
            (await LoginAsync(api, "one/1.0", "198.51.100.1")).Is(HttpStatusCode.OK);
        }

        var mails = await side.ToAsync(Flows.Email);
        Assert.Equal(2, mails.Length);
        Assert.All(mails, mail => Assert.Contains("through the API", mail.TextBody!, StringComparison.Ordinal));
        Assert.Contains(mails, mail => mail.TextBody!.Contains("198.51.100.1", StringComparison.Ordinal));
        Assert.DoesNotContain("192.0.2", string.Join(' ', await side.Server.QueryAsync(context => context.ApiDevices.Select(row => row.Hash).ToListAsync())), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_developer_who_registers_and_signs_in_from_one_place_hears_of_no_new_device()
    {
        using var api = new Rest(Server);
        await api.RegisterDeveloperAsync("grace");
        var email = await Server.QueryAsync(context => context.Users.Where(row => row.Name == "grace").Select(row => row.Email!).SingleAsync());
        (await api.PostAsync("/developers/login", new { email, password = Rest.Password })).Is(HttpStatusCode.OK);
        Assert.DoesNotContain(await _side.ToAsync(email), mail => mail.Subject!.Contains("new device", StringComparison.Ordinal));

        (await api.SendAsync(HttpMethod.Post, "/developers/login", new { email, password = Rest.Password }, ("User-Agent", "another"))).Is(HttpStatusCode.OK);
        Assert.Contains("new device", (await _side.NewestAsync(email)).Subject, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_password_from_a_new_browser_is_no_news()
    {
        using var first = await _side.SignInAsync();
        using var stranger = await _side.SignInAsync(password: "not the password of ada");

        Assert.Empty(await _side.ToAsync(Flows.Email));
    }

    [Fact]
    public async Task A_new_account_hears_of_no_new_device()
    {
        using var browser = await _side.RegisterAsync("grace@example.com");

        Assert.Contains("Confirm", Assert.Single(await _side.ToAsync("grace@example.com")).Subject, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_password_is_told_and_one_that_was_not_changed_is_not()
    {
        using var browser = await _side.SignInAsync();
        await browser.GoAsync("/account/password");
        await browser.SubmitAsync(new() { ["Present"] = "not the password of ada", ["Wanted"] = MailSide.Wanted });
        Assert.Empty(await _side.ToAsync(Flows.Email));
        await browser.SubmitAsync(new() { ["Present"] = Flows.Password, ["Wanted"] = MailSide.Wanted });

        Assert.Contains("was changed", Assert.Single(await _side.ToAsync(Flows.Email)).Subject, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_invitation_comes_by_mail_and_its_link_leads_to_it()
    {
        var acme = await OrganizationSide.CreateAsync(Server, Role.Admin);
        await acme.AskAsync(HttpMethod.Post, $"/api/v1/organizations/{acme.Id}/invitations", new { email = "invited@example.com", role = "auditor" }, HttpStatusCode.Created);
        var mail = Assert.Single(await _side.ToAsync("invited@example.com"));
        using var browser = new TestBrowser(Server);
        await browser.GoAsync(MailSide.LinkIn(mail));

        Assert.Contains("Acme AI", mail.TextBody!, StringComparison.Ordinal);
        Assert.Contains("Grace Hopper", mail.TextBody!, StringComparison.Ordinal);
        Assert.Contains("With it you join Acme AI", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_organizations_name_puts_nothing_to_press_into_an_invitation()
    {
        var acme = await OrganizationSide.CreateAsync(Server, Role.Admin);
        await Server.QueryAsync(async context =>
        {
            (await context.Organizations.SingleAsync(row => row.Id == acme.Id)).Name = "Your account is locked: https://evil.example/unlock <a href='//evil.example'>x</a>\r\nBcc: all@example.com";
            return await context.SaveChangesAsync();
        });
        await acme.AskAsync(HttpMethod.Post, $"/api/v1/organizations/{acme.Id}/invitations", new { email = "invited@example.com" }, HttpStatusCode.Created);
        var mail = Assert.Single(await _side.ToAsync("invited@example.com"));

        foreach (var text in new[] { mail.TextBody, mail.HtmlBody, mail.Subject })
        {
            Assert.DoesNotContain("evil.example", text, StringComparison.Ordinal);
            Assert.DoesNotContain("all@example.com", text, StringComparison.Ordinal);
        }

        Assert.Equal("invited@example.com", mail.To.ToString());
        Assert.Empty(mail.Bcc);
    }

    [Fact]
    public async Task A_removed_account_takes_its_mails_along()
    {
        using var browser = await _side.RegisterAsync("grace@example.com");
        await browser.GoAsync("/account/remove");
        await browser.SubmitAsync(new() { ["Password"] = Flows.Password });

        Assert.Contains("Your account is gone", browser.Text, StringComparison.Ordinal);
        Assert.Equal(0, await Server.QueryAsync(context => context.Mails.CountAsync()));
        Assert.Equal(0, await Server.QueryAsync(context => context.MailedLinks.CountAsync()));
    }

    [Fact]
    public async Task Where_no_mail_is_sent_no_news_piles_up()
    {
        await using var server = await Flows.StartAsync();
        for (var i = 0; i < 2; i++)
        {
            using var browser = new TestBrowser(server);
            await browser.GoAsync("/sign-in");
            await browser.SignInAsync(Flows.Email, Flows.Password);
            await browser.GoAsync("/account/password");
            await browser.SubmitAsync(new() { ["Present"] = Flows.Password, ["Wanted"] = "short" });
        }

        Assert.Equal(0, await server.QueryAsync(context => context.Mails.CountAsync()));
    }

    private static Task<RestAnswer> LoginAsync(Rest api, string program, string address, string password = Flows.Password) => api.SendAsync(
        HttpMethod.Post, "/users/login", new { email = Flows.Email, password }, ("User-Agent", program), ("X-Forwarded-For", address), ("X-Forwarded-Proto", "http"));
}
