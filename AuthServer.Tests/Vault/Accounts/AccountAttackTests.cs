using System.Net;
using System.Text.Json.Nodes;
using AuthServer.Tests.Support;
using AuthServer.Vault.Connections;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Vault.Accounts;

/// <summary>Links and answers that come from the wrong place: each is told in plain words, leaves one event, and changes no account.</summary>
[Trait("negative", "54")]
public sealed class AccountAttackTests(ConnectSide side) : IClassFixture<ConnectSide>
{
    private static readonly ConnectionSettings Here = new();

    [Theory]
    [InlineData("")]
    [InlineData("?state=")]
    [InlineData("?state=nobody-knows-it&code=x")]
    [InlineData("?state=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa&code=x")]
    [InlineData("?state=a&state=b&code=x")]
    [InlineData("?state=%00&code=x")]
    public async Task A_state_that_nobody_knows_is_refused(string query)
    {
        using var browser = side.Browser();
        await browser.GoAsync("/connect/accounts/callback" + query);

        Assert.Equal(HttpStatusCode.BadRequest, browser.Response.StatusCode);
        Assert.Contains("Nobody here waits for this answer", browser.Text, StringComparison.Ordinal);
        Assert.Contains("state_unknown", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_comes_too_late_is_refused()
    {
        var connection = await side.ConnectionAsync(settings: Here);
        var account = await side.AccountAsync(connection);
        using var browser = side.Browser();
        var back = await side.AgreeAsync(await ConnectSide.GoOutAsync(browser, await side.LinkAsync(account)));
        side.Server.Clock.Advance(TimeSpan.FromMinutes(11));

        await browser.GoAsync(back.ToString());

        Assert.Equal(HttpStatusCode.BadRequest, browser.Response.StatusCode);
        Assert.Contains("longer than ten minutes", browser.Text, StringComparison.Ordinal);
        Assert.Equal(["link_expired"], await side.RefusalsAsync(connection));
        Assert.Equal("pending", (await side.ReadAsync(account)).GetProperty("status").GetString());
    }

    [Fact]
    public async Task An_answer_that_comes_twice_changes_nothing_the_second_time()
    {
        var connection = await side.ConnectionAsync(settings: Here);
        var account = await side.AccountAsync(connection);
        using var browser = side.Browser();
        var back = await side.AgreeAsync(await ConnectSide.GoOutAsync(browser, await side.LinkAsync(account)));
        await browser.GoAsync(back.ToString());
        var version = (await side.RowAsync(account)).Version;

        await browser.GoAsync(back.ToString());

        Assert.Equal(HttpStatusCode.BadRequest, browser.Response.StatusCode);
        Assert.Contains("came before", browser.Text, StringComparison.Ordinal);
        Assert.Equal(["state_replayed"], await side.RefusalsAsync(connection));
        Assert.Equal(version, (await side.RowAsync(account)).Version);
    }

    [Fact]
    public async Task Of_an_answer_that_comes_many_times_at_once_one_is_taken()
    {
        var connection = await side.ConnectionAsync(settings: Here);
        var account = await side.AccountAsync(connection);
        using var browser = side.Browser();
        var back = await side.AgreeAsync(await ConnectSide.GoOutAsync(browser, await side.LinkAsync(account)));
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = browser.Cookies });

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => http.GetAsync(back)));

        Assert.Equal(1, answers.Count(answer => answer.StatusCode == HttpStatusCode.SeeOther));
        Assert.Equal("active", (await side.ReadAsync(account)).GetProperty("status").GetString());
        Assert.Single(await side.Server.TrailAsync("account.connected"), row => row.Target == ConnectSide.IdOf(account));
    }

    [Fact]
    public async Task An_answer_in_another_browser_is_refused_and_the_right_one_can_still_go_on()
    {
        var connection = await side.ConnectionAsync(settings: Here);
        var account = await side.AccountAsync(connection);
        using var browser = side.Browser();
        using var other = side.Browser();
        await other.GoAsync("/sign-in");
        var back = await side.AgreeAsync(await ConnectSide.GoOutAsync(browser, await side.LinkAsync(account)));

        await other.GoAsync(back.ToString());
        Assert.Equal(HttpStatusCode.BadRequest, other.Response.StatusCode);
        Assert.Contains("begun in another browser", other.Text, StringComparison.Ordinal);
        Assert.Equal(["other_browser"], await side.RefusalsAsync(connection));
        Assert.Equal("pending", (await side.ReadAsync(account)).GetProperty("status").GetString());

        await browser.GoAsync(back.ToString());
        Assert.Equal("active", (await side.ReadAsync(account)).GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_link_belongs_to_the_browser_that_opened_it_first()
    {
        var connection = await side.ConnectionAsync(settings: Here);
        var link = await side.LinkAsync(await side.AccountAsync(connection));
        using var first = side.Browser();
        await first.GoAsync(link);
        using var second = side.Browser();

        await second.GoAsync(link);

        Assert.Equal(HttpStatusCode.Forbidden, second.Response.StatusCode);
        Assert.Contains("opened in another browser", second.Text, StringComparison.Ordinal);
        await first.GoAsync(link);
        Assert.Equal(HttpStatusCode.OK, first.Response.StatusCode);
    }

    [Fact]
    public async Task A_preview_does_not_take_a_link_away()
    {
        var connection = await side.ConnectionAsync(settings: Here);
        var link = await side.LinkAsync(await side.AccountAsync(connection));
        using var http = side.Server.CreateClient();
        using var preview = new HttpRequestMessage(HttpMethod.Get, link);
        preview.Headers.Add("Sec-Purpose", "prefetch");
        Assert.Equal(HttpStatusCode.OK, (await http.SendAsync(preview)).StatusCode);
        using var browser = side.Browser();

        await browser.GoAsync(link);

        Assert.Equal(HttpStatusCode.OK, browser.Response.StatusCode);
    }

    [Fact]
    public async Task A_link_is_over_after_its_use_and_after_ten_minutes()
    {
        var connection = await side.ConnectionAsync(settings: Here);
        var used = await side.LinkAsync(await side.AccountAsync(connection));
        using var browser = side.Browser();
        await side.ConnectAsync(browser, used);
        await browser.GoAsync(used);
        Assert.Equal(HttpStatusCode.NotFound, browser.Response.StatusCode);

        var late = await side.LinkAsync(await side.AccountAsync(connection));
        side.Server.Clock.Advance(TimeSpan.FromMinutes(10));
        await browser.GoAsync(late);
        Assert.Equal(HttpStatusCode.NotFound, browser.Response.StatusCode);
        Assert.Contains("This link is not good", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_at_the_address_of_another_connection_is_refused()
    {
        var connection = await side.ConnectionAsync(settings: Here);
        var other = await side.ConnectionAsync(settings: Here);
        var account = await side.AccountAsync(connection);
        using var browser = side.Browser();
        var back = await side.AgreeAsync(await ConnectSide.GoOutAsync(browser, await side.LinkAsync(account)));

        await browser.GoAsync(back.ToString().Replace(connection.Id, other.Id, StringComparison.Ordinal));
        Assert.Contains("other_callback", browser.Text, StringComparison.Ordinal);
        await browser.GoAsync(back.ToString().Replace("/" + connection.Id, "", StringComparison.Ordinal));
        Assert.Contains("other_callback", browser.Text, StringComparison.Ordinal);
        Assert.Equal("pending", (await side.ReadAsync(account)).GetProperty("status").GetString());
    }

    /// <summary>RFC 9207 §2.4.</summary>
    [Theory]
    [InlineData("https://id.example", "https://id.example")]
    [InlineData("https://id.example/{tid}/v2.0", "https://id.example/72f988bf-86f1-41af-91ab-2d7cd011db47/v2.0")]
    public async Task An_answer_that_names_another_issuer_is_refused_and_the_right_one_can_still_come(string issuer, string said)
    {
        var connection = await side.ConnectionAsync(provider => provider["oauth"]!["discovery"] = new JsonObject { ["url"] = "https://id.example/", ["issuer"] = issuer }, settings: Here);
        var account = await side.AccountAsync(connection);
        using var browser = side.Browser();
        var back = await side.AgreeAsync(await ConnectSide.GoOutAsync(browser, await side.LinkAsync(account)));

        foreach (var other in new[] { "https://evil.example", said + "/", "https://id.example/v2.0", "" })
        {
            await browser.GoAsync($"{back}&iss={Uri.EscapeDataString(other)}");
            Assert.Equal(HttpStatusCode.BadRequest, browser.Response.StatusCode);
            Assert.Contains("other_issuer", browser.Text, StringComparison.Ordinal);
        }

        Assert.Equal(["other_issuer", "other_issuer", "other_issuer", "other_issuer"], await side.RefusalsAsync(connection));
        await browser.GoAsync($"{back}&iss={Uri.EscapeDataString(said)}");
        Assert.Equal("active", (await side.ReadAsync(account)).GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_link_of_one_person_in_the_session_of_another_names_both_and_stops()
    {
        var connection = await side.ConnectionAsync(connection => connection.ReturnCheck = ReturnCheck.Session, Here);
        var (ada, adaId, adaMail) = await side.PersonAsync();
        var (eve, _, eveMail) = await side.PersonAsync();
        using var _1 = ada;
        using var _2 = eve;
        var account = await side.AccountAsync(connection, adaId);

        await eve.GoAsync(await side.LinkAsync(account));

        Assert.Equal(HttpStatusCode.Forbidden, eve.Response.StatusCode);
        Assert.Contains(adaMail, eve.Text, StringComparison.Ordinal);
        Assert.Contains(eveMail, eve.Text, StringComparison.Ordinal);
        Assert.Null(eve.Page.QuerySelector("button[value=connect]"));
    }

    [Fact]
    public async Task Whoever_signs_in_as_another_on_the_way_comes_back_for_nothing()
    {
        var connection = await side.ConnectionAsync(connection => connection.ReturnCheck = ReturnCheck.Session, Here);
        var (ada, adaId, _) = await side.PersonAsync();
        var (eve, _, eveMail) = await side.PersonAsync();
        eve.Dispose();
        using var browser = ada;
        var account = await side.AccountAsync(connection, adaId);
        var back = await side.AgreeAsync(await ConnectSide.GoOutAsync(browser, await side.LinkAsync(account)));
        await browser.GoAsync("/sign-out");
        await browser.SubmitAsync(button: "Sign out");
        await browser.GoAsync("/sign-in");
        await browser.SignInAsync(eveMail, Flows.Password);

        await browser.GoAsync(back.ToString());

        Assert.Contains("Somebody else is signed in", browser.Text, StringComparison.Ordinal);
        Assert.Equal(["other_person"], await side.RefusalsAsync(connection));
        Assert.Equal("pending", (await side.ReadAsync(account)).GetProperty("status").GetString());
    }

    [Fact]
    public async Task The_page_of_an_outcome_is_for_the_browser_that_began_it()
    {
        var connection = await side.ConnectionAsync(settings: Here);
        using var browser = side.Browser();
        await side.ConnectAsync(browser, await side.LinkAsync(await side.AccountAsync(connection)));
        using var other = side.Browser();

        await other.GoAsync(browser.Address.PathAndQuery);

        Assert.Equal(HttpStatusCode.NotFound, other.Response.StatusCode);
        Assert.DoesNotContain("pat@example.com", other.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://app.example/connected/")]
    [InlineData("https://app.example/connected?x=1")]
    [InlineData("https://APP.example/connected")]
    [InlineData("https://evil.example/")]
    [InlineData("javascript:alert(1)")]
    public async Task Nobody_is_sent_where_the_connection_does_not_list_it(string address)
    {
        var account = await side.AccountAsync(await side.ConnectionAsync());
        var refused = await side.Acme.AskAsync(HttpMethod.Post, $"{ConnectSide.Route}/{ConnectSide.IdOf(account)}/auth-url", new { redirect_uri = address }, HttpStatusCode.BadRequest);
        Assert.True(refused.GetProperty("errors").TryGetProperty("redirect_uri", out _));
    }

    [Fact]
    public async Task A_return_URL_that_was_taken_from_the_list_meanwhile_is_none_any_more()
    {
        var connection = await side.ConnectionAsync();
        using var browser = side.Browser();
        var back = await side.AgreeAsync(await ConnectSide.GoOutAsync(browser, await side.LinkAsync(await side.AccountAsync(connection))));
        await side.Server.QueryAsync(async context =>
        {
            context.Connections.Single(row => row.Id == connection.Id).Settings = "{}";
            return await context.SaveChangesAsync();
        });

        await browser.GoAsync(back.ToString());

        Assert.Null(browser.Left);
    }

    [Fact]
    public async Task A_link_asks_for_no_more_than_the_connection_is_for()
    {
        var account = await side.AccountAsync(await side.ConnectionAsync());
        var refused = await side.Acme.AskAsync(
            HttpMethod.Post, $"{ConnectSide.Route}/{ConnectSide.IdOf(account)}/auth-url", new { scopes = new[] { "read", "everything" } }, HttpStatusCode.BadRequest);
        Assert.True(refused.GetProperty("errors").TryGetProperty("scopes[1]", out _));
    }

    [Fact]
    public async Task Accounts_and_connections_of_others_do_not_exist()
    {
        var connection = await side.ConnectionAsync(settings: Here);
        var account = await side.AccountAsync(connection);
        var stranger = await OrganizationSide.CreateAsync(side.Server);

        await stranger.AskAsync(HttpMethod.Get, $"{ConnectSide.Route}/{ConnectSide.IdOf(account)}", null, HttpStatusCode.NotFound);
        await stranger.AskAsync(HttpMethod.Delete, $"{ConnectSide.Route}/{ConnectSide.IdOf(account)}", null, HttpStatusCode.NotFound);
        await stranger.AskAsync(HttpMethod.Post, $"{ConnectSide.Route}/{ConnectSide.IdOf(account)}/auth-url", new { }, HttpStatusCode.NotFound);
        await stranger.AskAsync(HttpMethod.Post, ConnectSide.Route, new { connection_id = connection.Id, identifier = "x" }, HttpStatusCode.BadRequest);
        Assert.Empty((await stranger.GetAsync(ConnectSide.Route)).GetProperty("data").EnumerateArray());
    }

    [Fact]
    public async Task Nothing_that_a_provider_gave_is_in_the_database_the_trail_or_the_log_in_clear()
    {
        var connection = await side.ConnectionAsync();
        var account = await side.ConnectedAsync(connection, "secret_keeper");
        var tokens = (await side.TokensAsync(account))!;
        string[] secrets = [tokens.AccessToken, tokens.RefreshToken!];

        var row = await side.RowAsync(account);
        var links = await side.Server.QueryAsync(context => context.AccountLinks.AsNoTracking().ToListAsync());
        var trail = await side.Server.QueryAsync(context => context.AuditEvents.AsNoTracking().ToListAsync());
        var all = string.Join('\n', [row.Tokens, .. links.Select(link => System.Text.Json.JsonSerializer.Serialize(link)), .. trail.Select(entry => System.Text.Json.JsonSerializer.Serialize(entry)), .. side.Server.Logs.All]);
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, all, StringComparison.Ordinal));
        Assert.DoesNotContain("fake-code-", all, StringComparison.Ordinal);
        Assert.All(links.Where(link => link.Stage > AuthServer.Vault.Accounts.LinkStage.Waiting), link => Assert.Null(link.Tokens));
    }
}
