using AuthServer.Tests.Support;
using AuthServer.Vault.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Playwright;

namespace AuthServer.Tests.Browser;

/// <summary>With scripts the way to a provider goes through a window of its own.</summary>
[Collection(ChromiumGroup.Name)]
public sealed class ConnectingTests(Chromium chromium, ConnectSide side) : IClassFixture<ConnectSide>
{
    [Fact]
    public async Task A_window_opens_and_closes_and_the_page_that_waited_goes_on_and_says_so_when_it_was_closed_early()
    {
        // Where nothing is agreed to at first: whoever comes has to sign in there.
        await using var provider = await DocumentHost.StartAsync();
        var stays = new TaskCompletionSource();
        provider.Serve("/authorize", http =>
        {
            if (!stays.TrySetResult())
            {
                http.Response.Redirect(side.Provider.AuthorizeUrl + http.Request.QueryString.ToString());
                return Task.CompletedTask;
            }

            return ShowAsync(http, "Sign in");
        });
        var account = await side.AccountAsync(await side.ConnectionAsync(
            definition => definition["oauth"]!["authorize"]!["url"] = provider.At("/authorize").ToString(), settings: new ConnectionSettings()));
        await using var context = await chromium.Browser.NewContextAsync();
        var page = await context.NewPageAsync();
        var faults = new List<string>();
        page.Console += (_, message) => faults.AddRange(message.Type == "error" ? [message.Text] : Array.Empty<string>());
        await page.GotoAsync(await side.LinkAsync(account));

        // Closed before anything was agreed to.
        var early = await page.RunAndWaitForPopupAsync(() => page.GetByRole(AriaRole.Button, new() { Name = "Connect", Exact = true }).ClickAsync());
        await stays.Task.WaitAsync(TimeSpan.FromMinutes(1));
        await page.BringToFrontAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Connecting…" })).ToBeDisabledAsync();
        await early.CloseAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync("You closed the window. Nothing was connected.");

        // Once more, to the end.
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
        await using var app = await DocumentHost.StartAsync();
        await using var other = await DocumentHost.StartAsync();
        app.Serve("/back", http => ShowAsync(http, "Back"));
        var connection = await side.ConnectionAsync(settings: new ConnectionSettings { ReturnUrls = [app.At("/back").ToString()] });
        await using var context = await chromium.Browser.NewContextAsync();
        foreach (var (host, heard) in new[] { (app, true), (other, false) })
        {
            host.Serve("/", http => ShowAsync(http, "App"));
            var page = await context.NewPageAsync();
            await page.GotoAsync(host.At("/").ToString());
            await page.EvaluateAsync("window.heard = []; addEventListener('message', e => heard.push({ from: e.origin, ...e.data }))");
            var link = await side.LinkAsync(await side.AccountAsync(connection), new { state = "theirs" });
            var popup = await page.RunAndWaitForPopupAsync(() => page.EvaluateAsync("link => { window.open(link, 'connect'); }", link));
            await popup.GetByRole(AriaRole.Button, new() { Name = "Connect", Exact = true }).ClickAsync();
            await Assertions.Expect(popup.GetByRole(AriaRole.Heading)).ToHaveTextAsync("Back");

            var told = await page.EvaluateAsync<string>("JSON.stringify(heard)");
            Assert.Equal(heard ? $$"""[{"from":"{{side.Server.Issuer}}","type":"authserver:connect","event":"connected","state":"theirs"}]""" : "[]", told);
        }
    }

    private static Task ShowAsync(HttpContext http, string heading)
    {
        http.Response.ContentType = "text/html";
        return http.Response.WriteAsync($"<!doctype html><link rel=\"icon\" href=\"data:,\"><h1>{heading}</h1>");
    }
}
