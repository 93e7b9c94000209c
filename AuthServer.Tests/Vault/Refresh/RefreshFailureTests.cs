using System.Text.Json.Nodes;
using AuthServer.Tests.Support;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Refresh;

namespace AuthServer.Tests.Vault.Refresh;

/// <summary>What goes wrong at a provider, and what is made of it: nothing is believed too soon, nothing is lost in silence, and each change of an account is told once.</summary>
[Trait("negative", "54")]
public sealed class RefreshFailureTests : IAsyncLifetime
{
    private static readonly TimeSpan NearTheEnd = TimeSpan.FromMinutes(57);
    private static readonly TimeSpan PastTheEnd = TimeSpan.FromMinutes(61);

    private VaultSide _side = null!;
    private Connection _connection = null!;

    public async Task InitializeAsync()
    {
        _side = await VaultSide.StartAsync();
        _connection = await _side.ConnectionAsync();
    }

    public async Task DisposeAsync() => await _side.DisposeAsync();

    [Fact]
    public async Task What_the_answer_leaves_out_is_carried_forward()
    {
        _side.Provider.Rules = new FakeProviderRules { Rotates = false, SaysScope = false };
        var account = await AgedAsync(NearTheEnd);
        var before = _side.Open(account)!;

        var tokens = (await _side.GetAsync(account.Id)).Value!;

        Assert.NotEqual(before.AccessToken, tokens.AccessToken);
        Assert.Equal(before.RefreshToken, tokens.RefreshToken);
        var row = await _side.ReadAsync(account.Id);
        Assert.Equal("""["read"]""", row.GrantedScopes);
        Assert.Equal(before.RefreshToken, _side.Open(row)!.RefreshToken);
    }

    [Fact]
    public async Task A_refresh_that_goes_well_leaves_no_event_and_is_counted()
    {
        var account = await AgedAsync(NearTheEnd);

        Assert.NotNull((await _side.GetAsync(account.Id)).Value);
        await _side.WriteUsageAsync();

        Assert.Empty(await EventsAsync());
        var usage = await _side.Server.QueryAsync(context => Task.FromResult(context.ConnectionUsages.Single(row => row.Seconds == 60)));
        Assert.Equal((1, 0, _connection.Id), (usage.Refreshed, usage.RefreshesFailed, usage.ConnectionId));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(200)]
    public async Task A_dead_refresh_token_ends_the_account_at_once_and_nobody_asks_again(int status)
    {
        _side.Provider.Rules = new FakeProviderRules { ErrorStatus = status };
        var account = await AgedAsync(PastTheEnd);
        _side.Provider.Grants.EndAll();

        for (var i = 0; i < 5; i++)
        {
            var problem = (await _side.GetAsync(account.Id)).Problem!;
            Assert.Equal((424, "account_unusable", "account_expired"), (problem.Status, problem.Code, problem.Reason));
        }

        await _side.RoundAsync();
        Assert.Equal(1, _side.Provider.Grants.Refreshes);
        Assert.Equal(AccountStatus.Expired, (await _side.ReadAsync(account.Id)).Status);
        Assert.Equal([RefreshEvents.Expired], await EventsAsync());
    }

