using AuthServer.Protocol.State;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Accounts;

public sealed class PasswordChangeTests : IAsyncLifetime
{
    private const string Wanted = "another good passphrase here";

    private TestServer _server = null!;

    public async Task InitializeAsync() => _server = await Flows.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_changed_password_ends_every_session_but_this_one()
    {
        using var here = await SignInAsync(Flows.Password);
        using var elsewhere = await SignInAsync(Flows.Password);
        await ChangeAsync(here, Flows.Password, Wanted);
        Assert.Contains("Your password is changed", here.Text, StringComparison.Ordinal);

        await here.GoAsync("/account");
        await elsewhere.GoAsync("/account");
        Assert.Equal("/account", here.Address.AbsolutePath);
        Assert.Equal("/sign-in", elsewhere.Address.AbsolutePath);
        Assert.Equal(AuditOutcomes.Success, Assert.Single(await _server.TrailAsync(AuditEventTypes.PasswordChanged)).Outcome);
    }

    [Fact]
    public async Task Tokens_from_before_are_dead()
    {
        var tokens = await Flows.TokensAsync(_server);
        using var browser = await SignInAsync(Flows.Password);
        await ChangeAsync(browser, Flows.Password, Wanted);

        using var answer = await Flows.RefreshAsync(_server, tokens.GetProperty("refresh_token").GetString()!);
        await Flows.AssertErrorAsync(answer, 400, "invalid_grant");
    }

    [Fact]
    public async Task The_old_password_is_no_more_and_the_new_one_is()
    {
        using var browser = await SignInAsync(Flows.Password);
        await ChangeAsync(browser, Flows.Password, Wanted);
        _server.Clock.Advance(TimeSpan.FromSeconds(1));
        using var old = await SignInAsync(Flows.Password);
        using var anew = await SignInAsync(Wanted);

        Assert.Equal("/sign-in", old.Address.AbsolutePath);
        Assert.Equal("/account", anew.Address.AbsolutePath);
    }

    [Theory]
    [InlineData("", Wanted, "Enter your present password.")]
    [InlineData(Flows.Password, "", "Enter a new password.")]
    [InlineData("not the password of ada", Wanted, "This is not your present password.")]
    [InlineData(Flows.Password, "short", "at least 12 characters")]
    [InlineData(Flows.Password, "AdaLovelace1815", "too easy to guess")]
    [InlineData(Flows.Password, Flows.Password, "is the present one")]
    public async Task What_is_wrong_is_said_and_nothing_is_changed(string present, string wanted, string says)
    {
        using var browser = await SignInAsync(Flows.Password);
        await ChangeAsync(browser, present, wanted);

        Assert.Contains(says, browser.Text, StringComparison.Ordinal);
        using var again = await SignInAsync(Flows.Password);
        Assert.Equal("/account", again.Address.AbsolutePath);
        Assert.DoesNotContain(await _server.TrailAsync(AuditEventTypes.PasswordChanged), entry => entry.Outcome == AuditOutcomes.Success);
    }

    [Fact]
    public async Task Whoever_is_not_signed_in_is_sent_to_sign_in()
    {
        using var browser = new TestBrowser(_server);
        await browser.GoAsync("/account/password");

        Assert.Equal("/sign-in", browser.Address.AbsolutePath);
    }

    private async Task<TestBrowser> SignInAsync(string password)
    {
        var browser = new TestBrowser(_server);
        await browser.GoAsync("/sign-in");
        await browser.SignInAsync(Flows.Email, password);
        return browser;
    }

    private static async Task ChangeAsync(TestBrowser browser, string present, string wanted)
    {
        await browser.GoAsync("/account/password");
        await browser.SubmitAsync(new() { ["Present"] = present, ["Wanted"] = wanted });
    }
}
