using AuthServer.Tests.Support;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Refresh;

namespace AuthServer.Tests.Vault.Refresh;

/// <summary>What is refreshed before anybody asks, what is kept alive, and when a provider is not believed.</summary>
public sealed class RefreshAheadTests : IAsyncLifetime
{
    private VaultSide _side = null!;
    private Connection _connection = null!;

    public async Task InitializeAsync()
    {
        _side = await VaultSide.StartAsync(definition => definition["oauth"]!["refresh"]!["idle_seconds"] = 10 * 86400);
        _connection = await _side.ConnectionAsync();
    }

    public async Task DisposeAsync() => await _side.DisposeAsync();

    [Fact]
    public async Task An_account_in_use_is_refreshed_before_its_token_ends()
    {
        var account = await _side.AccountAsync(_connection);
        Advance(TimeSpan.FromMinutes(54));
        await _side.RoundAsync();
        Assert.Equal(0, _side.Provider.Grants.Refreshes);

        Advance(TimeSpan.FromMinutes(2));
        await _side.RoundAsync();
        await _side.RoundAsync();

        Assert.Equal(1, _side.Provider.Grants.Refreshes);
        var row = await _side.ReadAsync(account.Id);
        Assert.InRange(row.RefreshAt!.Value, row.AccessExpiresAt!.Value - TimeSpan.FromMinutes(7), row.AccessExpiresAt.Value - TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task One_that_nobody_uses_rests_and_is_kept_alive_in_half_of_the_providers_idle_limit()
    {
        var account = await _side.AccountAsync(_connection);
        Advance(TimeSpan.FromDays(2));
        await _side.RoundAsync();
        Assert.Equal(0, _side.Provider.Grants.Refreshes);

        Advance(TimeSpan.FromDays(3));
        await _side.RoundAsync();

        Assert.Equal(1, _side.Provider.Grants.Refreshes);
        Assert.InRange((await _side.ReadAsync(account.Id)).RefreshAt!.Value, _side.Server.Clock.Now + TimeSpan.FromDays(4.4), _side.Server.Clock.Now + TimeSpan.FromDays(5));

        // Whoever comes now finds an old token, and gets a new one.
        Advance(TimeSpan.FromDays(1));
        Assert.NotNull((await _side.GetAsync(account.Id)).Value);
        Assert.Equal(2, _side.Provider.Grants.Refreshes);
    }

    [Fact]
    public async Task One_whose_last_refresh_failed_is_asked_for_again_after_its_pause_however_young_its_tokens_are()
    {
        _side.Provider.Rules = _side.Provider.Rules with { AccessLifetime = TimeSpan.FromSeconds(1) };
        var account = await _side.AccountAsync(_connection);
        Advance(TimeSpan.FromSeconds(2));
        Assert.NotNull((await _side.GetAsync(account.Id)).Value);
        Advance(TimeSpan.FromSeconds(2));
        _side.Provider.OnToken(FakeFaults.Status(503));
        Assert.Equal("provider_unavailable", (await _side.GetAsync(account.Id)).Problem?.Code);

        Advance((await _side.ReadAsync(account.Id)).RefreshAt!.Value - _side.Server.Clock.Now + TimeSpan.FromMilliseconds(1));
        await _side.RoundAsync();

        Assert.Equal(2, _side.Provider.Grants.Refreshes);
        Assert.Equal(0, (await _side.ReadAsync(account.Id)).Failures);
        Advance(TimeSpan.FromSeconds(2));
        Assert.NotNull((await _side.GetAsync(account.Id)).Value);
    }

    [Fact]
    public async Task Nothing_is_refreshed_ahead_where_the_connection_does_not_want_it()
    {
        var connection = await _side.ConnectionAsync(new ConnectionSettings { AutoRefresh = false });
        var account = await _side.AccountAsync(connection);
        Advance(TimeSpan.FromMinutes(58));
        await _side.RoundAsync();
        Assert.Equal(0, _side.Provider.Grants.Refreshes);

        Assert.NotNull((await _side.GetAsync(account.Id)).Value);
        Assert.Equal(1, _side.Provider.Grants.Refreshes);
    }

    [Fact]
    public async Task Neither_by_a_connection_that_is_not_active()
    {
        await _side.AccountAsync(await _side.ConnectionAsync(change: row => row.Status = ConnectionStatus.Inactive));
        Advance(TimeSpan.FromMinutes(58));

        await _side.RoundAsync();

        Assert.Equal(0, _side.Provider.Grants.Refreshes);
    }

    [Fact]
    public async Task An_end_is_counted_from_the_request_by_our_own_clock_whatever_the_providers_shows()
    {
        _side.Provider.Clock = new TestClock(_side.Server.Clock.Now + TimeSpan.FromDays(3));
        var account = await _side.AccountAsync(_connection);
        Advance(TimeSpan.FromMinutes(57));
        var asked = _side.Server.Clock.Now;
        _side.Provider.OnToken((_, proceed) =>
        {
            Advance(TimeSpan.FromSeconds(8));
            return proceed();
        });

        Assert.NotNull((await _side.GetAsync(account.Id)).Value);

        Assert.Equal(asked + TimeSpan.FromHours(1), (await _side.ReadAsync(account.Id)).AccessExpiresAt!.Value, TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public async Task Where_nothing_tells_the_end_the_API_does()
    {
        _side.Provider.Rules = new FakeProviderRules { SaysExpiry = false };
        var account = await _side.AccountAsync(_connection);
        Advance(TimeSpan.FromDays(1));
        var token = (await _side.GetAsync(account.Id)).Value!.AccessToken;
        Assert.Equal(0, _side.Provider.Grants.Refreshes);

        Assert.NotEqual(token, (await _side.Tokens.RefreshAsync(account.Id, token, CancellationToken.None)).Value!.AccessToken);
        Assert.Null((await _side.ReadAsync(account.Id)).AccessExpiresAt);
    }

    [Fact]
    public async Task Many_refusals_at_once_are_not_believed_and_what_was_is_taken_back()
    {
        var accounts = new List<ConnectedAccount>();
        for (var i = 0; i < 8; i++)
        {
            accounts.Add(await _side.AccountAsync(_connection));
        }

        Advance(TimeSpan.FromMinutes(61));
        _side.Provider.OnToken([.. Enumerable.Repeat(FakeFaults.Status(400, """{"error":"invalid_grant"}"""), 8)]);
        foreach (var account in accounts)
        {
            Assert.NotNull((await _side.GetAsync(account.Id)).Problem);
        }

        foreach (var account in accounts)
        {
            var row = await _side.ReadAsync(account.Id);
            Assert.Equal((AccountStatus.Active, "refreshes_held", AccountHealth.Failing), (row.Status, row.Fault, row.Health));
        }

        var told = Assert.Single(await _side.Server.TrailAsync(RefreshEvents.Held));
        Assert.Equal((_connection.Id, _side.Acme.Id), (told.Target, told.OrganizationId));
        Assert.Equal(4, (await _side.Server.TrailAsync(RefreshEvents.Expired)).Count);

        // The provider is well again: all are, and that is told once.
        Advance(TimeSpan.FromHours(1));
        await _side.RoundAsync();
        foreach (var account in accounts)
        {
            Assert.Equal((AccountStatus.Active, (string?)null, AccountHealth.Healthy), await _side.ReadAsync(account.Id) is var row ? (row.Status, row.Fault, row.Health) : default);
        }

        Assert.Single(await _side.Server.TrailAsync(RefreshEvents.Released));
        Assert.Equal(8, _side.Provider.Grants.Redemptions.Count);
    }

    [Fact]
    public async Task Refusals_that_go_on_for_hours_are_believed_in_the_end()
    {
        var accounts = new List<ConnectedAccount>();
        for (var i = 0; i < 6; i++)
        {
            accounts.Add(await _side.AccountAsync(_connection));
        }

        Advance(TimeSpan.FromMinutes(61));
        _side.Provider.Grants.EndAll();
        foreach (var account in accounts)
        {
            Assert.NotNull((await _side.GetAsync(account.Id)).Problem);
        }

        for (var hour = 0; hour < 8; hour++)
        {
            Advance(TimeSpan.FromHours(1));
            await _side.RoundAsync();
        }

        foreach (var account in accounts)
        {
            Assert.Equal(AccountStatus.Expired, (await _side.ReadAsync(account.Id)).Status);
        }

        Assert.Single(await _side.Server.TrailAsync(RefreshEvents.Held));
    }

    [Fact]
    public async Task A_few_refusals_among_many_that_go_well_are_just_that()
    {
        var accounts = new List<ConnectedAccount>();
        for (var i = 0; i < 16; i++)
        {
            accounts.Add(await _side.AccountAsync(_connection));
        }

        Advance(TimeSpan.FromMinutes(61));
        for (var i = 0; i < accounts.Count; i++)
        {
            _side.Provider.OnToken(i >= 10 ? FakeFaults.Status(400, """{"error":"invalid_grant"}""") : FakeFaults.None);
            await _side.GetAsync(accounts[i].Id);
        }

        Assert.Empty(await _side.Server.TrailAsync(RefreshEvents.Held));
        Assert.Equal(6, (await _side.Server.TrailAsync(RefreshEvents.Expired)).Count);
    }

    private void Advance(TimeSpan by) => _side.Server.Clock.Advance(by);
}