    [Fact]
    public async Task A_provider_that_is_down_expires_no_account_and_is_asked_ever_more_rarely()
    {
        var account = await AgedAsync(PastTheEnd);
        for (var i = 0; i < 200; i++)
        {
            _side.Provider.OnToken(FakeFaults.Status(503));
        }

        for (var minute = 0; minute < 120; minute++)
        {
            var problem = (await _side.GetAsync(account.Id)).Problem!;
            Assert.Equal((503, "provider_unavailable"), (problem.Status, problem.Code));
            Assert.True(problem.RetryAfter > TimeSpan.Zero);
            _side.Server.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        var row = await _side.ReadAsync(account.Id);
        Assert.Equal((AccountStatus.Active, AccountHealth.Failing), (row.Status, row.Health));
        Assert.InRange(row.Failures, 8, 40);
        Assert.Equal([RefreshEvents.Failing], await EventsAsync());
    }

    [Fact]
    public async Task While_the_access_token_lives_a_failure_is_nobodys_problem_and_recovery_is_told_once()
    {
        var account = await AgedAsync(NearTheEnd);
        _side.Provider.OnToken(FakeFaults.Status(500), FakeFaults.Html, FakeFaults.None);
        await _side.DefineAsync(definition => definition["oauth"]!["refresh"]!["rotation"] = "none");

        Assert.NotNull((await _side.GetAsync(account.Id)).Value);
        Assert.Equal(AccountHealth.Degraded, (await _side.ReadAsync(account.Id)).Health);
        Assert.Empty(await EventsAsync());

        _side.Server.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(503, (await _side.GetAsync(account.Id)).Problem!.Status);
        _side.Server.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.NotNull((await _side.GetAsync(account.Id)).Value);

        Assert.Equal((AccountHealth.Healthy, 0), await _side.ReadAsync(account.Id) is var row ? (row.Health, row.Failures) : default);
        Assert.Equal([RefreshEvents.Failing, RefreshEvents.Recovered], await EventsAsync());
    }

    [Fact]
    public async Task A_provider_that_asks_to_wait_is_left_alone_as_long_as_it_says()
    {
        var account = await AgedAsync(NearTheEnd);
        _side.Provider.OnToken(FakeFaults.Status(429, "{}", ("Retry-After", "120")));

        Assert.NotNull((await _side.GetAsync(account.Id)).Value);
        _side.Server.Clock.Advance(TimeSpan.FromSeconds(119));
        Assert.NotNull((await _side.GetAsync(account.Id)).Value);
        Assert.Equal(0, _side.Provider.Grants.Refreshes);

        _side.Server.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.NotNull((await _side.GetAsync(account.Id)).Value);
        Assert.Equal(1, _side.Provider.Grants.Refreshes);
    }

    [Fact]
    public async Task An_invalid_grant_that_passes_by_itself_is_told_by_its_description()
    {
        await _side.DefineAsync(definition => definition["oauth"]!["refresh"]!["transient"] =
            new JsonArray(new JsonObject { ["code"] = "invalid_grant", ["description"] = "already being processed" }));
        var account = await AgedAsync(PastTheEnd);
        _side.Provider.OnToken(FakeFaults.Status(400, """{"error":"invalid_grant","error_description":"token request is Already Being Processed"}"""));

        Assert.Equal(503, (await _side.GetAsync(account.Id)).Problem!.Status);
        _side.Server.Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.NotNull((await _side.GetAsync(account.Id)).Value);
        Assert.Equal([RefreshEvents.Failing, RefreshEvents.Recovered], await EventsAsync());
    }

    [Fact]
    public async Task What_the_provider_says_was_taken_back_is_revoked()
    {
        await _side.DefineAsync(definition => definition["oauth"]!["refresh"]!["dead_codes"] = new JsonArray("token_revoked"));
        var account = await AgedAsync(PastTheEnd);
        _side.Provider.OnToken(FakeFaults.OkWithError("token_revoked"));

        Assert.Equal("account_revoked", (await _side.GetAsync(account.Id)).Problem!.Reason);
        Assert.Equal(AccountStatus.Revoked, (await _side.ReadAsync(account.Id)).Status);
        Assert.Equal([RefreshEvents.Revoked], await EventsAsync());
    }

    [Fact]
    public async Task An_expired_client_secret_is_the_connections_fault_told_once_and_its_accounts_keep_their_status()
    {
        _side.Provider.Rules = new FakeProviderRules { RefusesClient = true };
        var accounts = new[] { await _side.AccountAsync(_connection), await _side.AccountAsync(_connection), await _side.AccountAsync(_connection) };
        _side.Server.Clock.Advance(PastTheEnd);

        foreach (var account in accounts)
        {
            var problem = (await _side.GetAsync(account.Id)).Problem!;
            Assert.Equal((424, "connection_unusable", "app_refused"), (problem.Status, problem.Code, problem.Reason));
            Assert.Equal(AccountStatus.Active, (await _side.ReadAsync(account.Id)).Status);
        }

        var connection = await _side.ReadConnectionAsync(_connection.Id);
        Assert.Equal((ConnectionStatus.Error, "app_refused"), (connection.Status, connection.Fault));
        Assert.Equal([RefreshEvents.ConnectionFailed], await EventsAsync());
    }

    [Fact]
    public async Task Without_a_refresh_token_the_account_is_good_until_its_end_and_then_needs_its_owner()
    {
        var account = await _side.AccountAsync(_connection, refreshable: false, change: row => row.RefreshAt = row.AccessExpiresAt);
        _side.Server.Clock.Advance(NearTheEnd);
        Assert.NotNull((await _side.GetAsync(account.Id)).Value);

        _side.Server.Clock.Advance(TimeSpan.FromMinutes(4));
        await _side.RoundAsync();

        Assert.Equal((AccountStatus.Expired, "no_refresh_token"), await _side.ReadAsync(account.Id) is var row ? (row.Status, row.Fault) : default);
        Assert.Equal([RefreshEvents.Expired], await EventsAsync());
        Assert.Equal(0, _side.Provider.Grants.Refreshes);
    }

    [Fact]
    public async Task Whoever_refuses_again_and_again_for_no_known_reason_makes_it_an_error_that_still_heals()
    {
        var account = await AgedAsync(PastTheEnd);
        for (var i = 0; i < 10; i++)
        {
            _side.Provider.OnToken(FakeFaults.Status(400, """{"error":"computer_says_no"}"""));
            Assert.NotNull((await _side.GetAsync(account.Id)).Problem);
            _side.Server.Clock.Advance(TimeSpan.FromMinutes(20));
        }

        Assert.Equal((AccountStatus.Error, "provider_refused"), await _side.ReadAsync(account.Id) is var row ? (row.Status, row.Fault) : default);
        await _side.RoundAsync();
        Assert.Equal(AccountStatus.Active, (await _side.ReadAsync(account.Id)).Status);
        Assert.Equal([RefreshEvents.Failing, RefreshEvents.Failed, RefreshEvents.Recovered], await EventsAsync());
    }

    private async Task<ConnectedAccount> AgedAsync(TimeSpan by)
    {
        var account = await _side.AccountAsync(_connection);
        _side.Server.Clock.Advance(by);
        return account;
    }

    /// <summary>What was told, in order.</summary>
    private async Task<string[]> EventsAsync()
    {
        var all = await _side.Server.QueryAsync(context => Task.FromResult(context.AuditEvents.Where(row => row.OrganizationId == _side.Acme.Id).OrderBy(row => row.At).ToList()));
        return [.. all.Select(row => row.Type).Where(type => type.StartsWith("account.", StringComparison.Ordinal) || type.StartsWith("connection.", StringComparison.Ordinal))];
    }
}
