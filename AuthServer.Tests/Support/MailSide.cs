using System.Text.RegularExpressions;
using AuthServer.Accounts;
using AuthServer.Mail;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;

namespace AuthServer.Tests.Support;

/// <summary>A server that sends its mail by a mail server of its own.</summary>
public sealed partial class MailSide : IAsyncDisposable
{
    public const string Wanted = "another good passphrase here";

    private MailSide(SmtpHost smtp, TestServer server) => (Smtp, Server) = (smtp, server);

    public SmtpHost Smtp { get; }

    public TestServer Server { get; }

    public static Task<MailSide> StartAsync(params (string Key, string Value)[] settings) => StartAsync(SmtpHost.Start(), settings);

    public static async Task<MailSide> StartAsync(SmtpHost smtp, params (string Key, string Value)[] settings) =>
        new(smtp, await Flows.StartAsync([.. smtp.Settings, .. settings]));

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Smtp.DisposeAsync();
    }

    /// <summary>Everything that is due has been sent.</summary>
    public Task FinishAsync() => FinishAsync(Server);

    public static async Task FinishAsync(TestServer server)
    {
        await server.Services.GetRequiredService<ForgottenPasswords>().FinishAsync(CancellationToken.None);
        await server.Services.GetRequiredService<MailWork>().FinishAsync(CancellationToken.None);
    }

    public async Task<MimeMessage[]> ToAsync(string email)
    {
        await FinishAsync();
        return [.. Smtp.Mails.Where(mail => mail.To.Mailboxes.Any(to => to.Address == email))];
    }

    /// <summary>The newest mail to this address, sent by now.</summary>
    public async Task<MimeMessage> NewestAsync(string email) => (await ToAsync(email))[^1];

    public async Task<TestBrowser> ForgetAsync(string email)
    {
        var browser = new TestBrowser(Server);
        await browser.GoAsync("/forgotten-password");
        await browser.SubmitAsync(new() { ["Email"] = email });
        return browser;
    }

    /// <summary>The link to a new password that this address is mailed.</summary>
    public async Task<string> PasswordLinkAsync(string email = Flows.Email)
    {
        using var browser = await ForgetAsync(email);
        return await NewestLinkAsync(email);
    }

    /// <summary>The link of the last mail to an address.</summary>
    public async Task<string> NewestLinkAsync(string email) => LinkIn(await NewestAsync(email));

    /// <summary>Chooses this password by the link; the page that comes of it. A moment passes: what began at the moment of a reset ends with it.</summary>
    public async Task<TestBrowser> ResetAsync(string link, string wanted = Wanted)
    {
        var browser = new TestBrowser(Server);
        await browser.GoAsync(link);
        if (browser.Page.Forms.Length > 0)
        {
            await browser.SubmitAsync(new() { ["Wanted"] = wanted });
        }

        Server.Clock.Advance(TimeSpan.FromSeconds(1));
        return browser;
    }

    public async Task<TestBrowser> SignInAsync(string email = Flows.Email, string password = Flows.Password)
    {
        var browser = new TestBrowser(Server);
        await browser.GoAsync("/sign-in");
        await browser.SignInAsync(email, password);
        return browser;
    }

    public async Task<TestBrowser> RegisterAsync(string email, string name = "New Comer")
    {
        var browser = new TestBrowser(Server);
        await browser.GoAsync("/register");
        await browser.SubmitAsync(new() { ["Email"] = email, ["Name"] = name, ["Password"] = Flows.Password });
        Assert.Equal("/account", browser.Address.AbsolutePath);
        return browser;
    }

    public Task<User> UserAsync(string email) => Server.QueryAsync(context => context.Users.AsNoTracking().SingleAsync(user => user.Email == email));

    /// <summary>Path and query of the one link of ours that the mail asks to press; it must be the same in both forms.</summary>
    public static string LinkIn(MimeMessage mail)
    {
        var link = Links().Match(mail.TextBody!).Value;
        Assert.Contains($"href=\"{link}\"", mail.HtmlBody!, StringComparison.Ordinal);
        return new Uri(link).PathAndQuery;
    }

    [GeneratedRegex(@"https?://\S+\?(link|join)=[\w-]{43}")]
    private static partial Regex Links();
}
