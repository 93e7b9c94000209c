using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Data;
using AuthServer.Organizations;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Connections;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Vault.Accounts;

/// <summary>Whoever leaves takes their grants along: after they are gone, and however long the provider is not there.</summary>
public sealed class GrantEndingTests(ConnectSide side) : IClassFixture<ConnectSide>
{
    [Fact]
    public async Task A_removed_persons_grants_end_at_the_provider_which_keeps_nobody_from_leaving()
    {
        var connection = await side.ConnectionAsync(settings: new ConnectionSettings());
        var (browser, id, _) = await side.PersonAsync(isMember: false);
        using var _1 = browser;
        side.Provider.Person = NewPerson();
        var account = await side.AccountAsync(connection, id);
        await side.ConnectAsync(browser, await side.LinkAsync(account));
        var token = (await side.TokensAsync(account))!.AccessToken;

        await browser.GoAsync("/account/remove");
        await browser.SubmitAsync(new() { ["Password"] = Flows.Password });
        Assert.Equal(0, await side.Server.QueryAsync(context => context.ConnectedAccounts.CountAsync(row => row.UserId == id)));
        Assert.NotNull(side.Provider.Grants.FindAccess(token));

        // Nobody is there at first.
        side.Provider.OnRevocation(FakeFaults.Unreached, FakeFaults.Status(503));
        await RoundAsync();
        await RoundAsync();
        Assert.NotNull(side.Provider.Grants.FindAccess(token));

        // The server's own work may come first.
        await Waiting.UntilAsync(() => WaitingAsync(account), count => count == 0, () => side.Server.Clock.Advance(TimeSpan.FromMinutes(1)));
        Assert.Null(side.Provider.Grants.FindAccess(token));
        var told = Assert.Single(await side.Server.TrailAsync(AccountEvents.Revoked), row => row.Target == ConnectSide.IdOf(account));
        Assert.Equal((AuditOutcomes.Success, "account_gone", side.Acme.Id), (told.Outcome, told.Reason, told.OrganizationId));
    }

    [Fact]
    public async Task What_never_reaches_the_provider_is_given_up_and_told()
    {
        // An address that this server may not call.
        var account = await LinkedAsync(await side.ConnectionAsync(provider => provider["oauth"]!["revocation"]!["call"]!["url"] = "http://127.0.0.1:9/revoke", settings: new ConnectionSettings()));
        var row = await side.RowAsync(account);
        await side.Server.Services.GetRequiredService<GrantEndings>().AddAsync(await ConnectionOf(row), row.Id, await side.TokensAsync(account), default);
        side.Server.Clock.Advance(TimeSpan.FromDays(3) + TimeSpan.FromHours(1));
        await RoundAsync();

        await Waiting.UntilAsync(() => WaitingAsync(account), count => count == 0);
        Assert.Single(await side.Server.TrailAsync(AccountEvents.Revoked), told => told.Target == row.Id && told.Outcome == AuditOutcomes.Denied && told.Reason == "provider_unreachable");
    }

    [Fact]
    public async Task A_grant_by_which_somebody_else_lives_stays()
    {
        var connection = await side.ConnectionAsync(settings: new ConnectionSettings());
        var shared = NewPerson();
        var other = await side.ConnectedAsync(connection, null, shared);
        var (browser, id, _) = await side.PersonAsync(isMember: false);
        using var _1 = browser;
        side.Provider.Person = shared;
        await side.ConnectAsync(browser, await side.LinkAsync(await side.AccountAsync(connection, id)));

        await browser.GoAsync("/account/remove");
        await browser.SubmitAsync(new() { ["Password"] = Flows.Password });
        await RoundAsync();

        Assert.NotNull(side.Provider.Grants.FindAccess((await side.TokensAsync(other))!.AccessToken));
    }

    [Fact]
    public async Task A_closed_organizations_grants_end_although_its_connections_and_secrets_are_gone()
    {
        var organization = await OrganizationSide.CreateAsync(side.Server);
        await side.DefineAsync(organization.Id);
        var connection = await side.ConnectionAsync(row => row.OrganizationId = organization.Id, new ConnectionSettings());
        side.Provider.Person = NewPerson();
        var account = await organization.AskAsync(HttpMethod.Post, ConnectSide.Route, new { connection_id = connection.Id, identifier = "user_1" }, HttpStatusCode.Created);
        var link = await organization.AskAsync(HttpMethod.Post, $"{ConnectSide.Route}/{ConnectSide.IdOf(account)}/auth-url", new { }, HttpStatusCode.OK);
        using var browser = side.Browser();
        await side.ConnectAsync(browser, link.GetProperty("url").GetString()!);
        var token = (await side.TokensAsync(account))!.AccessToken;

        await CloseAsync(side.Server, organization);
        await RoundAsync();

        await Waiting.UntilAsync(() => WaitingAsync(account), count => count == 0);
        Assert.Null(side.Provider.Grants.FindAccess(token));
        Assert.False(await side.Server.QueryAsync(context => context.Connections.AnyAsync(row => row.OrganizationId == organization.Id)));
    }

