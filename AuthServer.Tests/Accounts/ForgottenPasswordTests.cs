using System.Net;
using AuthServer.Accounts;
using AuthServer.Mail;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Accounts;

/// <summary>A forgotten password, and whoever would make use of it.</summary>
public sealed class ForgottenPasswordTests : IAsyncLifetime
{
    private const string NotGood = "This link is not good any more";

    private MailSide _side = null!;

    private TestServer Server => _side.Server;

    public async Task InitializeAsync() => _side = await MailSide.StartAsync();

    public async Task DisposeAsync() => await _side.DisposeAsync();

    [Fact]
    public async Task The_mailed_link_sets_a_password_signs_everybody_out_and_nobody_in_and_tells_by_mail()
    {
        using var elsewhere = await _side.SignInAsync();
        var tokens = await Flows.TokensAsync(Server);
        using var page = await _side.ResetAsync(await _side.PasswordLinkAsync());

        Assert.Contains("Your password is set", page.Text, StringComparison.Ordinal);
        await page.GoAsync("/account");
        Assert.Equal("/sign-in", page.Address.AbsolutePath);
        await elsewhere.GoAsync("/account");
        Assert.Equal("/sign-in", elsewhere.Address.AbsolutePath);
        using var refreshed = await Flows.RefreshAsync(Server, tokens.GetProperty("refresh_token").GetString()!);
        await Flows.AssertErrorAsync(refreshed, 400, "invalid_grant");

        Server.Clock.Advance(TimeSpan.FromSeconds(1));
        using var anew = await _side.SignInAsync(password: MailSide.Wanted);
        Assert.Equal("/account", anew.Address.AbsolutePath);
        using var old = await _side.SignInAsync();
        Assert.Equal("/sign-in", old.Address.AbsolutePath);
        Assert.Contains(await _side.ToAsync(Flows.Email), mail => mail.Subject!.Contains("was changed", StringComparison.Ordinal));
        var set = Assert.Single(await Server.TrailAsync(AccountEvents.PasswordReset));
        Assert.Equal((AuditOutcomes.Success, "127.0.0.1"), (set.Outcome, set.Address));
        Assert.Equal(set.Subject, Assert.Single(await Server.TrailAsync(AccountEvents.PasswordForgotten)).Subject);
    }

    [Fact]
    public async Task Whoever_came_for_a_page_goes_on_to_it_once_the_password_is_set()
    {
        using var browser = new TestBrowser(Server);
        await browser.GoAsync("/sign-in?to=/account/sessions");
        await browser.GoAsync(browser.Page.QuerySelector("a[href^='/forgotten-password']")!.GetAttribute("href")!);
        await browser.SubmitAsync(new() { ["Email"] = Flows.Email });
        await browser.GoAsync(await _side.NewestLinkAsync(Flows.Email));
        await browser.SubmitAsync(new() { ["Wanted"] = MailSide.Wanted });
        Server.Clock.Advance(TimeSpan.FromSeconds(1));
        await browser.GoAsync(browser.Page.QuerySelector(".actions a")!.GetAttribute("href")!);
        await browser.SignInAsync(Flows.Email, MailSide.Wanted);
        Assert.Equal("/account/sessions", browser.Address.AbsolutePath);
    }

    [Theory]
    [InlineData("nobody@example.com")]
    [InlineData("disabled@example.com")]
    public async Task Whether_there_is_an_account_shows_neither_in_the_answer_nor_in_what_it_does(string email)
    {
        using var registered = await _side.RegisterAsync("disabled@example.com");
        await ChangeAsync("disabled@example.com", user => user.Disabled = true);
        await _side.FinishAsync();
        var mails = _side.Smtp.Mails.Count;

        using var known = await _side.ForgetAsync(Flows.Email);
        using var unknown = await _side.ForgetAsync(email);
        Assert.Equal((HttpStatusCode.OK, known.Text), (unknown.Response.StatusCode, unknown.Text));
        Assert.Equal(Headers(known), Headers(unknown));

        // Until they are answered, in the background, both have left the same.
        var asked = await Server.QueryAsync(context => context.PasswordRequests.AsNoTracking().ToListAsync());
        Assert.True(asked.Count is 0 or 2);
        await _side.FinishAsync();
        Assert.Equal(mails + 1, _side.Smtp.Mails.Count);
        Assert.DoesNotContain(_side.Smtp.Mails, mail => mail.Subject!.Contains("new password", StringComparison.Ordinal) && mail.To.ToString() == email);
    }

