using System.Net;
using AuthServer.Accounts;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Accounts;

/// <summary>Whose an e-mail address is, and how an account gets another.</summary>
public sealed class AddressTests : IAsyncLifetime
{
    private const string Grace = "grace@example.com";
    private const string New = "hopper@example.com";

    private MailSide _side = null!;

    private TestServer Server => _side.Server;

    public async Task InitializeAsync() => _side = await MailSide.StartAsync();

    public async Task DisposeAsync() => await _side.DisposeAsync();

    [Fact]
    public async Task A_new_account_is_asked_to_confirm_its_address_and_is_unconfirmed_until_it_does()
    {
        using var browser = await _side.RegisterAsync(Grace);
        var link = MailSide.LinkIn(Assert.Single(await _side.ToAsync(Grace)));
        Assert.Contains("not confirmed", browser.Text, StringComparison.Ordinal);

        // Looking is not confirming: mail programs look.
        using var reader = new TestBrowser(Server);
        await reader.GoAsync(link);
        Assert.False((await _side.UserAsync(Grace)).EmailConfirmed);
        await reader.SubmitAsync();

        Assert.Contains("The address is confirmed", reader.Text, StringComparison.Ordinal);
        await reader.AgainAsync();
        Assert.Contains("The address is confirmed", reader.Text, StringComparison.Ordinal);
        Assert.True((await _side.UserAsync(Grace)).EmailConfirmed);
        Assert.Single(await Server.TrailAsync(AccountEvents.AddressConfirmed));
        await reader.GoAsync(link);
        Assert.Contains("not good any more", reader.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Applications_are_told_honestly_whether_the_address_is_confirmed()
    {
        using var browser = await _side.RegisterAsync(Grace);
        Assert.False(await VerifiedAsync(browser));
        await browser.GoAsync(MailSide.LinkIn(await _side.NewestAsync(Grace)));
        await browser.SubmitAsync();

        Assert.True(await VerifiedAsync(browser));
    }

    [Fact]
    public async Task A_new_address_counts_once_it_is_confirmed_and_the_old_one_is_told_twice()
    {
        using var browser = await ChangeAsync(New);
        Assert.Contains("on its way", browser.Text, StringComparison.Ordinal);
        Assert.Equal(Flows.Email, (await _side.UserAsync(Flows.Email)).Email);
        var mail = Assert.Single(await _side.ToAsync(New));
        Assert.Contains("about to change", (await _side.NewestAsync(Flows.Email)).Subject, StringComparison.Ordinal);

        using var reader = new TestBrowser(Server);
        await reader.GoAsync(MailSide.LinkIn(mail));
        Assert.Contains(Flows.Email, reader.Text, StringComparison.Ordinal);
        await reader.SubmitAsync();
        Assert.Contains("The address is changed", reader.Text, StringComparison.Ordinal);
        Assert.Contains("was changed", (await _side.NewestAsync(Flows.Email)).Subject, StringComparison.Ordinal);
        Assert.True((await _side.UserAsync(New)).EmailConfirmed);
        Assert.Single(await Server.TrailAsync(AccountEvents.AddressChangeAsked));
        Assert.Single(await Server.TrailAsync(AccountEvents.AddressChanged));

        using var old = await _side.SignInAsync();
        using var anew = await _side.SignInAsync(New);
        Assert.Equal("/sign-in", old.Address.AbsolutePath);
        Assert.Equal("/account", anew.Address.AbsolutePath);
    }

    [Fact]
    public async Task Changing_the_password_stops_a_change_of_the_address()
    {
        using var browser = await ChangeAsync(New);
        var link = MailSide.LinkIn(await _side.NewestAsync(New));
        await browser.GoAsync("/account/password");
        await browser.SubmitAsync(new() { ["Present"] = Flows.Password, ["Wanted"] = MailSide.Wanted });
        using var reader = new TestBrowser(Server);
        await reader.GoAsync(link);

        Assert.Contains("not good any more", reader.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whether_an_address_has_an_account_is_told_only_to_whoever_reads_it()
    {
        using var registered = await _side.RegisterAsync(Grace);
        using var taken = await ChangeAsync(Grace);
        Assert.NotEmpty(await _side.ToAsync(Grace));
        using var free = await ChangeAsync("free@example.com");
        Assert.Equal(free.Text, taken.Text);

        using var reader = new TestBrowser(Server);
        await reader.GoAsync(MailSide.LinkIn((await _side.ToAsync(Grace))[^1]));
        Assert.Contains("not good any more", reader.Text, StringComparison.Ordinal); // the newer request took its place

        using var again = await ChangeAsync(Grace);
        await reader.GoAsync(MailSide.LinkIn((await _side.ToAsync(Grace))[^1]));
        await reader.SubmitAsync();
        Assert.Contains("has an account already", reader.Text, StringComparison.Ordinal);
        Assert.NotNull(await _side.UserAsync(Flows.Email));
    }

    [Fact]
    public async Task An_address_is_changed_by_whoever_is_there_right_now()
    {
        using var browser = await _side.SignInAsync();
        Server.Clock.Advance(TimeSpan.FromMinutes(6));
        await browser.GoAsync("/account/address");
        await browser.SubmitAsync(new() { ["Wanted"] = New }, "Change the address");
        Assert.Contains("Enter your password", browser.Text, StringComparison.Ordinal);
        await browser.SubmitAsync(new() { ["Wanted"] = New, ["Password"] = "not the password of ada" }, "Change the address");
        Assert.Contains("This is not your password", browser.Text, StringComparison.Ordinal);
        Assert.Empty(await _side.ToAsync(New));

        await browser.SubmitAsync(new() { ["Wanted"] = New, ["Password"] = Flows.Password }, "Change the address");
        Assert.Single(await _side.ToAsync(New));
    }

    [Fact]
    public async Task The_link_to_confirm_is_sent_again_and_not_for_ever()
    {
        using var browser = await _side.RegisterAsync(Grace);
        Assert.Single(await _side.ToAsync(Grace));
        for (var i = 0; i < 10; i++)
        {
            await browser.GoAsync("/account/address");
            await browser.SubmitAsync(button: "Send me a link");

            // What waits when the next one takes its place is not sent at all.
            Assert.NotEmpty(await _side.ToAsync(Grace));
        }

        Assert.Contains("enough links", browser.Text, StringComparison.Ordinal);
        var mails = await _side.ToAsync(Grace);
        Assert.Equal(AuthServer.Mail.Mails.MostInAnHour, mails.Length);
        await browser.GoAsync(MailSide.LinkIn(mails[^1]));
        await browser.SubmitAsync();
        Assert.True((await _side.UserAsync(Grace)).EmailConfirmed);
    }

    [Fact]
    public async Task Many_accounts_together_do_not_flood_an_inbox()
    {
        for (var i = 0; i < 8; i++)
        {
            using var browser = await _side.RegisterAsync($"eve{i}@example.com");
            await browser.GoAsync("/account/address");
            await browser.SubmitAsync(new() { ["Wanted"] = "victim@example.com" }, "Change the address");
        }

        Assert.Equal(AuthServer.Mail.Mails.MostInAnHour, (await _side.ToAsync("victim@example.com")).Length);
    }

    [Fact]
    public async Task A_name_puts_no_header_and_no_link_into_a_mail()
    {
        using var browser = await _side.RegisterAsync(Grace, "Eve\u202E http://evil.example/ Bcc: all@example.com");
        var mail = await _side.NewestAsync(Grace);

        Assert.Equal(["To"], mail.Headers.Where(header => header.Id is MimeKit.HeaderId.To or MimeKit.HeaderId.Bcc or MimeKit.HeaderId.Cc).Select(header => header.Field));
        Assert.DoesNotContain("evil", mail.TextBody + mail.HtmlBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_no_mail_is_sent_nobody_is_asked_to_confirm_and_a_new_address_is_not_called_confirmed()
    {
        await using var server = await Flows.StartAsync();
        using var browser = new TestBrowser(server);
        await browser.GoAsync("/sign-in");
        await browser.SignInAsync(Flows.Email, Flows.Password);
        await browser.GoAsync("/account/address");
        await browser.SubmitAsync(new() { ["Wanted"] = New }, "Change the address");

        Assert.Contains("ask whoever administers it", browser.Text, StringComparison.Ordinal);
        var link = await server.QueryAsync(context => context.MailedLinks.AsNoTracking().SingleAsync());
        Assert.False(link.Mailed);
        Assert.Equal(1, await server.QueryAsync(context => context.Mails.CountAsync()));
    }

    [Theory]
    [InlineData("", "Enter an e-mail address")]
    [InlineData("a@b\r\nBcc: c@example.com", "Enter an e-mail address")]
    [InlineData(Flows.Email, "is the address of your account")]
    public async Task What_is_wrong_is_said(string wanted, string says)
    {
        using var browser = await ChangeAsync(wanted);

        Assert.Equal(HttpStatusCode.OK, browser.Response.StatusCode);
        Assert.Contains(says, browser.Text, StringComparison.Ordinal);
    }

    private async Task<TestBrowser> ChangeAsync(string wanted)
    {
        var browser = await _side.SignInAsync();
        await browser.GoAsync("/account/address");
        await browser.SubmitAsync(new() { ["Wanted"] = wanted }, "Change the address");
        return browser;
    }

    private async Task<bool> VerifiedAsync(TestBrowser browser)
    {
        var answer = await Flows.AuthorizeAsync(browser, "web", Flows.WebRedirect);
        using var redeemed = await Flows.RedeemAsync(Server, answer["code"]);
        var tokens = await TestServer.JsonAsync(redeemed);
        using var http = Server.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/connect/userinfo");
        request.Headers.Authorization = new("Bearer", tokens.GetProperty("access_token").GetString());
        using var response = await http.SendAsync(request);
        return (await TestServer.JsonAsync(response)).GetProperty("email_verified").GetBoolean();
    }
}
