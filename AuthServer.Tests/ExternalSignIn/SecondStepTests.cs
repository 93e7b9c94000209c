using AuthServer.Tests.Support;

namespace AuthServer.Tests.ExternalSignIn;

/// <summary>Another provider's word does not stand in for a second factor that somebody has here.</summary>
public sealed class SecondStepTests(ExternalSide side) : IClassFixture<ExternalSide>, IAsyncLifetime
{
    public Task InitializeAsync()
    {
        side.Acme.Reset();
        return Task.CompletedTask;
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Who_has_an_app_is_asked_for_its_code_after_the_provider()
    {
        var (first, subject, email) = await side.NewcomerAsync();
        first.Dispose();
        side.Acme.Claims = ExternalSide.Person(subject, email);
        SignedInThereNow();
        using var own = await side.ArriveAsync();
        var (app, _) = await StrongSide.EnrolAsync(side.Server, own);

        SignedInThereNow();
        using var browser = side.Browser();
        await browser.GoAsync(Flows.AuthorizeUrl("web", Flows.WebRedirect));
        await side.RoundAsync(browser);
        await browser.SecondStepAsync(app.Wrong());
        side.Server.Clock.Advance(TimeSpan.FromMilliseconds(5));
        await browser.SecondStepAsync(app.Code());
        BrowserSide.AssertAt(browser, "/consent");
        Assert.Equal("external+code", await StrongSide.LastReasonAsync(side.Server, email));
        await browser.GoAsync("/account/authenticator");
        BrowserSide.AssertAt(browser, "/account/authenticator");

        // A provider that does not say when makes no new sign-in, whatever was shown after it.
        side.Server.Clock.Advance(TimeSpan.FromMinutes(1));
        side.Acme.Claims.Remove("auth_time");
        using var silent = side.Browser();
        await silent.GoAsync("/sign-in");
        await side.RoundAsync(silent);
        await silent.SecondStepAsync(app.Code());
        Assert.Equal("/account", silent.Address.AbsolutePath);
        await silent.GoAsync("/account/authenticator");
        Assert.Equal("/sign-in", silent.Address.AbsolutePath);
    }

    private void SignedInThereNow() => side.Acme.Claims["auth_time"] = side.Server.Clock.Now.ToUnixTimeSeconds();
}
