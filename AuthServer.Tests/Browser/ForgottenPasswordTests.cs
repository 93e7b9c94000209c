using AuthServer.Accounts;
using AuthServer.Mail;
using AuthServer.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace AuthServer.Tests.Browser;

/// <summary>A person who forgot their password, in a browser, with a mail server.</summary>
[Collection(ChromiumGroup.Name)]
public sealed class ForgottenPasswordTests(Chromium chromium)
{
    private const string Wanted = "another good passphrase here";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_person_gets_in_again_by_the_mailed_link_with_and_without_scripts(bool scripts)
    {
        await using var smtp = SmtpHost.Start();
        await using var site = await Site.StartAsync(smtp.Settings);
        await using var visit = await Visit.BeginAsync(chromium, site, scripts);
        await visit.GoAsync("/sign-in");
        await visit.FollowAsync("Forgotten your password?");
        await visit.Page.GetByLabel("E-mail address").FillAsync(Site.Ada);
        await visit.PressAsync("Get a link");
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Look into your mail");

        await site.Services.GetRequiredService<ForgottenPasswords>().FinishAsync(default);
        await site.Services.GetRequiredService<MailWork>().FinishAsync(default);

        // Another device than the one that asked.
        await using var phone = await Visit.BeginAsync(chromium, site, scripts);
        await phone.GoAsync(MailSide.LinkIn(Assert.Single(smtp.Mails)));
        await phone.Page.GetByLabel("New password").FillAsync(Wanted);
        if (scripts)
        {
            // Browsers show the answer to the second press, whose link is used already.
            await phone.Page.GetByRole(AriaRole.Button, new() { Name = "Set the password" }).DblClickAsync();
        }
        else
        {
            await phone.Page.Keyboard.PressAsync("Enter");
        }

        await Assertions.Expect(phone.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Your password is set");
        await phone.FollowAsync("Sign in");
        site.Clock.Advance(TimeSpan.FromSeconds(1));
        await phone.SignInAsync(Site.Ada, Wanted);

        Assert.EndsWith("/account", phone.Page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_mail_itself_reads_well_and_loads_nothing()
    {
        await using var smtp = SmtpHost.Start();
        await using var site = await Site.StartAsync(smtp.Settings);
        await using var visit = await Visit.BeginAsync(chromium, site, scripts: false);
        await visit.GoAsync("/forgotten-password");
        await visit.Page.GetByLabel("E-mail address").FillAsync(Site.Lengthy);
        await visit.PressAsync("Get a link");
        await site.Services.GetRequiredService<ForgottenPasswords>().FinishAsync(default);
        await site.Services.GetRequiredService<MailWork>().FinishAsync(default);
        var requests = new List<string>();
        await visit.Page.GotoAsync("about:blank");
        visit.Page.Request += (_, request) => requests.Add(request.Url);
        await visit.Page.SetViewportSizeAsync(320, 640);
        await visit.Page.SetContentAsync(Assert.Single(smtp.Mails).HtmlBody!);

        Assert.Empty(requests);
        Assert.True(await visit.Page.EvaluateAsync<int>("document.documentElement.scrollWidth") <= 320);
        if (Environment.GetEnvironmentVariable("AUTHSERVER_SCREENSHOTS") is { } folder)
        {
            await visit.Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, "mail.320.png"), FullPage = true });
        }
    }
}
