using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.ExternalSignIn;

/// <summary>What a person is told of sign-in by other providers, and what unlinking ends.</summary>
public sealed class ExternalNoticeTests : IAsyncLifetime
{
    private FakeOpenId _acme = null!;
    private MailSide _mail = null!;

    public async Task InitializeAsync()
    {
        _acme = await FakeOpenId.StartAsync();
        _mail = await MailSide.StartAsync([.. ExternalSide.Provider(0, _acme, ExternalSide.Id, ExternalSide.Title)]);
        _acme.Clock = _mail.Server.Clock;
        _acme.Claims = ExternalSide.Person("sub-of-ada", "ada@acme.example");
    }

    public async Task DisposeAsync()
    {
        await _mail.DisposeAsync();
        await _acme.DisposeAsync();
    }

    [Fact]
    public async Task A_new_way_in_and_a_new_device_and_its_end_are_told_and_whoever_came_in_by_it_is_out()
    {
        using var ada = await _mail.SignInAsync();
        await ada.GoAsync("/account/sign-ins");
        await RoundAsync(ada, "Add " + ExternalSide.Title);
        await ada.SubmitAsync(button: "Link it");
        var linked = await _mail.NewestAsync(Flows.Email);
        Assert.Contains("new way to sign in", linked.Subject, StringComparison.Ordinal);
        Assert.Contains("Acme ID (ada@acme.example)", linked.TextBody, StringComparison.Ordinal);

        _mail.Server.Clock.Advance(TimeSpan.FromMinutes(1));
        using var other = new TestBrowser(_mail.Server);
        await other.GoAsync("/sign-in");
        await RoundAsync(other, ExternalSide.Button);
        Assert.Equal("/account", other.Address.AbsolutePath);
        Assert.Contains("new device", (await _mail.NewestAsync(Flows.Email)).Subject, StringComparison.Ordinal);

        _mail.Server.Clock.Advance(TimeSpan.FromMinutes(1));
        await ada.GoAsync("/account/sign-ins");
        await ada.SubmitAsync(button: "Unlink");
        Assert.Equal("/account/sign-ins", ada.Address.AbsolutePath);
        Assert.Contains("was removed", (await _mail.NewestAsync(Flows.Email)).Subject, StringComparison.Ordinal);
        Assert.Contains("It is unlinked", ada.Text, StringComparison.Ordinal);
        await ada.AgainAsync();
        Assert.Contains("It is unlinked", ada.Text, StringComparison.Ordinal);

        await other.GoAsync("/account");
        Assert.Equal("/sign-in", other.Address.AbsolutePath);
        await ada.GoAsync("/account");
        Assert.Equal("/account", ada.Address.AbsolutePath);
        Assert.Single(await _mail.Server.TrailAsync("user.signed_out"), row => row.Reason == "unlinked");
    }

    [Fact]
    public async Task A_browser_that_came_in_by_it_and_showed_a_password_since_stays()
    {
        using var ada = await _mail.SignInAsync();
        await ada.GoAsync("/account/sign-ins");
        await RoundAsync(ada, "Add " + ExternalSide.Title);
        await ada.SubmitAsync(button: "Link it");
        using var other = new TestBrowser(_mail.Server);
        await other.GoAsync("/sign-in");
        await RoundAsync(other, ExternalSide.Button);
        Assert.Equal(1, await BegunByItAsync());
        await other.GoAsync("/sign-in?again=sign-ins");
        await other.SignInAsync(Flows.Email, Flows.Password);

        Assert.Equal(0, await BegunByItAsync());
        await other.SubmitAsync(button: "Unlink");
        await other.GoAsync("/account");
        Assert.Equal("/account", other.Address.AbsolutePath);
    }

    private Task<int> BegunByItAsync() => _mail.Server.QueryAsync(context => context.Sessions.CountAsync(row => row.ExternalLoginId != null && row.EndedAt == null));

    private async Task RoundAsync(TestBrowser browser, string button) =>
        await browser.GoAsync((await _acme.VisitAsync(await ExternalSide.SetOutAsync(browser, button))).AbsoluteUri);
}
