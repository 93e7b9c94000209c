using System.Net;
using AuthServer.Mail;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Pages;

/// <summary>Mail where there is no mail server: an administrator passes it on, and the trail tells.</summary>
public sealed class AdminMailTests : IAsyncLifetime
{
    private const string Admin = "admin@example.com";

    private TestServer _server = null!;

    public async Task InitializeAsync() => _server = await StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task An_administrator_reads_the_link_and_it_works()
    {
        await ForgetAsync(_server, Flows.Email);
        using var admin = await SignInAsync(_server, Admin);
        await admin.GoAsync("/admin/mails");
        Assert.Contains(Flows.Email, admin.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("link=", admin.Page.DocumentElement.OuterHtml, StringComparison.Ordinal);
        Assert.Empty(await _server.TrailAsync(MailEvents.Opened));

        await FollowAsync(admin, "Read it");
        await admin.SubmitAsync(button: "Read it");
        var link = admin.Page.QuerySelector(".block code")!.TextContent;
        var opened = Assert.Single(await _server.TrailAsync(MailEvents.Opened));
        Assert.StartsWith("mail_", opened.Target, StringComparison.Ordinal);
        Assert.Equal("forgotten_password", opened.Reason);

        using var ada = new TestBrowser(_server);
        await ada.GoAsync(link);
        await ada.SubmitAsync(new() { ["Wanted"] = MailSide.Wanted });
        Assert.Contains("Your password is set", ada.Text, StringComparison.Ordinal);

        // An administrator saw it too: it shows nothing about whose the address is.
        var user = await _server.QueryAsync(context => context.Users.SingleAsync(row => row.Email == "grace@example.com"));
        Assert.False(user.EmailConfirmed);
    }

    [Fact]
    public async Task Links_that_were_used_or_replaced_wait_for_nobody()
    {
        await ForgetAsync(_server, Flows.Email);
        await ForgetAsync(_server, Flows.Email);
        using var admin = await SignInAsync(_server, Admin);
        await admin.GoAsync("/admin");
        Assert.Contains("1 mail waits for you", admin.Text, StringComparison.Ordinal);
        await admin.GoAsync("/admin/mails");
        Assert.Single(admin.Page.QuerySelectorAll("a[href^='/admin/mails?id=']"));
        Assert.Contains("a newer one took its place", admin.Text, StringComparison.Ordinal);

        await FollowAsync(admin, "Read it");
        await admin.SubmitAsync(button: "Read it");
        using var ada = new TestBrowser(_server);
        await ada.GoAsync(admin.Page.QuerySelector(".block code")!.TextContent);
        await ada.SubmitAsync(new() { ["Wanted"] = MailSide.Wanted });
        Assert.Contains("Your password is set", ada.Text, StringComparison.Ordinal);
        await admin.GoAsync("/admin");
        Assert.DoesNotContain("mail waits for you", admin.Text, StringComparison.Ordinal);
        await admin.GoAsync("/admin/mails");
        Assert.Empty(admin.Page.QuerySelectorAll("a[href^='/admin/mails?id=']"));
        Assert.DoesNotContain("Given up", admin.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_that_an_administrator_passes_on_does_not_confirm_the_address()
    {
        await ForgetAsync(_server, "grace@example.com");
        using var admin = await SignInAsync(_server, Admin);
        await admin.GoAsync("/admin/mails");
        await FollowAsync(admin, "Read it");
        await admin.SubmitAsync(button: "Read it");
        using var grace = new TestBrowser(_server);
        await grace.GoAsync(admin.Page.QuerySelector(".block code")!.TextContent);
        await grace.SubmitAsync(new() { ["Wanted"] = MailSide.Wanted });

        Assert.Contains("Your password is set", grace.Text, StringComparison.Ordinal);
        Assert.False(await _server.QueryAsync(context => context.Users.Where(row => row.Email == "grace@example.com").Select(row => row.EmailConfirmed).SingleAsync()));
    }

    [Fact]
    public async Task Whoever_is_no_administrator_finds_nothing_there()
    {
        await ForgetAsync(_server, Flows.Email);
        var id = await _server.QueryAsync(context => context.Mails.Select(row => row.Id).SingleAsync());
        using var nobody = new TestBrowser(_server);
        await nobody.GoAsync("/admin/mails");
        Assert.Equal("/sign-in", nobody.Address.AbsolutePath);

        using var ada = await SignInAsync(_server, Flows.Email);
        Assert.DoesNotContain("/admin", ada.Page.DocumentElement.OuterHtml, StringComparison.Ordinal);
        var form = await FormAsync(ada);
        foreach (var address in new[] { "/admin/mails", $"/admin/mails?id={id}" })
        {
            await ada.GoAsync(address);
            Assert.Equal(HttpStatusCode.NotFound, ada.Response.StatusCode);
        }

        await ada.SendAsync(new HttpRequestMessage(HttpMethod.Post, new Uri(_server.Address, $"/admin/mails?id={id}")) { Content = form });
        Assert.Equal(HttpStatusCode.NotFound, ada.Response.StatusCode);
        Assert.Empty(await _server.TrailAsync(MailEvents.Opened));
    }

    [Fact]
    public async Task An_administrator_who_signed_in_long_ago_types_their_password()
    {
        using var admin = await SignInAsync(_server, Admin);
        _server.Clock.Advance(TimeSpan.FromMinutes(6));
        await ForgetAsync(_server, Flows.Email);
        await admin.GoAsync("/admin/mails");
        await FollowAsync(admin, "Read it");
        await admin.SubmitAsync(button: "Read it");
        Assert.Contains("Enter your password", admin.Text, StringComparison.Ordinal);
        await admin.SubmitAsync(new() { ["Password"] = "not the password of admin" }, "Read it");
        Assert.Contains("This is not your password", admin.Text, StringComparison.Ordinal);
        Assert.Empty(await _server.TrailAsync(MailEvents.Opened));

        await admin.SubmitAsync(new() { ["Password"] = Flows.Password }, "Read it");
        Assert.NotNull(admin.Page.QuerySelector(".block code"));
    }

    [Fact]
    public async Task What_was_lost_with_the_role_is_lost_at_once()
    {
        await ForgetAsync(_server, Flows.Email);
        using var admin = await SignInAsync(_server, Admin);
        await _server.QueryAsync(async context =>
        {
            (await context.Users.SingleAsync(row => row.Email == Admin)).IsAdministrator = false;
            return await context.SaveChangesAsync();
        });
        await admin.GoAsync("/admin/mails");

        Assert.Equal(HttpStatusCode.NotFound, admin.Response.StatusCode);
    }

    [Fact]
    public async Task A_link_whose_time_is_over_is_not_kept_for_anybody_to_read()
    {
        await ForgetAsync(_server, Flows.Email);
        var id = await _server.QueryAsync(context => context.Mails.Select(row => row.Id).SingleAsync());
        _server.Clock.Advance(TimeSpan.FromMinutes(31));
        using var admin = await SignInAsync(_server, Admin);
        await admin.GoAsync($"/admin/mails?id={id}");
        Assert.Equal(HttpStatusCode.NotFound, admin.Response.StatusCode);

        await Waiting.UntilAsync(
            () => _server.QueryAsync(context => context.Mails.AsNoTracking().SingleAsync()), row => row.Content is null, () => _server.Clock.Advance(TimeSpan.FromMinutes(1)));
        Assert.Equal(MailFailures.Expired, Assert.Single(await _server.TrailAsync(MailEvents.GivenUp)).Reason);
    }

    [Fact]
    public async Task Where_mail_is_sent_nobody_reads_it_here()
    {
        await using var smtp = SmtpHost.Start();
        smtp.AnswerTo = _ => "451 later";
        await using var server = await StartAsync(smtp.Settings);
        await ForgetAsync(server, Flows.Email);
        var id = await server.QueryAsync(context => context.Mails.Where(row => row.Content != null).Select(row => row.Id).SingleAsync());
        using var admin = await SignInAsync(server, Admin);
        await admin.GoAsync("/admin/mails");
        Assert.Contains("does not take it now", admin.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Read it", admin.Text, StringComparison.Ordinal);
        await admin.GoAsync($"/admin/mails?id={id}");

        Assert.Equal(HttpStatusCode.NotFound, admin.Response.StatusCode);
    }

    [Fact]
    public async Task What_waited_is_sent_once_there_is_a_mail_server()
    {
        await ForgetAsync(_server, Flows.Email);
        await using var smtp = SmtpHost.Start();
        await _server.RestartAsync([.. Settings, .. smtp.Settings]);
        await MailSide.FinishAsync(_server);

        Assert.Equal(Flows.Email, Assert.Single(smtp.Mails).To.ToString());
    }

    [Fact]
    public async Task A_long_list_has_pages()
    {
        await _server.QueryAsync(async context =>
        {
            context.Mails.AddRange(Enumerable.Range(0, 120).Select(i => new OutgoingMail
            {
                Id = $"mail_{i:D26}",
                Kind = "forgotten_password",
                Recipient = $"person{i}@example.com",
                NormalizedRecipient = $"PERSON{i}@EXAMPLE.COM",
                CreatedAt = _server.Clock.Now,
                ExpiresAt = _server.Clock.Now,
                SentAt = _server.Clock.Now,
            }));
            return await context.SaveChangesAsync();
        });
        using var admin = await SignInAsync(_server, Admin);
        await admin.GoAsync("/admin/mails");
        List<int> pages = [];
        while (admin.Page.QuerySelector("a[rel=next]") is { } next)
        {
            pages.Add(admin.Page.QuerySelectorAll(".trail li").Length);
            await admin.GoAsync(next.GetAttribute("href")!);
        }

        Assert.Equal([50, 50], pages);
        Assert.Equal(20, admin.Page.QuerySelectorAll(".trail li").Length);
    }

    private static (string, string)[] Settings =>
        [.. Flows.Settings, ("AuthServer:Resources:1:Url", Flows.Other), ("AuthServer:Bootstrap:AdminEmail", Admin), ("AuthServer:Bootstrap:AdminPassword", Flows.Password)];

    private static async Task<TestServer> StartAsync(params (string Key, string Value)[] more)
    {
        var server = await TestServer.StartAsync([.. Settings, .. more]);
        using var browser = new TestBrowser(server);
        await browser.GoAsync("/register");
        await browser.SubmitAsync(new() { ["Email"] = "grace@example.com", ["Password"] = Flows.Password });
        if (more.Length > 0)
        {
            await server.QueryAsync(context => context.Mails.ExecuteDeleteAsync());
        }

        return server;
    }

    private static async Task ForgetAsync(TestServer server, string email)
    {
        using var browser = new TestBrowser(server);
        await browser.GoAsync("/forgotten-password");
        await browser.SubmitAsync(new() { ["Email"] = email });
        await MailSide.FinishAsync(server);
    }

    private static async Task<TestBrowser> SignInAsync(TestServer server, string email)
    {
        var browser = new TestBrowser(server);
        await browser.GoAsync("/sign-in");
        await browser.SignInAsync(email, Flows.Password);
        Assert.Equal("/account", browser.Address.AbsolutePath);
        return browser;
    }

    private static Task FollowAsync(TestBrowser browser, string link) =>
        browser.GoAsync(browser.Page.QuerySelectorAll("a").First(a => a.TextContent.Contains(link, StringComparison.Ordinal)).GetAttribute("href")!);

    private static async Task<FormUrlEncodedContent> FormAsync(TestBrowser browser)
    {
        await browser.GoAsync("/account/password");
        return BrowserSide.Form(browser);
    }
}
