using AuthServer.Tests.Support;
using AuthServer.Vault.Connections;
using Microsoft.Playwright;

namespace AuthServer.Tests.Browser;

/// <summary>With scripts the way to a provider goes through a window of its own.</summary>
[Collection(ChromiumGroup.Name)]
public sealed class ConnectingTests(Chromium chromium, ConnectSide side) : IClassFixture<ConnectSide>
{
    [Fact]
    public async Task A_window_opens_and_closes_and_the_page_that_waited_goes_on_and_says_so_when_it_was_closed_early()
    {
        var account = await side.AccountAsync(await side.ConnectionAsync(settings: new ConnectionSettings()));
        await using var context = await chromium.Browser.NewContextAsync();
        var page = await context.NewPageAsync();
        var faults = new List<string>();
        page.Console += (_, message) => faults.AddRange(message.Type == "error" ? [message.Text] : Array.Empty<string>());
        await page.GotoAsync(await side.LinkAsync(account));

        // Closed before anything was agreed to.
        var stays = new TaskCompletionSource();
        await context.RouteAsync(side.Provider.AuthorizeUrl + "**", async route =>
        {
            stays.TrySetResult();
            await route.FulfillAsync(new RouteFulfillOptions { ContentType = "text/html", Body = "<h1>Sign in</h1>" });
        });
        var early = await page.RunAndWaitForPopupAsync(() => page.GetByRole(AriaRole.Button, new() { Name = "Connect", Exact = true }).ClickAsync());
        await stays.Task.WaitAsync(TimeSpan.FromMinutes(1));
        await page.BringToFrontAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Connecting…" })).ToBeDisabledAsync();
        await early.CloseAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync("You closed the window. Nothing was connected.");

        // Once more, to the end.
        await context.UnrouteAllAsync();
        var popup = await page.RunAndWaitForPopupAsync(() => page.GetByRole(AriaRole.Button, new() { Name = "Connect", Exact = true }).ClickAsync());
        var closed = new TaskCompletionSource();
        popup.Close += (_, _) => closed.TrySetResult();
        await page.BringToFrontAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Fake is connected");
        if (!popup.IsClosed)
        {
            await closed.Task.WaitAsync(TimeSpan.FromMinutes(1));
        }

        Assert.Equal("active", (await side.ReadAsync(account)).GetProperty("status").GetString());
        Assert.Empty(faults);
    }

    [Fact]
    public async Task An_application_that_opened_the_window_is_told_at_its_registered_origin_and_no_other()
    {
        var connection = await side.ConnectionAsync(settings: new ConnectionSettings { ReturnUrls = [ConnectSide.Callback] });
        await using var context = await chromium.Browser.NewContextAsync();
        foreach (var (origin, heard) in new[] { ("https://app.example", true), ("https://evil.example", false) })
        {
            await context.RouteAsync(origin + "/**", route => route.FulfillAsync(new RouteFulfillOptions { ContentType = "text/html", Body = "<h1>App</h1>" }));
            await context.RouteAsync(ConnectSide.Callback + "**", route => route.FulfillAsync(new RouteFulfillOptions { ContentType = "text/html", Body = "<h1>Back</h1>" }));
            var page = await context.NewPageAsync();
            await page.GotoAsync(origin + "/");
            await page.EvaluateAsync("window.heard = []; addEventListener('message', e => heard.push({ from: e.origin, ...e.data }))");
            var link = await side.LinkAsync(await side.AccountAsync(connection), new { state = "theirs" });
            var popup = await page.RunAndWaitForPopupAsync(() => page.EvaluateAsync("link => { window.open(link, 'connect'); }", link));
            await popup.GetByRole(AriaRole.Button, new() { Name = "Connect", Exact = true }).ClickAsync();
            await Assertions.Expect(popup.GetByRole(AriaRole.Heading)).ToHaveTextAsync("Back");

            var told = await page.EvaluateAsync<string>("JSON.stringify(heard)");
            Assert.Equal(heard ? $$"""[{"from":"{{side.Server.Issuer}}","type":"authserver:connect","event":"connected","state":"theirs"}]""" : "[]", told);
        }
    }
}
