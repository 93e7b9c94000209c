using System.Net;
using System.Text.Json;
using AuthServer.Data;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Refresh;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Vault.Accounts;

/// <summary>Whatever a provider granted ends there when it ends here: confirmed or not, renewed meanwhile or not, and also where the provider cannot be asked at once.</summary>
[Trait("negative", "54")]
public sealed class GivenUpGrantTests(ConnectSide side) : IClassFixture<ConnectSide>
{
    [Fact]
    public async Task An_account_that_is_deleted_while_its_reauthorization_waits_lives_by_nothing()
    {
        var account = await ConfirmedAsync(await WaitingConnectionAsync());
        var held = (await side.TokensAsync(account))!.AccessToken;
        await side.CodeAsync(account);
        var waiting = await WaitingTokenAsync(account);

        Assert.Equal("revoked", await DeleteAsync(account));
        await RoundAsync();

        Assert.Null(side.Provider.Grants.FindAccess(held));
        Assert.Null(side.Provider.Grants.FindAccess(waiting));
    }

    [Fact]
    public async Task An_account_that_is_deleted_while_its_first_link_waits_leaves_no_grant()
    {
        var account = await side.AccountAsync(await WaitingConnectionAsync());
        side.Provider.Person = NewPerson();
        await side.CodeAsync(account);
        var waiting = await WaitingTokenAsync(account);

        Assert.Equal("queued", await DeleteAsync(account));
        Assert.NotNull(side.Provider.Grants.FindAccess(waiting));
        await RoundAsync();

        Assert.Null(side.Provider.Grants.FindAccess(waiting));
    }

    [Fact]
    public async Task A_person_who_leaves_while_their_link_waits_leaves_no_grant()
    {
        var connection = await WaitingConnectionAsync();
        var (browser, id, _) = await side.PersonAsync(isMember: false);
        using var _1 = browser;
        side.Provider.Person = NewPerson();
        var account = await side.AccountAsync(connection, id);
        await side.ConnectAsync(browser, await side.LinkAsync(account));
        var waiting = await WaitingTokenAsync(account);

        await browser.GoAsync("/account/remove");
        await browser.SubmitAsync(new() { ["Password"] = Flows.Password });
        Assert.Equal(0, await side.Server.QueryAsync(context => context.AccountLinks.CountAsync(row => row.UserId == id)));
        await RoundAsync();

        Assert.Null(side.Provider.Grants.FindAccess(waiting));
    }

    [Fact]
    public async Task What_a_server_left_half_done_when_it_died_is_taken_back()
    {
        var connection = await WaitingConnectionAsync();
        var account = await side.AccountAsync(connection);
        side.Provider.Person = NewPerson();
        await side.CodeAsync(account);
        var waiting = await WaitingTokenAsync(account);
        await side.Server.QueryAsync(context => context.AccountLinks.Where(link => link.ConnectionId == connection.Id).ExecuteUpdateAsync(set => set.SetProperty(link => link.Stage, LinkStage.Returned)));
        side.Server.Clock.Advance(TimeSpan.FromMinutes(30));

        await side.Server.Services.GetServices<Microsoft.Extensions.Hosting.IHostedService>().OfType<Pruning>().Single().PruneAsync(side.Server.Clock.Now, default);
        await side.Server.Services.GetRequiredService<AbandonedLinks>().EndAsync(default);
        await RoundAsync();

        await Waiting.UntilAsync(() => side.Provider.Grants.FindAccess(waiting), grant => grant is null);
        Assert.Equal(["not_confirmed"], await side.RefusalsAsync(connection));
    }

    [Fact]
    public async Task A_provider_that_is_down_is_asked_again()
    {
        var account = await side.ConnectedAsync(await side.ConnectionAsync(settings: new ConnectionSettings()), null, NewPerson());
        var held = (await side.TokensAsync(account))!.AccessToken;
        side.Provider.OnRevocation(FakeFaults.Status(503));

        Assert.Equal("failed", await DeleteAsync(account));
        Assert.NotNull(side.Provider.Grants.FindAccess(held));
        await RoundAsync();

        Assert.Null(side.Provider.Grants.FindAccess(held));
        Assert.Single(await side.Server.TrailAsync(AccountEvents.Revoked), told => told.Target == ConnectSide.IdOf(account) && told.Outcome == AuditOutcomes.Success);
    }

