using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Tests.Pages;
using AuthServer.Tests.Support;
using AuthServer.Vault.Connections;

namespace AuthServer.Tests.Vault.Accounts;

/// <summary>From an account that is to be linked to one that is: the way through the browser, and each check of who comes back.</summary>
public sealed class AccountLinkingTests(ConnectSide side) : IClassFixture<ConnectSide>
{
    /// <summary>What an account's calls need is looked up for each, not kept with the tokens.</summary>
    [Fact]
    public async Task What_a_connection_says_of_its_API_holds_for_accounts_that_are_linked_already()
    {
        var connection = await side.ConnectionAsync(
            provider =>
            {
                provider["fields"] = new JsonArray(new JsonObject { ["name"] = "api_version", ["label"] = "Version", ["default"] = "v1", ["pattern"] = "v[0-9]" });
                provider["api"]!["base_url"] = side.Provider.ApiUrl + "/{api_version}";
            },
            settings: new ConnectionSettings { BaseUrl = side.Provider.At("/api/of-its-own").ToString() });
        var account = await side.ConnectedAsync(connection);
        Assert.Equal("/api/of-its-own/things", await CalledAsync(account));

        await side.Acme.AskAsync(HttpMethod.Patch, $"/api/v1/connections/{connection.Id}", new { settings = new { base_url = (string?)null } });
        Assert.Equal("/api/v1/things", await CalledAsync(account));

        await side.Acme.AskAsync(HttpMethod.Patch, $"/api/v1/connections/{connection.Id}", new { settings = new { api_version = "v2" } });
        Assert.Equal("/api/v2/things", await CalledAsync(account));
    }

    /// <summary>A token that an API of the connection's own gave is shown to that one.</summary>
    [Fact]
    public async Task A_base_of_its_own_is_where_this_servers_own_calls_go_too()
    {
        var connection = await side.ConnectionAsync(
            provider => provider["oauth"]!["test"] = new JsonObject
            {
                ["call"] = new JsonObject { ["method"] = "GET", ["url"] = side.Provider.ApiUrl + "/me" },
                ["accepted"] = new JsonArray(new JsonObject { ["statuses"] = new JsonArray(200) }),
                ["refused"] = new JsonArray(new JsonObject { ["statuses"] = new JsonArray(401) }),
            },
            settings: new ConnectionSettings { BaseUrl = side.Provider.At("/api/of-its-own").ToString() });
        await side.ConnectedAsync(connection);

        var result = await side.Acme.AskAsync(HttpMethod.Post, $"/api/v1/connections/{connection.Id}/test");

        Assert.Equal("accepted", result.GetProperty("verdict").GetString());
        Assert.Equal("/api/of-its-own/me", side.Provider.Calls.Last().Path);
    }

    private async Task<string> CalledAsync(JsonElement account)
    {
        using var answer = await side.Acme.SendAsync(HttpMethod.Get, $"{ConnectSide.Route}/{ConnectSide.IdOf(account)}/proxy/things");
        return side.Provider.Calls.Last().Path;
    }

