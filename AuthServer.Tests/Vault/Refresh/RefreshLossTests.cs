using AuthServer.Data;
using AuthServer.Tests.Support;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Refresh;

namespace AuthServer.Tests.Vault.Refresh;

/// <summary>A provider may have answered, and nobody knows what: the same refresh token is sent once more where the provider takes that, and else only when nothing is left to lose.</summary>
[Trait("negative", "54")]
public sealed class RefreshLossTests : IAsyncLifetime
{
    private VaultSide _side = null!;
    private Connection _connection = null!;

    public async Task InitializeAsync()
    {
        _side = await VaultSide.StartAsync();
        _connection = await _side.ConnectionAsync();
    }

    public async Task DisposeAsync() => await _side.DisposeAsync();

    [Fact]
    public async Task Within_the_grace_the_same_token_is_sent_once_more()
    {
        await GraceAsync();
        var account = await AgedAsync(57);
        var spent = _side.Open(account)!.RefreshToken!;
        _side.Provider.OnToken(FakeFaults.Lost);

        Assert.NotNull(_side.Provider.Grants.FindAccess((await _side.GetAsync(account.Id)).Value!.AccessToken));

        Assert.Equal(2, _side.Provider.Grants.Redemptions[spent]);
        Assert.Equal((AccountStatus.Active, (string?)null, AccountHealth.Healthy, 0), await StateAsync(account));
        Assert.Empty(await _side.Server.TrailAsync(RefreshEvents.Uncertain));
    }

    [Fact]
    public async Task And_not_a_third_time()
    {
        await GraceAsync();
        var account = await AgedAsync(57);
        var spent = _side.Open(account)!.RefreshToken!;
        _side.Provider.OnToken(FakeFaults.Lost, FakeFaults.Lost);

        Assert.NotNull((await _side.GetAsync(account.Id)).Value);
        Assert.NotNull((await _side.GetAsync(account.Id)).Value);

        Assert.Equal(2, _side.Provider.Grants.Redemptions[spent]);
        Assert.Equal((AccountStatus.Active, "refresh_uncertain", AccountHealth.Failing, 2), await StateAsync(account));
        Assert.Single(await _side.Server.TrailAsync(RefreshEvents.Uncertain));
    }

    [Theory]
    [InlineData("lost")]
    [InlineData("html")]
    [InlineData("empty")]
    [InlineData("huge")]
    [InlineData("twice")]
    public async Task Without_a_grace_it_is_named_uncertain_and_the_access_token_is_used_to_its_end(string how)
    {
        var account = await AgedAsync(57);
        var old = _side.Open(account)!.AccessToken;
        _side.Provider.OnToken(how switch { "html" => FakeFaults.Html, "empty" => FakeFaults.Empty, "huge" => FakeFaults.Huge, "twice" => FakeFaults.Twice, _ => FakeFaults.Lost });

        Assert.Equal(old, (await _side.GetAsync(account.Id)).Value!.AccessToken);
        _side.Server.Clock.Advance(TimeSpan.FromMinutes(2));
        await _side.RoundAsync();
        Assert.Equal(old, (await _side.GetAsync(account.Id)).Value!.AccessToken);

        Assert.InRange(_side.Provider.Grants.Refreshes, 0, 1);
        Assert.Equal((AccountStatus.Active, "refresh_uncertain", AccountHealth.Failing, 1), await StateAsync(account));
        Assert.Single(await _side.Server.TrailAsync(RefreshEvents.Uncertain));
    }

    [Fact]
    public async Task Whoever_says_nothing_for_a_minute_may_have_done_it()
    {
        var account = await AgedAsync(57);
        var reached = new TaskCompletionSource();
        _side.Provider.OnToken(FakeFaults.Silent(reached.SetResult));

        var asking = _side.GetAsync(account.Id);
        await reached.Task;
        _side.Server.Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.NotNull((await asking).Value);
        Assert.Equal((AccountStatus.Active, "refresh_uncertain", AccountHealth.Failing, 1), await StateAsync(account));
        Assert.Single(await _side.Server.TrailAsync(RefreshEvents.Uncertain));
    }

    [Fact]
    public async Task When_nothing_is_left_to_lose_it_is_tried_and_where_it_was_not_spent_the_account_recovers()
    {
        var account = await AgedAsync(57);
        _side.Provider.OnToken(FakeFaults.Unreached);
        Assert.NotNull((await _side.GetAsync(account.Id)).Value);

        _side.Server.Clock.Advance(TimeSpan.FromMinutes(4));

        Assert.NotNull(_side.Provider.Grants.FindAccess((await _side.GetAsync(account.Id)).Value!.AccessToken));
        Assert.Equal((AccountStatus.Active, (string?)null, AccountHealth.Healthy, 0), await StateAsync(account));
        Assert.Single(await _side.Server.TrailAsync(RefreshEvents.Recovered));
    }

