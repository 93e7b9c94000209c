using AuthServer.Tests.Support;

namespace AuthServer.Tests.Accounts.Strong;

/// <summary>A passkey that counts backwards was copied, and its owner hears of it.</summary>
public sealed class PasskeyCopyTests
{
    [Fact]
    public async Task The_owner_is_told_by_mail_and_nobody_is_signed_in()
    {
        await using var mail = await MailSide.StartAsync();
        var server = mail.Server;
        using var passkey = new TestPasskey { Origin = server.Issuer, Counter = 5 };
        var (owner, email) = await StrongSide.NewcomerAsync(server);
        await owner.GoAsync("/account/passkeys");
        await PostAsync(server, owner, "/account/passkeys", passkey.Create(await OptionsAsync(server, owner, "/account/passkeys")));
        owner.Dispose();

        // Of two events of one moment the trail does not say which was first.
        server.Clock.Advance(TimeSpan.FromSeconds(2));
        passkey.Counter = 3;
        using var copy = new TestBrowser(server);
        await copy.GoAsync("/sign-in/passkey");
        await PostAsync(server, copy, "/sign-in/passkey", passkey.Get(await OptionsAsync(server, copy, "/sign-in/passkey")));

        Assert.Equal("/sign-in/passkey", copy.Address.AbsolutePath);
        Assert.Equal("passkey_counter", await StrongSide.LastReasonAsync(server, email));
        var told = Assert.Single(await mail.ToAsync(email), message => message.Subject?.Contains("may have been copied", StringComparison.Ordinal) == true);
        Assert.Contains(server.Issuer + "/account/passkeys", told.TextBody, StringComparison.Ordinal);
    }

    private static async Task<string> OptionsAsync(TestServer server, TestBrowser browser, string at)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = browser.Cookies }) { BaseAddress = server.Address };
        using var answer = await http.PostAsync(at + "?handler=Options", BrowserSide.Form(browser));
        return await answer.Content.ReadAsStringAsync();
    }

    private static Task PostAsync(TestServer server, TestBrowser browser, string at, string credential) => browser.SendAsync(
        new HttpRequestMessage(HttpMethod.Post, new Uri(server.Address, at)) { Content = BrowserSide.Form(browser, ("Credential", credential)) });
}