    [Fact]
    public async Task A_link_works_once()
    {
        var link = await _side.PasswordLinkAsync();
        using var first = await _side.ResetAsync(link);
        var events = await Server.QueryAsync(context => Task.FromResult(context.AuditEvents.Count()));
        await first.AgainAsync(); // a second click, whose answer is the one that is seen
        Assert.Contains("Your password is set", first.Text, StringComparison.Ordinal);
        Assert.Equal(events, await Server.QueryAsync(context => Task.FromResult(context.AuditEvents.Count())));
        using var again = await _side.ResetAsync(link, "yet another good passphrase");

        Assert.Contains(NotGood, again.Text, StringComparison.Ordinal);
        using var browser = await _side.SignInAsync(password: MailSide.Wanted);
        Assert.Equal("/account", browser.Address.AbsolutePath);
    }

    [Fact]
    public async Task A_page_that_was_open_when_the_link_died_changes_nothing()
    {
        using var open = new TestBrowser(Server);
        await open.GoAsync(await _side.PasswordLinkAsync());
        using var newer = await _side.ResetAsync(await NextLinkAsync());
        await open.SubmitAsync(new() { ["Wanted"] = "yet another good passphrase" });

        Assert.Contains(NotGood, open.Text, StringComparison.Ordinal);
        using var browser = await _side.SignInAsync(password: MailSide.Wanted);
        Assert.Equal("/account", browser.Address.AbsolutePath);
    }

