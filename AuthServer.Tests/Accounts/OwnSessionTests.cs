using System.Net;
using AuthServer.Accounts;
using AuthServer.Languages;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Accounts;

/// <summary>The list of where a person is signed in.</summary>
public sealed class OwnSessionTests : IAsyncLifetime
{
    private TestServer _server = null!;

    public async Task InitializeAsync() => _server = await Flows.StartAsync(("AuthServer:Users:1:Email", "grace@example.com"), ("AuthServer:Users:1:Password", Flows.Password));

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task It_names_this_one_and_when_each_was_used()
    {
        using var here = await SignInAsync();
        _server.Clock.Advance(TimeSpan.FromHours(1));
        using var elsewhere = await SignInAsync();
        _server.Clock.Advance(TimeSpan.FromHours(3));
        await elsewhere.GoAsync("/account");
        _server.Clock.Advance(TimeSpan.FromHours(1));
        await here.GoAsync("/account/sessions");
        var rows = here.Page.QuerySelectorAll(".grant").ToArray();
        var times = rows.Select(row => row.QuerySelectorAll("time").Select(time => time.GetAttribute("datetime")!).ToArray()).ToArray();

        Assert.Equal(2, rows.Length);
        Assert.Contains("This one", rows[0].TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("This one", rows[1].TextContent, StringComparison.Ordinal);
        Assert.All(rows, row => Assert.Contains("127.0.0.1", row.TextContent, StringComparison.Ordinal));
        Assert.Equal([Text(_server.Clock.Now), Text(_server.Clock.Now - TimeSpan.FromHours(5))], times[0]);
        Assert.Equal([Text(_server.Clock.Now - TimeSpan.FromHours(1)), Text(_server.Clock.Now - TimeSpan.FromHours(4))], times[1]);
    }

    [Fact]
    public async Task One_is_signed_out_from_afar_with_the_tokens_that_came_from_it()
    {
        using var here = await SignInAsync();
        using var elsewhere = await SignInAsync();
        using var third = await SignInAsync();
        var answer = await Flows.AuthorizeAsync(elsewhere, "web", Flows.WebRedirect);
        using var redeemed = await Flows.RedeemAsync(_server, answer["code"]);
        var refresh = (await TestServer.JsonAsync(redeemed)).GetProperty("refresh_token").GetString()!;
        var id = await SessionOfAsync(elsewhere);
        await here.GoAsync("/account/sessions");
        await PressAsync(here, id);

        Assert.Contains("It is signed out", here.Text, StringComparison.Ordinal);
        await elsewhere.GoAsync("/account");
        await third.GoAsync("/account");
        Assert.Equal(("/sign-in", "/account"), (elsewhere.Address.AbsolutePath, third.Address.AbsolutePath));
        using var refreshed = await Flows.RefreshAsync(_server, refresh);
        await Flows.AssertErrorAsync(refreshed, 400, "invalid_grant");
        var told = Assert.Single(await _server.TrailAsync(AuditEventTypes.UserSignedOut));
        Assert.Equal((id, "elsewhere"), (told.Target, told.Reason));
    }

    [Fact]
    public async Task All_others_are_signed_out_at_once()
    {
        using var here = await SignInAsync();
        using var one = await SignInAsync();
        using var two = await SignInAsync();
        using var stranger = await SignInAsync("grace@example.com");
        await here.GoAsync("/account/sessions");
        await here.SubmitAsync(button: "Sign out everywhere else");

        foreach (var (browser, page) in new[] { (here, "/account"), (one, "/sign-in"), (two, "/sign-in"), (stranger, "/account") })
        {
            await browser.GoAsync("/account");
            Assert.Equal(page, browser.Address.AbsolutePath);
        }

        Assert.Equal("everywhere_else", Assert.Single(await _server.TrailAsync(AuditEventTypes.UserSignedOut)).Reason);
        await here.GoAsync("/account/sessions");
        Assert.Single(here.Page.QuerySelectorAll(".grant"));
    }

    [Fact]
    public async Task Nobody_signs_somebody_else_out()
    {
        using var ada = await SignInAsync();
        using var grace = await SignInAsync("grace@example.com");
        using var graceToo = await SignInAsync("grace@example.com");
        await grace.GoAsync("/account/sessions");
        await PressAsync(grace, await SessionOfAsync(ada));

        Assert.Contains("signed out already", grace.Text, StringComparison.Ordinal);
        await ada.GoAsync("/account");
        Assert.Equal("/account", ada.Address.AbsolutePath);
        Assert.Empty(await _server.TrailAsync(AuditEventTypes.UserSignedOut));
    }

    [Fact]
    public async Task A_form_of_another_session_or_site_signs_nobody_out()
    {
        using var here = await SignInAsync();
        using var elsewhere = await SignInAsync();
        await here.GoAsync("/account/sessions");
        using var forged = new HttpRequestMessage(HttpMethod.Post, new Uri(_server.Address, "/account/sessions?handler=Others")) { Content = BrowserSide.Form(here) };
        await elsewhere.SendAsync(forged);

        Assert.Equal(HttpStatusCode.BadRequest, elsewhere.Response.StatusCode);
        await here.GoAsync("/account");
        Assert.Equal("/account", here.Address.AbsolutePath);
    }

    [Fact]
    public async Task What_has_expired_is_not_listed()
    {
        using var old = await SignInAsync();
        _server.Clock.Advance(TimeSpan.FromDays(15));
        using var here = await SignInAsync();
        await here.GoAsync("/account/sessions");

        Assert.Single(here.Page.QuerySelectorAll(".grant"));
    }

    [Theory]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux")]
    [InlineData("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36 Edg/138.0.0.0", "Edge on Windows")]
    [InlineData("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1", "Safari on iPhone")]
    [InlineData("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Mobile Safari/537.36", "Chrome on Android")]
    [InlineData("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)", "A program on Mac")]
    [InlineData("curl/8.5.0", "curl")]
    [InlineData("<script>alert(1)</script>", "An unknown program")]
    [InlineData(null, "An unknown program")]
    public void A_device_has_a_name_that_its_owner_knows(string? userAgent, string name) => Assert.Equal(name, DeviceName.Of(userAgent, Language.English));

    private static string Text(DateTimeOffset at) => at.ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);

    private async Task<TestBrowser> SignInAsync(string email = Flows.Email)
    {
        _server.Clock.Advance(TimeSpan.FromMilliseconds(5));
        var browser = new TestBrowser(_server);
        await browser.GoAsync("/sign-in");
        await browser.SignInAsync(email, Flows.Password);
        Assert.Equal("/account", browser.Address.AbsolutePath);
        return browser;
    }

    /// <summary>The session that this browser has, which is the one that was used last.</summary>
    private async Task<string> SessionOfAsync(TestBrowser browser)
    {
        _server.Clock.Advance(TimeSpan.FromMinutes(2));
        await browser.GoAsync("/account/sessions");
        return await _server.QueryAsync(context => context.Sessions.OrderByDescending(row => row.LastUsedAt).Select(row => row.Id).FirstAsync());
    }

    private async Task PressAsync(TestBrowser browser, string id) => await browser.SendAsync(
        new HttpRequestMessage(HttpMethod.Post, new Uri(_server.Address, "/account/sessions")) { Content = BrowserSide.Form(browser, ("id", id)) });
}