    [Fact]
    public async Task So_it_is_about_what_nobody_keeps()
    {
        side.Provider.Rules = side.Provider.Rules with { Unticked = ["write"] };
        var connection = await side.ConnectionAsync(settings: new ConnectionSettings());
        var account = await side.AccountAsync(connection);
        side.Provider.Person = NewPerson();
        side.Provider.OnRevocation(FakeFaults.Status(503));
        using var browser = side.Browser();
        await side.ConnectAsync(browser, await side.LinkAsync(account));
        side.Provider.Rules = side.Provider.Rules with { Unticked = [] };
        Assert.Equal(["scope_missing"], await side.RefusalsAsync(connection));

        var revoked = side.Provider.Grants.Revoked.Count;
        await RoundAsync();

        await Waiting.UntilAsync(() => side.Provider.Grants.Revoked.Count, count => count > revoked);
        Assert.Equal(0, await side.Server.QueryAsync(context => context.GrantEndings.CountAsync(row => row.ConnectionId == connection.Id)));
    }

    [Fact]
    public async Task A_connection_that_is_deleted_takes_all_grants_along()
    {
        var connection = await WaitingConnectionAsync();
        var account = await ConfirmedAsync(connection);
        var other = await side.AccountAsync(connection);
        side.Provider.Person = NewPerson();
        await side.CodeAsync(other);
        var (held, waiting) = ((await side.TokensAsync(account))!.AccessToken, await WaitingTokenAsync(other));

        await side.Acme.AskAsync(HttpMethod.Delete, $"/api/v1/connections/{connection.Id}", null, HttpStatusCode.Conflict);
        await side.Acme.AskAsync(HttpMethod.Delete, $"/api/v1/connections/{connection.Id}?force=true", null, HttpStatusCode.NoContent);
        await RoundAsync();

        Assert.Null(side.Provider.Grants.FindAccess(held));
        Assert.Null(side.Provider.Grants.FindAccess(waiting));
        Assert.Single(await side.Server.TrailAsync(AccountEvents.Revoked), told => told.Target == ConnectSide.IdOf(account) && told.Outcome == AuditOutcomes.Success);
    }

    [Fact]
    public async Task Tokens_that_came_while_the_old_ones_were_taken_back_are_taken_back_too()
    {
        var account = await side.ConnectedAsync(await side.ConnectionAsync(settings: new ConnectionSettings()), null, NewPerson());
        var newer = side.Provider.Grants.Give(NewPerson());
        side.Provider.OnRevocation(async (_, proceed) =>
        {
            await proceed();
            await side.Server.QueryAsync(async context =>
            {
                var row = await context.ConnectedAccounts.SingleAsync(row => row.Id == ConnectSide.IdOf(account));
                row.Tokens = side.Server.Services.GetRequiredService<SealedTokens>().Seal(new TokenSet { AccessToken = newer.AccessToken, RefreshToken = newer.RefreshToken }, row.TokensPlace);
                row.Version++;
                return await context.SaveChangesAsync();
            });
        });

        Assert.Equal("revoked", await DeleteAsync(account));

        Assert.Null(side.Provider.Grants.FindAccess(newer.AccessToken));
    }

    [Fact]
    public async Task What_a_refresh_brings_for_an_account_that_is_gone_is_given_back()
    {
        // Not renewed ahead: whoever asks is the one who renews it, and is answered when all is done.
        var account = await side.ConnectedAsync(await side.ConnectionAsync(settings: new ConnectionSettings { AutoRefresh = false }), null, NewPerson());
        var row = await side.RowAsync(account);
        var before = side.Server.Services.GetRequiredService<SealedTokens>().Open(row.Tokens, row.TokensPlace)!.RefreshToken!;
        side.Server.Clock.Advance(TimeSpan.FromHours(2));
        side.Provider.OnToken(AtRefreshOf(before, () => side.Server.QueryAsync(context => context.ConnectedAccounts.Where(known => known.Id == row.Id).ExecuteDeleteAsync())));

        Assert.True((await side.Server.Services.GetRequiredService<AccountTokens>().GetAsync(row, default)).Failed(out _, out _));

        Assert.Equal(1, side.Provider.Grants.Redemptions[before]);
        var grant = side.Provider.Grants.GrantOf(before);
        Assert.Single(side.Provider.Grants.Revoked, token => token != before && side.Provider.Grants.GrantOf(token) == grant);
        Assert.True(grant!.IsEnded);
    }

