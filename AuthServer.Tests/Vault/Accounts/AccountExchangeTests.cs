using System.Net;
using AuthServer.Tests.Support;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Connections;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Vault.Accounts;

/// <summary>Our own code: redeemed once, by the same organization, for the user who is signed in with it.</summary>
[Trait("negative", "54")]
public sealed class AccountExchangeTests(ConnectSide side) : IClassFixture<ConnectSide>
{
    private const string Route = "/auth/exchange";

    [Fact]
    public async Task A_code_is_redeemed_once()
    {
        var (_, code) = await CodeAsync("once");
        await side.Acme.AskAsync(HttpMethod.Post, Route, Body(code), HttpStatusCode.OK);

        var again = await side.Acme.AskAsync(HttpMethod.Post, Route, Body(code), HttpStatusCode.BadRequest);
        Assert.Equal("invalid_code", again.GetProperty("code").GetString());
    }

    [Fact]
    public async Task Of_many_who_redeem_a_code_at_once_one_does()
    {
        var (account, code) = await CodeAsync("racers");
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => side.Acme.SendAsync(HttpMethod.Post, Route, Body(code))));

        Assert.Equal(1, answers.Count(answer => answer.IsSuccessStatusCode));
        Assert.Single(await side.Server.TrailAsync("account.verified"), row => row.Target == ConnectSide.IdOf(account));
    }

    [Fact]
    public async Task A_code_of_another_organization_is_none_and_is_not_used_up()
    {
        var (_, code) = await CodeAsync("theirs");
        var stranger = await OrganizationSide.CreateAsync(side.Server);

        var refused = await stranger.AskAsync(HttpMethod.Post, Route, Body(code), HttpStatusCode.BadRequest);
        Assert.Equal("invalid_code", refused.GetProperty("code").GetString());
        await side.Acme.AskAsync(HttpMethod.Post, Route, Body(code), HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("google", ConnectSide.Callback, null, "provider_mismatch")]
    [InlineData(ConnectSide.ProviderId, "https://app.example/other", null, "redirect_uri_mismatch")]
    [InlineData(ConnectSide.ProviderId, ConnectSide.Callback, "somebody_else", "identifier_mismatch")]
    public async Task What_does_not_fit_is_refused_and_does_not_use_the_code_up(string provider, string redirectUri, string? identifierId, string reason)
    {
        var (_, code) = await CodeAsync($"fits {reason}");
        var refused = await side.Acme.AskAsync(HttpMethod.Post, Route, new { code, provider, redirectUri, identifierId }, HttpStatusCode.BadRequest);
        Assert.Equal(reason, refused.GetProperty("code").GetString());
        Assert.Contains(await side.Server.TrailAsync("access.refused"), row => row.Target == "exchangeAccountCode" && row.Reason == reason);
        await side.Acme.AskAsync(HttpMethod.Post, Route, Body(code), HttpStatusCode.OK);
    }

    [Fact]
    public async Task Only_who_may_use_the_connection_redeems_its_codes()
    {
        var connection = await side.ConnectionAsync(row => (row.ReturnCheck, row.Access) = (ReturnCheck.App, """{"use":["owner"]}"""));
        var code = await side.CodeAsync(await side.AccountAsync(connection, "guarded"), new { state = "theirs" });
        var colleague = await side.Acme.ColleagueAsync(AuthServer.Organizations.Role.Developer);

        var refused = await colleague.AskAsync(HttpMethod.Post, Route, Body(code), HttpStatusCode.Forbidden);
        Assert.Equal("connection_access", refused.GetProperty("code").GetString());
        await side.Acme.AskAsync(HttpMethod.Post, Route, Body(code), HttpStatusCode.OK);
    }

    [Fact]
    public async Task No_code_is_redeemed_by_a_connection_that_is_switched_off()
    {
        var connection = await side.ConnectionAsync(row => row.ReturnCheck = ReturnCheck.App);
        var account = await side.AccountAsync(connection, "switched off");
        var code = await side.CodeAsync(account, new { state = "theirs" });
        await SetAsync(connection, ConnectionStatus.Inactive);

        var refused = await side.Acme.AskAsync(HttpMethod.Post, Route, Body(code), HttpStatusCode.Conflict);
        Assert.Equal("connection_inactive", refused.GetProperty("code").GetString());
        Assert.Equal("pending", (await side.ReadAsync(account)).GetProperty("status").GetString());
        await SetAsync(connection, ConnectionStatus.Active);
        await side.Acme.AskAsync(HttpMethod.Post, Route, Body(code), HttpStatusCode.OK);
    }

    private Task<int> SetAsync(Connection connection, ConnectionStatus status) => side.Server.QueryAsync(
        context => context.Connections.Where(row => row.Id == connection.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.Status, status)));

    [Fact]
    public async Task A_link_that_was_handed_to_somebody_else_connects_nothing()
    {
        // The attacker's own link, which the victim opened: the victim's account would become the attacker's.
        var account = await side.AccountAsync(await side.ConnectionAsync(connection => connection.ReturnCheck = ReturnCheck.App), "attacker");
        var code = await side.CodeAsync(account);

        var unsaid = await side.Acme.AskAsync(HttpMethod.Post, Route, new { code, provider = ConnectSide.ProviderId, redirectUri = ConnectSide.Callback }, HttpStatusCode.BadRequest);
        Assert.Equal("identifier_missing", unsaid.GetProperty("code").GetString());
        var victim = await side.Acme.AskAsync(
            HttpMethod.Post, Route, new { code, provider = ConnectSide.ProviderId, redirectUri = ConnectSide.Callback, identifierId = "victim" }, HttpStatusCode.BadRequest);
        Assert.Equal("identifier_mismatch", victim.GetProperty("code").GetString());
        Assert.Equal("pending", (await side.ReadAsync(account)).GetProperty("status").GetString());
    }

    [Fact]
    public async Task What_nobody_confirms_is_taken_back_at_the_provider()
    {
        var connection = await side.ConnectionAsync(connection => connection.ReturnCheck = ReturnCheck.App);
        var account = await side.AccountAsync(connection, "slow");
        side.Provider.Person = new FakePerson("p-slow", "slow@example.com", "Slow");
        var code = await side.CodeAsync(account);
        var revoked = side.Provider.Grants.Revoked.Count;
        side.Server.Clock.Advance(TimeSpan.FromMinutes(6));

        var late = await side.Acme.AskAsync(
            HttpMethod.Post, Route, new { code, provider = ConnectSide.ProviderId, redirectUri = ConnectSide.Callback, identifierId = "slow" }, HttpStatusCode.BadRequest);
        Assert.Equal("invalid_code", late.GetProperty("code").GetString());

        // The server's own work may come first.
        await side.Server.Services.GetRequiredService<AbandonedLinks>().EndAsync(CancellationToken.None);
        await side.Server.Services.GetRequiredService<GrantEndingWork>().RoundAsync(default);
        await Waiting.UntilAsync(() => side.Provider.Grants.Revoked.Count, count => count > revoked);
        Assert.Equal("not_confirmed", (await side.ReadAsync(account)).GetProperty("reason").GetString());
        Assert.Equal(["not_confirmed"], await side.RefusalsAsync(connection));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"code":"x"}""")]
    [InlineData("""{"code":"","provider":"google","redirectUri":"https://app.example/"}""")]
    [InlineData("""{"code":"x","provider":"google","redirectUri":"https://app.example/","more":1}""")]
    public async Task What_is_no_exchange_is_told_by_field(string body) => await side.Acme.AskAsync(HttpMethod.Post, Route, body, HttpStatusCode.BadRequest);

    private async Task<(System.Text.Json.JsonElement Account, string Code)> CodeAsync(string identifier)
    {
        var account = await side.AccountAsync(await side.ConnectionAsync(connection => connection.ReturnCheck = ReturnCheck.App), identifier);
        return (account, await side.CodeAsync(account, new { state = "bound to their session" }));
    }

    private static object Body(string code) => new { code, provider = ConnectSide.ProviderId, redirectUri = ConnectSide.Callback };
}