    [Fact]
    public async Task A_closed_organizations_accounts_go_piece_by_piece_until_none_is_left_also_after_a_restart()
    {
        await using var own = await VaultSide.StartAsync(
            provider => provider["oauth"]!["revocation"] = new JsonObject
            {
                ["call"] = new JsonObject
                {
                    ["method"] = "POST",
                    ["url"] = provider["oauth"]!["token"]!["url"]!.GetValue<string>().Replace("/token", "/revoke", StringComparison.Ordinal),
                    ["authentication"] = "none",
                    ["format"] = "form",
                    ["fields"] = new JsonObject { ["token"] = "{token}" },
                },
            });
        var connection = await own.ConnectionAsync();
        const int Accounts = ClosedVaults.Piece + 5;
        List<string> tokens = [];
        for (var i = 0; i < Accounts; i++)
        {
            var held = own.Open(await own.AccountAsync(connection))!;
            tokens.Add(held.RefreshToken ?? held.AccessToken);
        }

        // Two live by one grant, in different pieces. One is being renewed just now.
        await own.Server.QueryAsync(context => context.ConnectedAccounts.ExecuteUpdateAsync(set => set.SetProperty(row => row.ProviderAccount, row => row.Id)));
        var ids = await own.Server.QueryAsync(context => context.ConnectedAccounts.OrderBy(row => row.Id).Select(row => row.Id).ToListAsync());
        foreach (var id in new[] { ids[0], ids[^1] })
        {
            await own.ChangeAsync(id, row => row.ProviderAccount = "shared");
        }

        await own.ChangeAsync(ids[3], row => row.LeaseUntil = own.Server.Clock.Now + TimeSpan.FromSeconds(45));
        await CloseAsync(own.Server, own.Acme);
        Assert.Equal(ConnectionStatus.Inactive, (await own.ReadConnectionAsync(connection.Id)).Status);
        await own.Server.RestartAsync(VaultSide.Settings(own.Provider));

        await own.Server.Services.GetRequiredService<ClosedVaults>().RoundAsync(default);
        Assert.Equal([ids[3]], await own.Server.QueryAsync(context => context.ConnectedAccounts.Select(row => row.Id).ToListAsync()));
        own.Server.Clock.Advance(TimeSpan.FromMinutes(1));
        await Waiting.UntilAsync(
            async () =>
            {
                await own.Server.Services.GetRequiredService<GrantEndingWork>().RoundAsync(default);
                return await own.Server.QueryAsync(async context => (await context.ClosedVaults.CountAsync(), await context.ConnectedAccounts.CountAsync(), await context.GrantEndings.CountAsync()));
            },
            left => left == (0, 0, 0));
        Assert.Equal(Accounts - 1, own.Provider.Grants.Revoked.Intersect(tokens).Count());
        Assert.False(await own.Server.QueryAsync(context => context.Connections.AnyAsync(row => row.OrganizationId == own.Acme.Id)));
    }

    private static async Task CloseAsync(TestServer server, OrganizationSide organization)
    {
        var closed = new AuditEvent
        {
            Id = Identifiers.New("aud_", server.Clock.Now),
            At = server.Clock.Now,
            Type = OrganizationEvents.Closed,
            Outcome = AuditOutcomes.Success,
            OrganizationId = organization.Id,
        };
        Assert.True(await server.Services.GetRequiredService<Closings>().TryCloseAsync(organization.Id, organization.UserId, "v2", closed, default));
    }

    private static FakePerson NewPerson() => new($"p-{Guid.NewGuid():N}", $"{Guid.NewGuid():N}@example.com", "Some One");

    private Task RoundAsync() => side.Server.Services.GetRequiredService<GrantEndingWork>().RoundAsync(default);

    private Task<JsonElement> LinkedAsync(Connection connection) => side.ConnectedAsync(connection, null, NewPerson());

    private Task<Connection> ConnectionOf(ConnectedAccount row) => side.Server.QueryAsync(context => context.Connections.AsNoTracking().SingleAsync(known => known.Id == row.ConnectionId));

    private Task<int> WaitingAsync(JsonElement account) => side.Server.QueryAsync(context => context.GrantEndings.CountAsync(row => row.AccountId == ConnectSide.IdOf(account)));
}