    [Fact]
    public async Task And_where_it_was_spent_the_account_ends_and_says_of_what()
    {
        var account = await AgedAsync(57);
        _side.Provider.OnToken(FakeFaults.Lost);
        Assert.NotNull((await _side.GetAsync(account.Id)).Value);

        _side.Server.Clock.Advance(TimeSpan.FromMinutes(4));

        Assert.Equal("account_unusable", (await _side.GetAsync(account.Id)).Problem!.Code);
        var row = await _side.ReadAsync(account.Id);
        Assert.Equal((AccountStatus.Expired, "refresh_uncertain"), (row.Status, row.Fault));
        Assert.Equal("refresh_uncertain", Assert.Single(await _side.Server.TrailAsync(RefreshEvents.Expired)).Reason);
    }

    [Fact]
    public async Task An_access_token_that_its_API_refuses_is_nothing_to_lose()
    {
        var account = await AgedAsync(57);
        var old = _side.Open(account)!.AccessToken;
        _side.Provider.OnToken(FakeFaults.Unreached);
        Assert.NotNull((await _side.GetAsync(account.Id)).Value);

        Assert.NotEqual(old, (await _side.Tokens.RefreshAsync(account.Id, old, CancellationToken.None)).Value!.AccessToken);
    }

    [Fact]
    public async Task A_token_that_stays_good_is_simply_sent_again_later()
    {
        await _side.DefineAsync(definition => definition["oauth"]!["refresh"]!["rotation"] = "rolling");
        _side.Provider.Rules = new FakeProviderRules { Rotates = false };
        var account = await AgedAsync(57);
        _side.Provider.OnToken(FakeFaults.Lost);

        Assert.NotNull((await _side.GetAsync(account.Id)).Value);
        Assert.Equal((AccountStatus.Active, "provider_unreachable", AccountHealth.Degraded, 0), await StateAsync(account));
        _side.Server.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.NotNull((await _side.GetAsync(account.Id)).Value);
        Assert.Equal((AccountStatus.Active, (string?)null, AccountHealth.Healthy, 0), await StateAsync(account));
    }

    [Fact]
    public async Task A_provider_that_nothing_reached_has_redeemed_nothing()
    {
        var account = await AgedAsync(57);
        var spent = _side.Open(account)!.RefreshToken!;
        await _side.DefineAsync(definition => definition["oauth"]!["token"]!["url"] = "https://fake.invalid/token");

        Assert.NotNull((await _side.GetAsync(account.Id)).Value);

        Assert.Null((await _side.ReadAsync(account.Id)).AttemptOf);
        Assert.DoesNotContain(spent, _side.Provider.Grants.Redemptions.Keys);
    }

    [Theory]
    [InlineData(600, true)]
    [InlineData(0, false)]
    public async Task A_death_while_the_provider_was_asked_is_a_lost_answer_too(int grace, bool again)
    {
        await GraceAsync(grace);
        var account = await _side.AccountAsync(_connection);
        _side.Server.Clock.Advance(TimeSpan.FromMinutes(57));
        var spent = _side.Open(account)!.RefreshToken!;
        var dying = new TaskCompletionSource();
        _side.Provider.OnToken(FakeFaults.HeldAfter(dying.Task));

        // As a process leaves it that was killed here: the lease runs out, and the attempt stands.
        _side.Provider.Grants.Refresh(spent);
        await _side.ChangeAsync(account.Id, row => (row.LeaseOwner, row.LeaseUntil, row.AttemptOf, row.AttemptAt, row.Attempts) =
            ("dead", _side.Server.Clock.GetStoredNow(), RefreshAttempt.Fingerprint(spent), _side.Server.Clock.GetStoredNow(), 1));
        dying.SetResult();
        var answer = await _side.GetAsync(account.Id);

        Assert.NotNull(answer.Value);
        Assert.Equal(again ? 2 : 1, _side.Provider.Grants.Redemptions[spent]);
        Assert.Equal(again ? null : "refresh_uncertain", (await _side.ReadAsync(account.Id)).Fault);
        Assert.Empty(_side.Provider.Grants.Refused);
    }

    private async Task GraceAsync(int seconds = 600)
    {
        await _side.DefineAsync(definition => definition["oauth"]!["refresh"]!["grace_seconds"] = seconds);
        _side.Provider.Rules = new FakeProviderRules { Grace = TimeSpan.FromSeconds(seconds) };
    }

    private async Task<ConnectedAccount> AgedAsync(int minutes)
    {
        var account = await _side.AccountAsync(_connection);
        _side.Server.Clock.Advance(TimeSpan.FromMinutes(minutes));
        return account;
    }

    private async Task<(AccountStatus, string?, AccountHealth, int)> StateAsync(ConnectedAccount account) =>
        await _side.ReadAsync(account.Id) is var row ? (row.Status, row.Fault, row.Health, row.Attempts) : default;
}