    [Fact]
    public async Task Only_the_newest_link_works()
    {
        var old = await _side.PasswordLinkAsync();
        var link = await NextLinkAsync();
        using var late = await _side.ResetAsync(old);
        using var page = await _side.ResetAsync(link);

        Assert.Contains(NotGood, late.Text, StringComparison.Ordinal);
        Assert.Contains("Your password is set", page.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(29, true)]
    [InlineData(31, false)]
    public async Task A_link_lives_for_half_an_hour(int minutes, bool works)
    {
        var link = await _side.PasswordLinkAsync();
        Server.Clock.Advance(TimeSpan.FromMinutes(minutes));
        using var page = await _side.ResetAsync(link);

        Assert.Equal(works, page.Text.Contains("Your password is set", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_link_dies_when_the_password_is_changed()
    {
        var link = await _side.PasswordLinkAsync();
        using var browser = await _side.SignInAsync();
        await browser.GoAsync("/account/password");
        await browser.SubmitAsync(new() { ["Present"] = Flows.Password, ["Wanted"] = MailSide.Wanted });
        using var late = await _side.ResetAsync(link);

        Assert.Contains(NotGood, late.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_dies_when_the_address_is_changed()
    {
        var link = await _side.PasswordLinkAsync();
        using var browser = await _side.SignInAsync();
        await browser.GoAsync("/account/address");
        await browser.SubmitAsync(new() { ["Wanted"] = "lovelace@example.com" }, "Change the address");
        await browser.GoAsync(MailSide.LinkIn(await _side.NewestAsync("lovelace@example.com")));
        await browser.SubmitAsync();
        using var late = await _side.ResetAsync(link);

        Assert.Contains(NotGood, late.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mail_programs_that_look_at_the_link_use_nothing_up_and_it_works_on_another_device()
    {
        var link = await _side.PasswordLinkAsync();
        using var http = Server.CreateClient();
        for (var i = 0; i < 3; i++)
        {
            using var looked = await http.GetAsync(link);
            using var head = await http.SendAsync(new HttpRequestMessage(HttpMethod.Head, link));
            Assert.Equal(HttpStatusCode.OK, looked.StatusCode);
        }

        using var page = await _side.ResetAsync(link);
        Assert.Contains("Your password is set", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_of_a_link_tells_its_address_to_no_other_site_and_to_no_cache()
    {
        using var http = Server.CreateClient();
        using var page = await http.GetAsync(await _side.PasswordLinkAsync());
        var text = await page.Content.ReadAsStringAsync();

        Assert.Equal("no-referrer", page.Headers.GetValues("Referrer-Policy").Single());
        Assert.Contains("no-store", page.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        Assert.DoesNotMatch("(href|src)=\"https?:", text);
    }

    [Theory]
    [InlineData("short", "at least 12 characters")]
    [InlineData("AdaLovelace1815", "too easy to guess")]
    [InlineData("", "Enter a new password")]
    public async Task A_password_that_is_not_good_enough_leaves_the_link_good(string wanted, string says)
    {
        var link = await _side.PasswordLinkAsync();
        using var refused = await _side.ResetAsync(link, wanted);
        using var page = await _side.ResetAsync(link);

        Assert.Contains(says, refused.Text, StringComparison.Ordinal);
        Assert.Contains("Your password is set", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_had_no_password_gets_one_and_is_told_of_the_new_way_in()
    {
        await ChangeAsync(Flows.Email, user => user.PasswordHash = null);
        using var page = await _side.ResetAsync(await _side.PasswordLinkAsync());
        using var browser = await _side.SignInAsync(password: MailSide.Wanted);

        Assert.Equal("/account", browser.Address.AbsolutePath);
        Assert.Contains(await _side.ToAsync(Flows.Email), mail => mail.Subject!.Contains("new way to sign in", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_person_who_was_disabled_after_the_mail_gets_no_password()
    {
        var link = await _side.PasswordLinkAsync();
        await ChangeAsync(Flows.Email, user => user.Disabled = true);
        using var page = await _side.ResetAsync(link);

        Assert.Contains(NotGood, page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_address_counts_as_confirmed_once_its_mail_was_read()
    {
        using var registered = await _side.RegisterAsync("grace@example.com");
        Assert.False((await _side.UserAsync("grace@example.com")).EmailConfirmed);
        using var page = await _side.ResetAsync(await _side.PasswordLinkAsync("grace@example.com"));

        Assert.True((await _side.UserAsync("grace@example.com")).EmailConfirmed);
    }

    [Theory]
    [InlineData("Host")]
    [InlineData("X-Forwarded-Host")]
    [InlineData("Forwarded")]
    public async Task The_link_leads_to_this_server_whatever_the_request_calls_it(string header)
    {
        using var browser = new TestBrowser(Server);
        await browser.GoAsync("/forgotten-password");
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Server.Address, "/forgotten-password")) { Content = BrowserSide.Form(browser, ("Email", Flows.Email)) };
        request.Headers.TryAddWithoutValidation(header, header == "Forwarded" ? "host=evil.example" : "evil.example");
        await browser.SendAsync(request);
        var mail = await _side.NewestAsync(Flows.Email);

        Assert.DoesNotContain("evil.example", mail.TextBody + mail.HtmlBody, StringComparison.Ordinal);
        Assert.Contains(Server.Issuer + "/reset-password?link=", mail.TextBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_floods_an_inbox_and_the_owner_still_has_a_link_that_works()
    {
        for (var i = 0; i < 12; i++)
        {
            Server.Clock.Advance(TimeSpan.FromMinutes(1));
            using var browser = await _side.ForgetAsync(Flows.Email);
            await _side.FinishAsync();
        }

        var mails = await _side.ToAsync(Flows.Email);
        Assert.Equal(Mails.MostInAnHour, mails.Length);
        Assert.Equal(12 - Mails.MostInAnHour, (await Server.TrailAsync(AccountEvents.PasswordForgotten)).Count(row => row.Reason == "too_many"));
        using var page = await _side.ResetAsync(MailSide.LinkIn(mails[^1]));
        Assert.Contains("Your password is set", page.Text, StringComparison.Ordinal);

        Server.Clock.Advance(TimeSpan.FromHours(1));
        using var later = await _side.ForgetAsync(Flows.Email);
        Assert.Contains((await _side.ToAsync(Flows.Email)).Skip(mails.Length), mail => mail.Subject!.Contains("new password", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("no address")]
    [InlineData("ada@example.com\r\nBcc: everybody@example.com")]
    [InlineData("ada@example.com, eve@example.com")]
    [InlineData("\"ada\" <ada@example.com>")]
    public async Task What_is_no_address_is_asked_for_again(string typed)
    {
        using var browser = await _side.ForgetAsync(typed);

        Assert.Contains("Enter an e-mail address", browser.Text, StringComparison.Ordinal);
        Assert.Equal(0, await Server.QueryAsync(context => context.PasswordRequests.CountAsync()));
    }

    [Theory]
    [InlineData("/reset-password")]
    [InlineData("/reset-password?link=")]
    [InlineData("/reset-password?link=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("/reset-password?link=%00&link=2")]
    public async Task A_link_that_is_none_of_ours_is_not_good(string address)
    {
        using var page = await _side.ResetAsync(address);

        Assert.Contains(NotGood, page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_of_one_kind_does_nothing_of_another()
    {
        using var registered = await _side.RegisterAsync("grace@example.com");
        var confirmation = MailSide.LinkIn(await _side.NewestAsync("grace@example.com"));
        using var reset = await _side.ResetAsync(confirmation.Replace("/confirm-address", "/reset-password", StringComparison.Ordinal));
        using var confirmed = await _side.ResetAsync((await _side.PasswordLinkAsync()).Replace("/reset-password", "/confirm-address", StringComparison.Ordinal));

        Assert.Contains(NotGood, reset.Text, StringComparison.Ordinal);
        Assert.Contains(NotGood, confirmed.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_of_another_site_asks_for_nothing()
    {
        using var http = Server.CreateClient();
        using var forged = await http.PostAsync("/forgotten-password", new FormUrlEncodedContent([new("Email", Flows.Email)]));

        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        Assert.Empty(await _side.ToAsync(Flows.Email));
    }

    [Fact]
    public async Task Whoever_asks_too_often_waits_whatever_address_they_type()
    {
        await using var strict = await MailSide.StartAsync(("AuthServer:RateLimits:PerAddress", "3"));
        for (var i = 0; i < 3; i++)
        {
            using var taken = await strict.ForgetAsync($"user{i}@example.com");
            Assert.Equal(HttpStatusCode.OK, taken.Response.StatusCode);
        }

        using var late = await strict.ForgetAsync("another@example.com");
        Assert.Equal(HttpStatusCode.TooManyRequests, late.Response.StatusCode);
        Assert.Equal("another@example.com", late.Page.QuerySelector("#email")!.GetAttribute("value"));
    }

    private async Task<string> NextLinkAsync()
    {
        Server.Clock.Advance(TimeSpan.FromSeconds(5));
        return await _side.PasswordLinkAsync();
    }

    private Task<int> ChangeAsync(string email, Action<User> change) => Server.QueryAsync(async context =>
    {
        change(await context.Users.SingleAsync(user => user.Email == email));
        return await context.SaveChangesAsync();
    });

    private static string[] Headers(TestBrowser browser) => [.. browser.Response.Headers.Concat(browser.Response.Content.Headers)
        .Where(header => header.Key is not "Date" and not "Set-Cookie").Select(header => $"{header.Key}: {string.Join(',', header.Value)}").Order()];
}