    [Fact]
    public async Task An_attempt_whose_owner_is_not_found_out_ends_nothing_that_works()
    {
        // Some providers end all that a person granted to one app, whichever token of it is taken back.
        var connection = await side.ConnectionAsync(settings: new ConnectionSettings());
        var account = await side.ConnectedAsync(connection, null, NewPerson());
        side.Provider.OnIdentity(FakeFaults.Status(503));
        var revoked = side.Provider.Grants.Revoked.Count;
        using var browser = side.Browser();
        await side.ConnectAsync(browser, await side.LinkAsync(account));

        Assert.Equal(["provider_unavailable"], await side.RefusalsAsync(connection));
        Assert.Equal(revoked, side.Provider.Grants.Revoked.Count);
        Assert.Equal("active", (await side.ReadAsync(account)).GetProperty("status").GetString());
    }

    [Fact]
    public async Task Nor_does_one_that_a_server_left_half_done()
    {
        var connection = await WaitingConnectionAsync();
        var account = await ConfirmedAsync(connection);
        await side.CodeAsync(account);
        await side.Server.QueryAsync(context => context.AccountLinks.Where(link => link.ConnectionId == connection.Id && link.Stage == LinkStage.Waiting)
            .ExecuteUpdateAsync(set => set.SetProperty(link => link.Stage, LinkStage.Returned).SetProperty(link => link.ProviderAccount, (string?)null).SetProperty(link => link.ExpiresAt, link => link.CreatedAt)));
        side.Server.Clock.Advance(TimeSpan.FromMinutes(11));

        await side.Server.Services.GetRequiredService<AbandonedLinks>().EndAsync(default);

        Assert.Equal(["not_confirmed"], await Waiting.UntilAsync(() => side.RefusalsAsync(connection), refusals => refusals.Length > 0));
        Assert.Equal(0, await side.Server.QueryAsync(context => context.GrantEndings.CountAsync(row => row.ConnectionId == connection.Id)));
        Assert.NotNull(side.Provider.Grants.FindAccess((await side.TokensAsync(account))!.AccessToken));
    }

    [Fact]
    public async Task Where_a_token_ends_alone_it_ends_although_its_person_has_another()
    {
        var connection = await side.ConnectionAsync(provider => provider["oauth"]!["revocation"]!["ends"] = "refresh_token", settings: new ConnectionSettings());
        var person = NewPerson();
        var (one, other) = (await side.ConnectedAsync(connection, null, person), await side.ConnectedAsync(connection, null, person));
        var (ended, kept) = ((await side.TokensAsync(one))!.AccessToken, (await side.TokensAsync(other))!.AccessToken);

        Assert.Equal("revoked", await DeleteAsync(one));

        Assert.Null(side.Provider.Grants.FindAccess(ended));
        Assert.NotNull(side.Provider.Grants.FindAccess(kept));
    }

    [Fact]
    public async Task And_stays_where_another_holds_the_very_same()
    {
        var connection = await side.ConnectionAsync(provider => provider["oauth"]!["revocation"]!["ends"] = "access_token", settings: new ConnectionSettings());
        var person = NewPerson();
        var (one, other) = (await side.ConnectedAsync(connection, null, person), await side.ConnectedAsync(connection, null, person));
        var (held, seal) = ((await side.TokensAsync(one))!, side.Server.Services.GetRequiredService<SealedTokens>());
        await side.Server.QueryAsync(async context =>
        {
            var row = await context.ConnectedAccounts.SingleAsync(row => row.Id == ConnectSide.IdOf(other));
            row.Tokens = seal.Seal(held, row.TokensPlace);
            return await context.SaveChangesAsync();
        });

        Assert.Equal("shared", await DeleteAsync(one));

        Assert.NotNull(side.Provider.Grants.FindAccess(held.AccessToken));
    }

