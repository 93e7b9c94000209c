using AuthServer.Pages.Connections;
using AuthServer.Tests.Support;
using AuthServer.Vault.Connections;

namespace AuthServer.Tests.Vault.Accounts;

/// <summary>Where a script has opened a window for the way to the provider, that window hands over what came of it; else everything is a redirect.</summary>
public sealed class ConnectWindowTests(ConnectSide side) : IClassFixture<ConnectSide>
{
    private static readonly Dictionary<string, string?> InWindow = new() { ["window"] = "1" };

    [Fact]
    public async Task The_code_stands_in_the_page_and_the_applications_origin_is_told_without_it()
    {
        var account = await side.AccountAsync(await side.ConnectionAsync(connection => connection.ReturnCheck = ReturnCheck.App));
        using var browser = side.Browser();

        Assert.Null(await side.ConnectAsync(browser, await side.LinkAsync(account, new { state = "theirs" }), InWindow));

        var end = browser.Page.QuerySelector("#handover")!;
        var to = new Uri(end.GetAttribute("href")!);
        Assert.StartsWith(ConnectSide.Callback + "?code=", to.ToString(), StringComparison.Ordinal);
        Assert.Equal(("connected", "https://app.example", "theirs"), (end.GetAttribute("data-event"), end.GetAttribute("data-origin"), end.GetAttribute("data-state")));
        Assert.Equal(["/copy.js", "/once.js", "/connect-window.js"], browser.Page.Scripts.Select(script => script.GetAttribute("src")));
        Assert.Contains("no-store", browser.Response.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("code=", browser.Response.Headers.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_is_handed_over_too()
    {
        var account = await side.AccountAsync(await side.ConnectionAsync());
        side.Provider.Rules = side.Provider.Rules with { AuthorizeError = "access_denied" };
        using var browser = side.Browser();
        await side.ConnectAsync(browser, await side.LinkAsync(account), InWindow);
        side.Provider.Rules = side.Provider.Rules with { AuthorizeError = null };

        var end = browser.Page.QuerySelector("#handover")!;
        Assert.Contains("error=access_denied", end.GetAttribute("href")!, StringComparison.Ordinal);
        Assert.NotEqual("connected", end.GetAttribute("data-event"));
    }

    [Fact]
    public async Task What_ends_here_is_shown_here_and_handed_over_to_the_page_that_waits()
    {
        var account = await side.AccountAsync(await side.ConnectionAsync(settings: new ConnectionSettings()));
        using var browser = side.Browser();
        await side.ConnectAsync(browser, await side.LinkAsync(account), InWindow);

        Assert.Contains("Fake is connected", browser.Text, StringComparison.Ordinal);
        var end = browser.Page.QuerySelector("#handover")!;
        Assert.Equal(("/connect/accounts/done", null), (new Uri(browser.Address, end.GetAttribute("href")).AbsolutePath, end.GetAttribute("data-origin")));

        // The page that waits shows the same, and hands over nothing.
        await browser.GoAsync(end.GetAttribute("href")!);
        Assert.Null(browser.Page.QuerySelector("#handover"));
    }

    [Fact]
    public void An_address_whose_host_has_no_such_spelling_is_shown_as_none()
    {
        Assert.Equal("?", new ConnectHandOver("clk_1", "https://xn--\u00e4.example.com/", "connected").Host);
        Assert.Equal("xn--bcher-kva.example", new ConnectHandOver("clk_1", "https://b\u00fccher.example/", "connected").Host);
        Assert.Null(new ConnectHandOver("clk_1", "/connect/accounts/done", "connected").Host);
    }

    [Fact]
    public async Task Without_scripts_nothing_of_it_is_seen()
    {
        var account = await side.AccountAsync(await side.ConnectionAsync());
        using var browser = side.Browser();
        await browser.GoAsync(await side.LinkAsync(account));
        Assert.NotNull(browser.Page.QuerySelector("input[name=window]")!.GetAttribute("disabled"));
        await browser.SubmitAsync(new() { ["window"] = null }, "Connect");
        await browser.GoAsync((await side.AgreeAsync(new Uri(browser.Page.QuerySelector("#go")!.GetAttribute("href")!))).ToString());

        Assert.StartsWith(ConnectSide.Callback, browser.Left!.ToString(), StringComparison.Ordinal);
    }
}
