using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Tests.Pages;
using AuthServer.Tests.Support;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Vault.Accounts;

/// <summary>A grant that reaches several instances, such as the sites of one person: which of them the account works with is asked, kept, and changed later.</summary>
public sealed class InstanceChoiceTests(ConnectSide side) : IClassFixture<ConnectSide>, IAsyncLifetime
{
    private const string Offers = "/api/sites";

    public Task InitializeAsync()
    {
        Offer(("alpha", "Alpha site"), ("beta", "Beta <b>site</b>"));
        return Task.CompletedTask;
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Of_several_the_person_chooses_and_calls_go_there()
    {
        var (browser, account) = await ReturnAsync(await ConnectionAsync());
        using var _1 = browser;
        Assert.Equal("/connect/accounts/choose", browser.Address.AbsolutePath);
        Assert.Equal(["Alpha site", "Beta <b>site</b>"], browser.Page.QuerySelectorAll("label").Select(label => label.TextContent.Trim()));
        Assert.Equal("pending", (await side.ReadAsync(account)).GetProperty("status").GetString());

        await browser.SubmitAsync(new() { ["of_site"] = "beta" });

        Assert.Contains("Fake is connected", browser.Text, StringComparison.Ordinal);
        var tokens = (await side.TokensAsync(account))!;
        Assert.Equal("beta", tokens.Fields!["site"]);
        Assert.Equal("/api/beta/things", await CalledAsync(account));
        Assert.Null(tokens.Offered);
    }

    [Fact]
    public async Task Of_one_nobody_is_asked_and_of_none_nothing_is_connected()
    {
        Offer(("gamma", "Gamma"));
        var connection = await ConnectionAsync();
        var (one, account) = await ReturnAsync(connection);
        using var _1 = one;
        Assert.Equal("gamma", (await side.TokensAsync(account))!.Fields!["site"]);

        Offer();
        var (none, _) = await ReturnAsync(connection);
        using var _2 = none;
        Assert.Contains("reaches nothing that could be connected", none.Text, StringComparison.Ordinal);
        Assert.Equal(["nothing_offered"], await side.RefusalsAsync(connection));
    }

    [Fact]
    public async Task What_is_not_offered_is_not_taken_and_another_browser_has_nothing_to_choose()
    {
        var connection = await ConnectionAsync();
        var (browser, account) = await ReturnAsync(connection);
        using var _1 = browser;
        var address = browser.Address.PathAndQuery;
        foreach (var value in new[] { "delta", "", "beta\n" })
        {
            await browser.GoAsync(address);
            await browser.SubmitAsync(new() { ["of_site"] = value });
            Assert.Equal(HttpStatusCode.BadRequest, browser.Response.StatusCode);
        }

        using var other = side.Browser();
        await other.GoAsync(address);
        Assert.Equal(HttpStatusCode.NotFound, other.Response.StatusCode);
        Assert.DoesNotContain("Alpha", other.Text, StringComparison.Ordinal);

        await browser.GoAsync(address);
        await browser.SubmitAsync(new() { ["of_site"] = "alpha" });
        Assert.Equal("active", (await side.ReadAsync(account)).GetProperty("status").GetString());
        await browser.GoAsync(address);
        Assert.Equal(HttpStatusCode.NotFound, browser.Response.StatusCode);
    }

    [Fact]
    public async Task What_nobody_chooses_in_time_is_taken_back()
    {
        var connection = await ConnectionAsync();
        var (browser, account) = await ReturnAsync(connection);
        using var _1 = browser;
        var revoked = side.Provider.Grants.Revoked.Count;
        side.Server.Clock.Advance(TimeSpan.FromMinutes(11));

        // The server's own work may come first.
        await side.Server.Services.GetRequiredService<AbandonedLinks>().EndAsync(default);
        await side.Server.Services.GetRequiredService<GrantEndingWork>().RoundAsync(default);
        await Waiting.UntilAsync(() => side.Provider.Grants.Revoked.Count, count => count > revoked);
        Assert.Equal(["not_chosen"], await side.RefusalsAsync(connection));
        await browser.GoAsync(browser.Address.PathAndQuery);
        Assert.Equal(HttpStatusCode.NotFound, browser.Response.StatusCode);
        Assert.Equal("pending", (await side.ReadAsync(account)).GetProperty("status").GetString());
    }

    [Fact]
    public async Task The_applications_backend_confirms_after_the_choice_as_without_one()
    {
        var connection = await ConnectionAsync(ReturnCheck.App, new ConnectionSettings { ReturnUrls = [ConnectSide.Callback] });
        var (browser, account) = await ReturnAsync(connection, "user_chooses");
        using var _1 = browser;
        await browser.SubmitAsync(new() { ["of_site"] = "alpha" });
        var code = Flows.Query(new Uri(browser.Page.QuerySelector("#handover")!.GetAttribute("href")!))["code"];
        Assert.Equal(["/copy.js", "/once.js"], browser.Page.Scripts.Select(script => script.GetAttribute("src")));
        Assert.Equal("pending", (await side.ReadAsync(account)).GetProperty("status").GetString());

        await side.Acme.AskAsync(
            HttpMethod.Post, "/auth/exchange", new { code, provider = connection.ProviderId, redirectUri = ConnectSide.Callback, identifierId = "user_chooses" }, HttpStatusCode.OK);

        Assert.Equal("alpha", (await side.TokensAsync(account))!.Fields!["site"]);
    }

    [Fact]
    public async Task Its_person_changes_it_later_without_going_to_the_provider_and_a_refresh_keeps_it()
    {
        var connection = await ConnectionAsync();
        var (browser, id, _) = await side.PersonAsync(isMember: false);
        using var _1 = browser;
        var account = await side.AccountAsync(connection, id);
        await side.ConnectAsync(browser, await side.LinkAsync(account));
        await browser.SubmitAsync(new() { ["of_site"] = "alpha" });
        var page = $"/account/connections/{ConnectSide.IdOf(account)}";
        await browser.GoAsync(page);
        Assert.Contains("Alpha site", browser.Text, StringComparison.Ordinal);

        Offer(("alpha", "Alpha site"), ("beta", "Beta"), ("late", "Came later"));
        await browser.GoAsync(page + "?ask=change");
        Assert.Equal("alpha", browser.Page.QuerySelector("input[checked]")!.GetAttribute("value"));
        await browser.SubmitAsync(new() { ["of_site"] = "late" }, "Save");

        Assert.Contains("It is changed", browser.Text, StringComparison.Ordinal);
        Assert.Contains("Came later", browser.Text, StringComparison.Ordinal);
        Assert.Single(await side.Server.TrailAsync(AccountEvents.InstanceChosen), row => row.Target == ConnectSide.IdOf(account) && row.Subject == id);
        side.Server.Clock.Advance(TimeSpan.FromHours(2));
        await side.ReadAsync(account);
        var tokens = (await side.TokensAsync(account))!;
        Assert.Equal(("late", "Came later"), (tokens.Fields!["site"], tokens.Labels!["site"]));

        await browser.GoAsync(page + "?ask=change");
        await browser.SendAsync(ConnectionPageTests.Post(browser, page + "?ask=change", ("act", "change"), ("of_site", "delta")));
        Assert.Equal(HttpStatusCode.BadRequest, browser.Response.StatusCode);
        Assert.Equal("late", (await side.TokensAsync(account))!.Fields!["site"]);
    }

    /// <summary>Where a call of the account comes to.</summary>
    private async Task<string> CalledAsync(JsonElement account)
    {
        using var answer = await side.Acme.SendAsync(HttpMethod.Get, $"{ConnectSide.Route}/{ConnectSide.IdOf(account)}/proxy/things");
        return side.Provider.Calls.Last().Path;
    }

    private void Offer(params (string Id, string Name)[] sites) =>
        side.Provider.Serve(Offers, http => http.Response.WriteAsJsonAsync(sites.Select(site => new { id = site.Id, name = site.Name })));

    private Task<Connection> ConnectionAsync(ReturnCheck check = ReturnCheck.None, ConnectionSettings? settings = null) => side.ConnectionAsync(
        provider =>
        {
            provider["fields"] = new JsonArray(new JsonObject
            {
                ["name"] = "site",
                ["label"] = "Site",
                ["help"] = "Which of them.",
                ["pattern"] = "^[a-z]+$",
                ["required"] = true,
                ["from"] = new JsonObject
                {
                    ["call"] = new JsonObject { ["method"] = "GET", ["url"] = side.Provider.At(Offers).ToString() },
                    ["value_path"] = "[].id",
                    ["label_path"] = "[].name",
                },
            });
            provider["api"]!["base_url"] = side.Provider.At("/api").ToString() + "/{site}";
        },
        connection => connection.ReturnCheck = check,
        settings ?? new ConnectionSettings());

    /// <summary>To the provider and back, in a new browser.</summary>
    private async Task<(TestBrowser Browser, JsonElement Account)> ReturnAsync(Connection connection, string? identifier = null)
    {
        side.Provider.Person = new FakePerson($"p-{Guid.NewGuid():N}", $"{Guid.NewGuid():N}@example.com", "Some One");
        var account = await side.AccountAsync(connection, identifier);
        var browser = side.Browser();
        await side.ConnectAsync(browser, await side.LinkAsync(account));
        return (browser, account);
    }
}
