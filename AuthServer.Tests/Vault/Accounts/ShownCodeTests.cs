using System.Net;
using System.Text.Json;
using AuthServer.Tests.Support;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Connections;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Vault.Accounts;

/// <summary>Where nothing leads back to the application, whoever came back is shown a code, and takes it there themselves.</summary>
[Trait("negative", "54")]
public sealed class ShownCodeTests(ConnectSide side) : IClassFixture<ConnectSide>
{
    [Fact]
    public async Task The_account_waits_for_the_code_and_is_active_when_the_backend_redeems_it()
    {
        var (account, browser, code) = await ComeBackAsync("user_1");
        using var _ = browser;
        Assert.Contains("One step left", browser.Text, StringComparison.Ordinal);
        Assert.Contains("Acme AI asked for your Fake account", browser.Text, StringComparison.Ordinal);
        Assert.Contains("Nobody else ever needs this code", browser.Text, StringComparison.Ordinal);
        var waiting = await side.ReadAsync(account);
        Assert.Equal(("pending", "not_verified"), (waiting.GetProperty("status").GetString(), waiting.GetProperty("reason").GetString()));
        Assert.Null((await side.RowAsync(account)).Tokens);

        await browser.GoAsync(browser.Address.PathAndQuery);
        Assert.Equal(code, CodeOf(browser));
        var redeemed = await side.Acme.AskAsync(HttpMethod.Post, "/auth/exchange", Body(code, "user_1"), HttpStatusCode.OK);

        Assert.Equal("user_1", redeemed.GetProperty("identifierId").GetString());
        var linked = await side.ReadAsync(account);
        Assert.Equal(("active", true), (linked.GetProperty("status").GetString(), linked.GetProperty("verified").GetBoolean()));
        await browser.GoAsync(browser.Address.PathAndQuery);
        Assert.Null(browser.Page.QuerySelector("#code"));
        Assert.Contains("is connected", browser.Text, StringComparison.Ordinal);
        var again = await side.Acme.AskAsync(HttpMethod.Post, "/auth/exchange", Body(code, "user_1"), HttpStatusCode.BadRequest);
        Assert.Equal("invalid_code", again.GetProperty("code").GetString());
    }

