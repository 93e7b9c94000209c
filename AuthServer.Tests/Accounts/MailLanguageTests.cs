using AuthServer.Tests.Support;

namespace AuthServer.Tests.Accounts;

/// <summary>Mails are in the language of whoever gets them.</summary>
public sealed class MailLanguageTests : IAsyncLifetime
{
    private MailSide _side = null!;

    public async Task InitializeAsync() => _side = await MailSide.StartAsync();

    public async Task DisposeAsync() => await _side.DisposeAsync();

    [Fact]
    public async Task A_new_person_is_written_to_in_the_language_in_which_they_registered()
    {
        using var browser = new TestBrowser(_side.Server);
        browser.Headers.TryAddWithoutValidation("Accept-Language", "de");
        await browser.GoAsync("/register");
        await browser.SubmitAsync(new() { ["Email"] = "neu@example.com", ["Name"] = "Neu", ["Password"] = Flows.Password });

        var mail = await _side.NewestAsync("neu@example.com");
        Assert.StartsWith("Bestätigen Sie Ihre E-Mail-Adresse", mail.Subject, StringComparison.Ordinal);
        Assert.Contains("<html lang=\"de\"", mail.HtmlBody!, StringComparison.Ordinal);
        Assert.Contains("Uhr (UTC)", mail.TextBody!, StringComparison.Ordinal);
        Assert.Contains("Gesendet vom Anmeldeserver", mail.TextBody!, StringComparison.Ordinal);
        MailSide.LinkIn(mail);
    }

    [Fact]
    public async Task What_somebody_chose_is_above_the_language_of_whoever_causes_a_mail()
    {
        using var browser = await _side.SignInAsync();
        await browser.ChooseLanguageAsync("de");
        using var stranger = new TestBrowser(_side.Server);
        stranger.Headers.TryAddWithoutValidation("Accept-Language", "en");
        await stranger.GoAsync("/forgotten-password");
        await stranger.SubmitAsync(new() { ["Email"] = Flows.Email });

        Assert.StartsWith("Neues Passwort für", (await _side.NewestAsync(Flows.Email)).Subject, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_browser_it_was_is_said_in_that_language_too()
    {
        using var browser = await _side.SignInAsync();
        await browser.ChooseLanguageAsync("de");
        await browser.GoAsync("/account/sessions");
        Assert.Contains("Ein unbekanntes Programm", browser.Text, StringComparison.Ordinal);
        using var other = await _side.SignInAsync();
        Assert.Contains("Ein unbekanntes Programm", (await _side.NewestAsync(Flows.Email)).TextBody!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Others_are_written_to_in_English()
    {
        using var browser = await _side.ForgetAsync(Flows.Email);

        var mail = await _side.NewestAsync(Flows.Email);
        Assert.StartsWith("Set a new password for", mail.Subject, StringComparison.Ordinal);
        Assert.Contains("<html lang=\"en\" dir=\"ltr\">", mail.HtmlBody!, StringComparison.Ordinal);
    }
}