    [Fact]
    public async Task An_account_is_linked_in_the_browser_of_its_owner()
    {
        var connection = await side.ConnectionAsync(settings: new ConnectionSettings());
        var account = await side.AccountAsync(connection, "user_123");
        Assert.Equal("pending", account.GetProperty("status").GetString());

        using var browser = side.Browser();
        Assert.Null(await side.ConnectAsync(browser, await side.LinkAsync(account)));

        Assert.Contains("is connected", browser.Text, StringComparison.Ordinal);
        Assert.Contains("pat@example.com", browser.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("code=", browser.Address.Query, StringComparison.Ordinal);
        var linked = await side.ReadAsync(account);
        Assert.Equal("active", linked.GetProperty("status").GetString());
        Assert.Equal("pat@example.com", linked.GetProperty("provider_account").GetString());
        Assert.Equal(["read", "write"], linked.GetProperty("granted_scopes").EnumerateArray().Select(scope => scope.GetString()));
        Assert.False(linked.GetProperty("verified").GetBoolean());
        Assert.StartsWith("fake-at-", (await side.TokensAsync(account))!.AccessToken, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_provider_is_asked_with_a_state_a_challenge_and_the_scopes_of_the_connection()
    {
        var connection = await side.ConnectionAsync();
        using var browser = side.Browser();
        var address = await ConnectSide.GoOutAsync(browser, await side.LinkAsync(await side.AccountAsync(connection)));

        var asked = Flows.Query(address);
        Assert.Equal(FakeProvider.ClientId, asked["client_id"]);
        Assert.Equal("read write", asked["scope"]);
        Assert.Equal("S256", asked["code_challenge_method"]);
        Assert.Equal(43, asked["state"].Length);
        Assert.Equal($"{side.Server.Issuer}/connect/accounts/callback/{connection.Id}", asked["redirect_uri"]);
    }

    [Fact]
    public async Task The_same_account_again_is_the_same_account()
    {
        var connection = await side.ConnectionAsync();
        var body = new { connection_id = connection.Id, identifier = "twice", identifier_type = "user_id" };

        var first = await side.Acme.AskAsync(HttpMethod.Post, ConnectSide.Route, body, HttpStatusCode.Created);
        var second = await side.Acme.AskAsync(HttpMethod.Post, ConnectSide.Route, body, HttpStatusCode.OK);

        Assert.Equal(ConnectSide.IdOf(first), ConnectSide.IdOf(second));
    }

    [Fact]
    public async Task Of_many_who_make_the_same_account_at_once_one_makes_it()
    {
        var connection = await side.ConnectionAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => side.Acme.SendAsync(
            HttpMethod.Post, ConnectSide.Route, new { connection_id = connection.Id, identifier = "racing", identifier_type = "user_id" })));

        Assert.Equal(1, answers.Count(answer => answer.StatusCode == HttpStatusCode.Created));
        Assert.Equal(11, answers.Count(answer => answer.StatusCode == HttpStatusCode.OK));
        var ids = await Task.WhenAll(answers.Select(async answer => ConnectSide.IdOf(await TestServer.JsonAsync(answer))));
        Assert.Single(ids.Distinct());
        Assert.Single(await side.Server.TrailAsync("account.created"), row => row.Target == ids[0]);
    }

    [Fact]
    public async Task Where_the_backend_confirms_the_account_waits_for_it()
    {
        var connection = await side.ConnectionAsync(connection => connection.ReturnCheck = ReturnCheck.App);
        var account = await side.AccountAsync(connection, "user_77");
        using var browser = side.Browser();

        var left = await side.ConnectAsync(browser, await side.LinkAsync(account, new { state = "their own" }));

        Assert.StartsWith(ConnectSide.Callback + "?", left!.ToString(), StringComparison.Ordinal);
        var answer = Flows.Query(left);
        Assert.Equal("their own", answer["state"]);
        var waiting = await side.ReadAsync(account);
        Assert.Equal("pending", waiting.GetProperty("status").GetString());
        Assert.Equal("not_verified", waiting.GetProperty("reason").GetString());
        Assert.Null((await side.RowAsync(account)).Tokens);

        var redeemed = await side.Acme.AskAsync(
            HttpMethod.Post, "/auth/exchange", new { code = answer["code"], provider = ConnectSide.ProviderId, redirectUri = ConnectSide.Callback }, HttpStatusCode.OK);

        Assert.True(redeemed.GetProperty("success").GetBoolean());
        Assert.Equal("user_77", redeemed.GetProperty("identifierId").GetString());
        Assert.Equal(["read", "write"], redeemed.GetProperty("scopes").EnumerateArray().Select(scope => scope.GetString()));
        var linked = await side.ReadAsync(account);
        Assert.Equal("active", linked.GetProperty("status").GetString());
        Assert.True(linked.GetProperty("verified").GetBoolean());
    }

    [Fact]
    public async Task Where_the_session_confirms_its_owner_signs_in_first()
    {
        var connection = await side.ConnectionAsync(connection => connection.ReturnCheck = ReturnCheck.Session, new ConnectionSettings());
        using var browser = side.Browser();
        await browser.GoAsync("/register");
        var email = $"{Guid.NewGuid():N}@example.com";
        await browser.SubmitAsync(new() { ["Email"] = email, ["Name"] = "Own Er", ["Password"] = Flows.Password });
        var person = await BrowserSide.SubjectAsync(browser);
        var account = await side.AccountAsync(connection, person);
        var link = await side.LinkAsync(account);

        // In a browser where nobody is signed in yet.
        using var other = side.Browser();
        await other.GoAsync(link);
        Assert.Equal("/sign-in", other.Address.AbsolutePath);
        await other.SignInAsync(email, Flows.Password);
        Assert.StartsWith("/connect/accounts/", other.Address.AbsolutePath, StringComparison.Ordinal);
        Assert.Contains(email, other.Text, StringComparison.Ordinal);
        Assert.Null(await side.ConnectAsync(other, link));

        var linked = await side.ReadAsync(account);
        Assert.Equal("active", linked.GetProperty("status").GetString());
        Assert.True(linked.GetProperty("verified").GetBoolean());
    }

    [Fact]
    public async Task What_may_be_left_out_can_be_unticked()
    {
        var connection = await side.ConnectionAsync(settings: new ConnectionSettings());
        var account = await side.AccountAsync(connection);
        using var browser = side.Browser();
        var address = await ConnectSide.GoOutAsync(browser, await side.LinkAsync(account, new { optional_scopes = new[] { "write" } }), new() { ["scope"] = null });

        Assert.Equal("read", Flows.Query(address)["scope"]);
        await browser.GoAsync((await side.AgreeAsync(address)).ToString());
        Assert.Equal("active", (await side.ReadAsync(account)).GetProperty("status").GetString());
    }

    [Fact]
    public async Task What_was_unticked_stays_so_when_the_session_was_over_and_another_link_begins_with_all()
    {
        var connection = await side.ConnectionAsync(connection => connection.ReturnCheck = ReturnCheck.Session, new ConnectionSettings());
        var (browser, id, email) = await side.PersonAsync();
        using var _1 = browser;
        var account = await side.AccountAsync(connection, id);
        var link = await side.LinkAsync(account, new { optional_scopes = new[] { "write" } });
        await browser.GoAsync(link);
        Assert.Equal(["write"], Ticked(browser));
        EveryFormTests.Expire(browser);
        await browser.SubmitAsync(new() { ["scope"] = null }, "Connect");
        Assert.Equal(HttpStatusCode.BadRequest, browser.Response.StatusCode);
        Assert.Null(browser.Page.QuerySelector("#go"));

        await browser.GoAsync(browser.Page.QuerySelector("main a.button")!.GetAttribute("href")!);
        Assert.Equal("/sign-in", browser.Address.AbsolutePath);
        await browser.SignInAsync(email, Flows.Password);
        Assert.StartsWith("/connect/accounts/", browser.Address.AbsolutePath, StringComparison.Ordinal);
        Assert.Empty(Ticked(browser));
        await browser.SubmitAsync(button: "Connect");
        Assert.Equal("read", Flows.Query(new Uri(browser.Page.QuerySelector("#go")!.GetAttribute("href")!))["scope"]);

        await browser.GoAsync(await side.LinkAsync(account, new { optional_scopes = new[] { "write" } }));
        Assert.Equal(["write"], Ticked(browser));
    }

    private static IEnumerable<string?> Ticked(TestBrowser browser) => browser.Page.QuerySelectorAll("input[name=scope][checked]").Select(box => box.GetAttribute("value"));

    [Fact]
    public async Task The_page_says_who_asks_for_what_in_plain_words()
    {
        var connection = await side.ConnectionAsync();
        using var browser = side.Browser();
        await browser.GoAsync(await side.LinkAsync(await side.AccountAsync(connection, "org_456", "org_id")));

        Assert.Contains("Connect Fake for Acme AI", browser.Text, StringComparison.Ordinal);
        Assert.Contains("Read your things", browser.Text, StringComparison.Ordinal);
        Assert.Contains("Required", browser.Text, StringComparison.Ordinal);
        Assert.Contains("it serves everybody of org_456", browser.Text, StringComparison.Ordinal);
        Assert.Contains("app.example", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tokens_are_listed_by_owner_and_resource_and_never_shown()
    {
        var connection = await side.ConnectionAsync(settings: new ConnectionSettings());
        var account = await side.ConnectedAsync(connection, "user_456");

        var listed = (await side.Acme.GetAsync($"/oauth-tokens?identifierId=user_456&resource={ConnectSide.ProviderId}")).GetProperty("data").EnumerateArray().Single();

        Assert.StartsWith("oat_", listed.GetProperty("id").GetString(), StringComparison.Ordinal);
        Assert.Equal("user_456", listed.GetProperty("identifierId").GetString());
        Assert.Equal("active", listed.GetProperty("status").GetString());
        Assert.Equal(ConnectSide.IdOf(account), listed.GetProperty("connectedAccountId").GetString());
        Assert.DoesNotContain("fake-", JsonSerializer.Serialize(listed), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_whose_answer_does_not_say_when_it_ends_is_asked_about()
    {
        var connection = await side.ConnectionAsync(
            provider =>
            {
                provider["oauth"]!["token"]!["expiry"] = new System.Text.Json.Nodes.JsonArray("expires_in", "introspection");
                provider["oauth"]!["introspection"] = new System.Text.Json.Nodes.JsonObject
                {
                    ["call"] = new System.Text.Json.Nodes.JsonObject { ["method"] = "GET", ["url"] = side.Provider.At("/api/ends").ToString() },
                    ["expires_path"] = "exp",
                };
            },
            settings: new ConnectionSettings());
        var before = side.Provider.Rules;
        side.Provider.Rules = before with { SaysExpiry = false };
        side.Provider.Serve("/api/ends", http => Microsoft.AspNetCore.Http.HttpResponseJsonExtensions.WriteAsJsonAsync(http.Response, new { exp = side.Server.Clock.Now.ToUnixTimeSeconds() + 1800 }));

        var account = await side.ConnectedAsync(connection, null, new FakePerson($"p-{Guid.NewGuid():N}", "e@example.com", "E"));
        Assert.Equal(1800, ((await side.RowAsync(account)).AccessExpiresAt!.Value - side.Server.Clock.Now).TotalSeconds, 2.0);
        var held = (await side.TokensAsync(account))!.AccessToken;
        side.Server.Clock.Advance(TimeSpan.FromMinutes(31));
        await side.ReadAsync(account);
        side.Provider.Rules = before;

        Assert.NotEqual(held, (await side.TokensAsync(account))!.AccessToken);

        // The server's own round may have been first, and tokens are kept before it is asked when they end.
        var row = await Waiting.UntilAsync(() => side.RowAsync(account), row => row.AccessExpiresAt is not null);
        Assert.Equal(1800, (row.AccessExpiresAt!.Value - side.Server.Clock.Now).TotalSeconds, 2.0);
    }
}