    [Fact]
    public async Task The_code_is_in_no_address_no_cache_no_log_no_trail_and_no_table()
    {
        var (_, browser, code) = await ComeBackAsync("user_2");
        using var _1 = browser;

        Assert.DoesNotContain(code, browser.Address.ToString(), StringComparison.Ordinal);
        Assert.True(browser.Response.Headers.CacheControl!.NoStore);
        Assert.Equal("no-referrer", browser.Response.Headers.GetValues("Referrer-Policy").Single());
        Assert.Empty(browser.Page.QuerySelectorAll("main a[href^=http], form[action^=http]"));
        var stored = await side.Server.QueryAsync(async context => JsonSerializer.Serialize(new
        {
            links = await context.AccountLinks.AsNoTracking().ToListAsync(),
            trail = await context.AuditEvents.AsNoTracking().ToListAsync(),
        }));
        Assert.DoesNotContain(code, stored, StringComparison.Ordinal);
        Assert.DoesNotContain(code, string.Join('\n', side.Server.Logs.All), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_browser_is_shown_nothing()
    {
        var (_, browser, _) = await ComeBackAsync("user_3");
        using var _1 = browser;
        using var other = side.Browser();
        await other.GoAsync("/sign-in");

        await other.GoAsync(browser.Address.PathAndQuery);

        Assert.Equal(HttpStatusCode.NotFound, other.Response.StatusCode);
        Assert.Null(other.Page.QuerySelector("#code"));
    }

    /// <summary>An attacker's own link, which a victim opened, and whose code they told the attacker or took to the application as their own.</summary>
    [Fact]
    public async Task It_has_to_be_said_whose_session_the_code_was_brought_in_even_if_the_link_had_a_state()
    {
        var (account, browser, code) = await ComeBackAsync("attacker", new { state = "of the attacker's session" });
        using var _ = browser;

        var unsaid = await side.Acme.AskAsync(HttpMethod.Post, "/auth/exchange", Body(code, null), HttpStatusCode.BadRequest);
        Assert.Equal("identifier_missing", unsaid.GetProperty("code").GetString());
        var victim = await side.Acme.AskAsync(HttpMethod.Post, "/auth/exchange", Body(code, "victim"), HttpStatusCode.BadRequest);
        Assert.Equal("identifier_mismatch", victim.GetProperty("code").GetString());
        var elsewhere = await side.Acme.AskAsync(
            HttpMethod.Post, "/auth/exchange", new { code, provider = ConnectSide.ProviderId, identifierId = "attacker", redirectUri = ConnectSide.Callback }, HttpStatusCode.BadRequest);
        Assert.Equal("redirect_uri_mismatch", elsewhere.GetProperty("code").GetString());
        Assert.Equal("pending", (await side.ReadAsync(account)).GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_code_that_nobody_takes_anywhere_is_over_after_ten_minutes_and_the_grant_is_taken_back()
    {
        side.Provider.Person = new FakePerson("p-nobody", "nobody@example.com", "No Body");
        var (account, browser, code) = await ComeBackAsync("user_4");
        using var _ = browser;
        var revoked = side.Provider.Grants.Revoked.Count;
        side.Server.Clock.Advance(TimeSpan.FromMinutes(11));

        await side.Acme.AskAsync(HttpMethod.Post, "/auth/exchange", Body(code, "user_4"), HttpStatusCode.BadRequest);
        await browser.GoAsync(browser.Address.PathAndQuery);
        Assert.Null(browser.Page.QuerySelector("#code"));
        await side.Server.Services.GetRequiredService<AbandonedLinks>().EndAsync(CancellationToken.None);
        await side.Server.Services.GetRequiredService<GrantEndingWork>().RoundAsync(default);
        await Waiting.UntilAsync(() => side.Provider.Grants.Revoked.Count, count => count > revoked);
        Assert.Equal("not_confirmed", (await side.ReadAsync(account)).GetProperty("reason").GetString());
    }

    [Fact]
    public async Task An_address_that_anybody_can_write_ends_in_no_code()
    {
        var connection = await side.ConnectionAsync(connection => connection.ReturnCheck = ReturnCheck.App, new ConnectionSettings());
        using var browser = side.Browser();
        await browser.GoAsync($"/auth/{ConnectSide.ProviderId}?identifierId=user_9&connectionId={connection.Id}");

        Assert.Equal(HttpStatusCode.BadRequest, browser.Response.StatusCode);
        Assert.Contains("Nobody vouches", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_before_says_that_there_will_be_a_code()
    {
        var connection = await side.ConnectionAsync(connection => connection.ReturnCheck = ReturnCheck.App, new ConnectionSettings());
        using var browser = side.Browser();
        await browser.GoAsync(await side.LinkAsync(await side.AccountAsync(connection)));

        Assert.Contains("Afterwards you get a code", browser.Text, StringComparison.Ordinal);
    }

    private async Task<(JsonElement Account, TestBrowser Browser, string Code)> ComeBackAsync(string identifier, object? asked = null)
    {
        var connection = await side.ConnectionAsync(connection => connection.ReturnCheck = ReturnCheck.App, new ConnectionSettings());
        var account = await side.AccountAsync(connection, identifier);
        var browser = side.Browser();
        Assert.Null(await side.ConnectAsync(browser, await side.LinkAsync(account, asked)));
        return (account, browser, CodeOf(browser) ?? throw new InvalidOperationException(browser.Text));
    }

    private static string? CodeOf(TestBrowser browser) => browser.Page.QuerySelector("#code")?.TextContent;

    private static object Body(string code, string? identifierId) => new { code, provider = ConnectSide.ProviderId, identifierId };
}