    [Fact]
    public async Task What_a_refresh_brings_for_an_account_that_became_another_persons_is_given_back()
    {
        var account = await side.ConnectedAsync(await side.ConnectionAsync(settings: new ConnectionSettings { AutoRefresh = false }), null, NewPerson());
        var row = await side.RowAsync(account);
        var before = (await side.TokensAsync(account))!.RefreshToken!;
        var newer = side.Provider.Grants.Give(NewPerson());
        side.Server.Clock.Advance(TimeSpan.FromHours(2));
        side.Provider.OnToken(AtRefreshOf(before, () => side.Server.QueryAsync(async context =>
        {
            var row = await context.ConnectedAccounts.SingleAsync(row => row.Id == ConnectSide.IdOf(account));
            row.Tokens = side.Server.Services.GetRequiredService<SealedTokens>().Seal(new TokenSet { AccessToken = newer.AccessToken, RefreshToken = newer.RefreshToken }, row.TokensPlace);
            row.ProviderAccount = newer.Grant.Person.Id;
            row.Version++;
            return await context.SaveChangesAsync();
        })));

        await side.Server.Services.GetRequiredService<AccountTokens>().GetAsync(row, default);

        Assert.True(side.Provider.Grants.GrantOf(before)!.IsEnded);
        Assert.False(newer.Grant.IsEnded);
    }

    [Fact]
    public async Task What_is_kept_alive_by_use_is_used_from_the_first_day_on()
    {
        var day = TimeSpan.FromDays(1);
        var connection = await side.ConnectionAsync(
            provider => provider["oauth"]!["refresh"] = new System.Text.Json.Nodes.JsonObject { ["rotation"] = "rotating", ["idle_seconds"] = (long)(4 * day).TotalSeconds },
            settings: new ConnectionSettings { AutoRefresh = false });

        var row = await side.RowAsync(await side.ConnectedAsync(connection, null, NewPerson()));

        Assert.InRange(row.RefreshAt!.Value - row.ConnectedAt!.Value, day, 2 * day);
    }

    private Task<Connection> WaitingConnectionAsync() => side.ConnectionAsync(connection => connection.ReturnCheck = ReturnCheck.App);

    private async Task<JsonElement> ConfirmedAsync(Connection connection)
    {
        side.Provider.Person = NewPerson();
        var account = await side.AccountAsync(connection);
        await side.Acme.AskAsync(HttpMethod.Post, "/auth/exchange", new
        {
            code = await side.CodeAsync(account),
            provider = ConnectSide.ProviderId,
            redirectUri = ConnectSide.Callback,
            identifierId = account.GetProperty("identifier").GetString(),
        }, HttpStatusCode.OK);
        return account;
    }

    private async Task<string> DeleteAsync(JsonElement account) =>
        (await side.Acme.AskAsync(HttpMethod.Delete, $"{ConnectSide.Route}/{ConnectSide.IdOf(account)}", null, HttpStatusCode.OK)).GetProperty("provider_grant").GetString()!;

    /// <summary>What was granted and nobody has confirmed.</summary>
    private async Task<string> WaitingTokenAsync(JsonElement account)
    {
        var row = await side.RowAsync(account);
        var link = await side.Server.QueryAsync(context => context.AccountLinks.AsNoTracking().SingleAsync(
            link => link.ConnectionId == row.ConnectionId && link.Identifier == row.Identifier && link.Stage == LinkStage.Waiting));
        return side.Server.Services.GetRequiredService<SealedTokens>().Open(link.Tokens, link.TokensPlace)!.AccessToken;
    }

    /// <summary>Something happens before one refresh token is redeemed. Accounts of other tests are renewed in the background: theirs are not meant, and what is queued waits for the next.</summary>
    private FakeFault AtRefreshOf(string refreshToken, Func<Task> happens) => async (http, proceed) =>
    {
        if ((await http.Request.ReadFormAsync())["refresh_token"] == refreshToken)
        {
            await happens();
        }
        else
        {
            side.Provider.OnToken(AtRefreshOf(refreshToken, happens));
        }

        await proceed();
    };

    private Task RoundAsync() => side.Server.Services.GetRequiredService<GrantEndingWork>().RoundAsync(default);

    private static FakePerson NewPerson() => new($"p-{Guid.NewGuid():N}", $"{Guid.NewGuid():N}@example.com", "Some One");
}
