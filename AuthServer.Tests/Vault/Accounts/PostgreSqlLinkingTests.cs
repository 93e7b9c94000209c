using System.Net;
using AuthServer.Tests.Support;
using AuthServer.Vault.Connections;

namespace AuthServer.Tests.Vault.Accounts;

/// <summary>The steps that are taken once, on PostgreSQL.</summary>
public sealed class PostgreSqlLinkingTests(PostgreSqlConnectSide side) : IClassFixture<PostgreSqlConnectSide>
{
    [Fact]
    public async Task The_whole_way_with_a_backend_that_confirms_and_the_end_of_the_account()
    {
        var connection = await side.ConnectionAsync(connection => connection.ReturnCheck = ReturnCheck.App);
        var account = await side.AccountAsync(connection);
        var code = await side.CodeAsync(account, new { state = "theirs" });

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => side.Acme.SendAsync(
            HttpMethod.Post, "/auth/exchange", new { code, provider = ConnectSide.ProviderId, redirectUri = ConnectSide.Callback })));
        Assert.Equal(1, answers.Count(answer => answer.IsSuccessStatusCode));
        Assert.Equal("active", (await side.ReadAsync(account)).GetProperty("status").GetString());

        var ends = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => side.Acme.SendAsync(HttpMethod.Delete, $"{ConnectSide.Route}/{ConnectSide.IdOf(account)}")));
        Assert.Equal(1, ends.Count(answer => answer.IsSuccessStatusCode));
        Assert.Single(await side.Server.TrailAsync("account.deleted"));
    }

    [Fact]
    public async Task Of_an_answer_that_comes_many_times_at_once_one_is_taken()
    {
        var account = await side.AccountAsync(await side.ConnectionAsync(settings: new ConnectionSettings()));
        using var browser = side.Browser();
        var back = await side.AgreeAsync(await ConnectSide.GoOutAsync(browser, await side.LinkAsync(account)));
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = browser.Cookies });

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => http.GetAsync(back)));

        Assert.Equal(1, answers.Count(answer => answer.StatusCode == HttpStatusCode.SeeOther));
        Assert.Equal("active", (await side.ReadAsync(account)).GetProperty("status").GetString());
    }

    [Fact]
    public async Task Two_attempts_at_once_leave_one_account_that_works()
    {
        var account = await side.AccountAsync(await side.ConnectionAsync(settings: new ConnectionSettings()));
        using var first = side.Browser();
        using var second = side.Browser();
        var links = new[] { (first, await side.LinkAsync(account)), (second, await side.LinkAsync(account)) };

        await Task.WhenAll(links.Select(link => side.ConnectAsync(link.Item1, link.Item2)));

        Assert.Equal("active", (await side.ReadAsync(account)).GetProperty("status").GetString());
        Assert.NotNull(side.Provider.Grants.FindAccess((await side.TokensAsync(account))!.AccessToken));
    }
}
