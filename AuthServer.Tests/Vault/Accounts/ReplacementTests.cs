using System.Text.Json;
using AuthServer.Tests.Support;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Connections;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Vault.Accounts;

/// <summary>Another account at the provider takes the place of the one that is known: on purpose, and never before it works.</summary>
public sealed class ReplacementTests(ConnectSide side) : IClassFixture<ConnectSide>
{
    [Fact]
    public async Task A_developer_says_so_and_the_old_one_is_taken_back_after_the_new_one_works()
    {
        var (account, before) = await LinkedAsync();
        side.Provider.Rules = side.Provider.Rules with { GivesRefreshToken = false };
        await ReplaceAsync(account);
        side.Provider.Rules = side.Provider.Rules with { GivesRefreshToken = true };

        var (row, after) = (await side.RowAsync(account), (await side.TokensAsync(account))!);
        Assert.Equal((side.Provider.Person.Id, side.Provider.Person.Email, AccountStatus.Active), (row.ProviderAccount, row.ProviderName, row.Status));
        Assert.NotEqual(before.AccessToken, after.AccessToken);

        // The old one's refresh token would refresh the old one.
        Assert.Null(after.RefreshToken);
        Assert.Null(side.Provider.Grants.FindAccess(before.AccessToken));
        Assert.NotNull(side.Provider.Grants.FindAccess(after.AccessToken));
        Assert.Single(await side.Server.TrailAsync(AccountEvents.Replaced), told => told.Target == row.Id);
        Assert.Single(await side.Server.TrailAsync(AccountEvents.Revoked), told => told.Target == row.Id && told.Reason == "replaced");
        Assert.DoesNotContain(await side.Server.TrailAsync(AccountEvents.Reauthorized), told => told.Target == row.Id);
    }

    [Fact]
    public async Task The_same_account_is_no_replacement()
    {
        var (account, before) = await LinkedAsync();
        await ReplaceAsync(account, side.Provider.Person);

        Assert.Single(await side.Server.TrailAsync(AccountEvents.Reauthorized), told => told.Target == ConnectSide.IdOf(account));
        Assert.NotNull(side.Provider.Grants.FindAccess(before.AccessToken));
    }

    [Fact]
    public async Task An_attempt_that_fails_leaves_the_old_one_as_it_was()
    {
        var (account, before) = await LinkedAsync();
        side.Provider.Rules = side.Provider.Rules with { Unticked = ["write"] };
        await ReplaceAsync(account);
        side.Provider.Rules = side.Provider.Rules with { Unticked = [] };

        Assert.Equal(before.AccessToken, (await side.TokensAsync(account))!.AccessToken);
        Assert.NotNull(side.Provider.Grants.FindAccess(before.AccessToken));
    }

    [Fact]
    public async Task What_the_provider_could_not_be_told_it_is_told_later()
    {
        var (account, before) = await LinkedAsync();
        side.Provider.OnRevocation(FakeFaults.Unreached);
        await ReplaceAsync(account);
        Assert.NotNull(side.Provider.Grants.FindAccess(before.AccessToken));
        var waiting = Assert.Single(await side.Server.QueryAsync(context => context.GrantEndings.AsNoTracking().Where(row => row.AccountId == ConnectSide.IdOf(account)).ToListAsync()));
        Assert.DoesNotContain(before.AccessToken, JsonSerializer.Serialize(waiting), StringComparison.Ordinal);

        await side.Server.Services.GetRequiredService<GrantEndingWork>().RoundAsync(default);

        Assert.Null(side.Provider.Grants.FindAccess(before.AccessToken));
        Assert.Equal(0, await side.Server.QueryAsync(context => context.GrantEndings.CountAsync(row => row.AccountId == ConnectSide.IdOf(account))));
    }

    [Fact]
    public async Task Its_person_says_so_on_the_page_and_reads_what_happens()
    {
        var connection = await side.ConnectionAsync(settings: new ConnectionSettings());
        var (browser, id, _) = await side.PersonAsync(isMember: false);
        using var _1 = browser;
        side.Provider.Person = NewPerson();
        var account = await side.AccountAsync(connection, id);
        await side.ConnectAsync(browser, await side.LinkAsync(account));
        side.Provider.Person = NewPerson();

        await browser.GoAsync($"/account/connections/{ConnectSide.IdOf(account)}?ask=replace");
        Assert.Contains("Until the other account works, nothing changes.", browser.Text, StringComparison.Ordinal);
        await browser.SubmitAsync(button: "Go on");
        Assert.Contains("Another account may take its place", browser.Text, StringComparison.Ordinal);
        await browser.GoAsync((await side.AgreeAsync(await ConnectSide.GoOutAsync(browser, browser.Address.PathAndQuery))).ToString());

        Assert.Contains("Fake is connected", browser.Text, StringComparison.Ordinal);
        Assert.Equal(side.Provider.Person.Email, (await side.RowAsync(account)).ProviderName);
        Assert.Single(await side.Server.TrailAsync(AccountEvents.Replaced), told => told.Target == ConnectSide.IdOf(account) && told.Subject == id);
    }

    private static FakePerson NewPerson() => new($"p-{Guid.NewGuid():N}", $"{Guid.NewGuid():N}@example.com", "Some One");

    private async Task<(JsonElement Account, TokenSet Before)> LinkedAsync()
    {
        side.Provider.Person = NewPerson();
        var account = await side.ConnectedAsync(await side.ConnectionAsync(settings: new ConnectionSettings()));
        return (account, (await side.TokensAsync(account))!);
    }

    private async Task ReplaceAsync(JsonElement account, FakePerson? by = null)
    {
        side.Provider.Person = by ?? NewPerson();
        using var browser = side.Browser();
        await side.ConnectAsync(browser, await side.LinkAsync(account, new { replace = true }));
    }
}
