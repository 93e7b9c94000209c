using System.Net;
using AuthServer.Tests.Support;
using AuthServer.Vault.Connections;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Vault.Accounts;

/// <summary><c>/auth</c>: of what somebody connects an account, where nothing else says it.</summary>
public sealed class ConnectPickerTests(ConnectSide side) : IClassFixture<ConnectSide>, IAsyncLifetime
{
    public Task InitializeAsync() => side.Server.QueryAsync(context => context.Connections.ExecuteDeleteAsync());

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Several_stand_in_one_column_are_searched_without_scripts_and_lead_to_the_page_that_says_what_for()
    {
        await side.ConnectionAsync(connection => (connection.ProviderId, connection.Name) = ("gmail", "Mail of the team"));
        await side.ConnectionAsync(connection => connection.ProviderId = "slack");
        await side.ConnectionAsync(connection => (connection.ProviderId, connection.Status) = ("github", ConnectionStatus.Inactive));
        await side.ConnectionAsync(settings: new ConnectionSettings());
        var (browser, _, _) = await side.PersonAsync();
        using var _1 = browser;

        await browser.GoAsync("/auth");
        Assert.Equal(["Fake", "Gmail", "Slack"], Rows(browser));
        await browser.GoAsync("/auth?search=of+the+TEAM");
        Assert.Equal(["Gmail"], Rows(browser));
        await browser.GoAsync("/auth?search=nothing+is+called+that");
        Assert.Contains("Nothing is called that", browser.Text, StringComparison.Ordinal);

        await browser.GoAsync("/auth?search=fake");
        await browser.SubmitAsync(new() { ["connection"] = browser.Page.QuerySelector("button.choice")!.GetAttribute("value") }, "Fake");
        Assert.StartsWith("/connect/accounts/", browser.Address.AbsolutePath, StringComparison.Ordinal);
        Assert.Contains("Connect Fake for Acme AI", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_family_with_several_is_asked_about_and_what_the_address_says_goes_along()
    {
        var calendar = await side.ConnectionAsync(connection => (connection.ProviderId, connection.Scopes) = ("google_calendar", """["https://www.googleapis.com/auth/calendar.readonly"]"""));
        await side.ConnectionAsync(connection => connection.ProviderId = "gmail");
        await side.ConnectionAsync(connection => connection.ProviderId = "slack");
        var (browser, _, _) = await side.PersonAsync();
        using var _1 = browser;

        await browser.GoAsync($"/auth/google?state=theirs&redirectUri={Uri.EscapeDataString(ConnectSide.Callback)}");

        Assert.Equal("/auth", browser.Address.AbsolutePath);
        Assert.Equal(["Gmail", "Google Calendar"], Rows(browser));
        await browser.SubmitAsync(new() { ["connection"] = calendar.Id }, "Google Calendar");
        var link = await side.Server.QueryAsync(context => context.AccountLinks.AsNoTracking().SingleAsync(row => row.ConnectionId == calendar.Id));
        Assert.Equal(("theirs", ConnectSide.Callback), (link.ClientState, link.RedirectUri));
    }

    [Fact]
    public async Task The_only_one_is_not_asked_about()
    {
        await side.ConnectionAsync(settings: new ConnectionSettings());
        var (browser, _, _) = await side.PersonAsync();
        using var _1 = browser;
        await browser.GoAsync("/auth");

        Assert.StartsWith("/connect/accounts/", browser.Address.AbsolutePath, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_there_is_none_it_says_whom_to_ask()
    {
        var (browser, _, _) = await side.PersonAsync();
        using var _1 = browser;
        await browser.GoAsync("/auth");
        Assert.Contains("There is nothing that you could connect", browser.Text, StringComparison.Ordinal);
        Assert.Contains("who owns Acme AI", browser.Text, StringComparison.Ordinal);

        var (stranger, _, _) = await side.PersonAsync(isMember: false);
        using var _2 = stranger;
        await stranger.GoAsync("/auth");
        Assert.Contains("You belong to no organization", stranger.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_somebody_may_not_see_or_is_anothers_is_not_offered()
    {
        var hidden = await side.ConnectionAsync(connection => (connection.ProviderId, connection.Access) = ("gmail", """{"view":["admin"]}"""));
        await side.ConnectionAsync(settings: new ConnectionSettings());
        await side.ConnectionAsync(connection => connection.ProviderId = "slack");
        var (browser, _, _) = await side.PersonAsync();
        using var _1 = browser;
        await browser.GoAsync("/auth");
        Assert.Equal(["Fake", "Slack"], Rows(browser));
        await browser.SubmitAsync(new() { ["connection"] = hidden.Id }, "Fake");
        Assert.Equal(HttpStatusCode.BadRequest, browser.Response.StatusCode);

        var (stranger, _, _) = await side.PersonAsync(isMember: false);
        using var _2 = stranger;
        await stranger.GoAsync("/auth");
        Assert.Empty(Rows(stranger));
    }

    [Fact]
    public async Task Who_is_not_signed_in_signs_in_and_goes_on()
    {
        await side.ConnectionAsync(settings: new ConnectionSettings());
        await side.ConnectionAsync(connection => connection.ProviderId = "slack");
        var (other, _, email) = await side.PersonAsync();
        other.Dispose();
        using var browser = side.Browser();
        await browser.GoAsync("/auth?search=slack");
        Assert.Equal("/sign-in", browser.Address.AbsolutePath);
        await browser.SignInAsync(email, Flows.Password);

        Assert.Equal(["Slack"], Rows(browser));
    }

    private static IEnumerable<string> Rows(TestBrowser browser) => browser.Page.QuerySelectorAll("button.choice > span > bdi").Select(name => name.TextContent);
}
