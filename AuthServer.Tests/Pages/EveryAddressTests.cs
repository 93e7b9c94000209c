using AuthServer.Tests.Support;

namespace AuthServer.Tests.Pages;

/// <summary>Whoever comes to a page without a session signs in, and is where they wanted to be.</summary>
public sealed class EveryAddressTests(PageServer pages) : IClassFixture<PageServer>
{
    private const string Query = "?organization=acct_1&q=two+words&from=2026-01-01T00%3A00&name=%D7%90";

    // Pages that show themselves to everybody, or come to life by a link or a request of their own.
    private static readonly string[] Open =
    [
        "/", "/auth", "/auth/{provider}", "/chain", "/claim", "/confirm-address", "/connect-agents", "/connect/accounts/callback/{connection?}", "/connect/accounts/choose", "/connect/accounts/done",
        "/connect/accounts/{token}", "/consent", "/design", "/docs/{name?}", "/error", "/forgotten-password", "/join", "/language", "/link", "/register", "/reset-password", "/select-account", "/setup",
        "/sign-in", "/sign-in/external/{provider}", "/sign-in/external/{provider}/callback", "/sign-in/passkey", "/sign-in/second-step", "/sign-out", "/signed-out",
    ];

    // They want a sign-in of just now, and have nothing in their addresses.
    private static readonly string[] Strong = ["/account/authenticator", "/account/passkeys", "/account/recovery-codes", "/account/sign-ins"];

    private readonly TestServer _server = pages.Server;

    internal static bool IsBehind(string pattern) => !Open.Contains(pattern);

    [Fact]
    public async Task Who_is_not_signed_in_comes_back_to_the_very_address()
    {
        foreach (var route in (await PageRoute.AllAsync(_server)).Where(route => IsBehind(route.Pattern)))
        {
            using var browser = new TestBrowser(_server);
            await browser.GoAsync(route.Address + Query);
            Assert.True(browser.Address.AbsolutePath == "/sign-in", $"{route.Pattern} is shown to everybody.");
            await browser.SignInAsync(Flows.Email, Flows.Password);

            Assert.Equal(Strong.Contains(route.Pattern) ? route.Address : route.Address + Query, browser.Address.PathAndQuery);
        }
    }

    [Fact]
    public async Task Who_makes_an_account_on_the_way_comes_there_too()
    {
        using var browser = new TestBrowser(_server);
        await browser.GoAsync("/developer/agents/new?kind=service");
        await browser.GoAsync(browser.Page.QuerySelector("a[href^='/register']")!.GetAttribute("href")!);
        await browser.SubmitAsync(new() { ["Email"] = $"{Guid.NewGuid():N}@example.com", ["Password"] = Flows.Password });

        Assert.Equal("/developer/agents/new?kind=service", browser.Address.PathAndQuery);
    }

    [Fact]
    public async Task What_was_asked_for_is_asked_for_again_after_the_sign_in()
    {
        using var browser = new TestBrowser(_server);
        await browser.GoAsync("/developer/trail?about=ada@example.com..");
        Assert.Equal("/sign-in", browser.Address.AbsolutePath);
        await browser.SignInAsync(Flows.Email, Flows.Password);
        Assert.Equal("/developer/trail?about=ada@example.com..", browser.Address.PathAndQuery);

        using var other = new TestBrowser(_server);
        await other.GoAsync("/auth");
        Assert.Equal("/sign-in", other.Address.AbsolutePath);
        await other.SignInAsync(Flows.Email, Flows.Password);
        Assert.Equal("/auth", other.Address.AbsolutePath.TrimEnd('/'));
    }

    [Theory]
    [InlineData("https://evil.example/developer")]
    [InlineData("//evil.example/developer")]
    [InlineData("/developer.evil.example")]
    [InlineData("/developer/../connect/endsession")]
    [InlineData("/developer\\evil")]
    [InlineData("/developer\r\nSet-Cookie: a=b")]
    [InlineData("/sign-out")]
    [InlineData("/connect/authorize?client_id=web")]
    public async Task The_way_leads_to_no_other_place(string to)
    {
        using var browser = new TestBrowser(_server);
        await browser.GoAsync("/sign-in?to=" + Uri.EscapeDataString(to));
        await browser.SignInAsync(Flows.Email, Flows.Password);

        Assert.Equal(("/account", null), (browser.Address.PathAndQuery, browser.Left));
    }
}
