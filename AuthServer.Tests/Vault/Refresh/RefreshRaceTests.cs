using AuthServer.Data;
using AuthServer.Tests.Support;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Refresh;

namespace AuthServer.Tests.Vault.Refresh;

/// <summary>However many ask, and wherever: a refresh token is redeemed once.</summary>
[Trait("negative", "54")]
public sealed class RefreshRaceTests : IAsyncLifetime
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
    public async Task Sixty_four_callers_at_once_redeem_a_refresh_token_once_and_all_get_what_it_brought()
    {
        var account = await _side.AccountAsync(_connection);
        var refreshToken = _side.Open(account)!.RefreshToken!;
        _side.Server.Clock.Advance(TimeSpan.FromMinutes(59));
        var gate = new TaskCompletionSource();
        _side.Provider.OnToken(FakeFaults.Held(gate.Task));
        var read = await _side.ReadAsync(account.Id);

        var calls = Enumerable.Range(0, 64).Select(_ => _side.Tokens.GetAsync(read, CancellationToken.None)).ToArray();
        gate.SetResult();
        var answers = await Task.WhenAll(calls);

        Assert.Equal(1, _side.Provider.Grants.Redemptions[refreshToken]);
        Assert.Empty(_side.Provider.Grants.Refused);
        var token = Assert.Single(answers.Select(answer => answer.Value!.AccessToken).Distinct());
        Assert.NotNull(_side.Provider.Grants.FindAccess(token));
        Assert.Equal(token, _side.Open(await _side.ReadAsync(account.Id))!.AccessToken);
    }

    [Fact]
    public async Task A_caller_that_goes_away_takes_nothing_from_the_others()
    {
        var account = await _side.AccountAsync(_connection);
        _side.Server.Clock.Advance(TimeSpan.FromMinutes(59));
        var gate = new TaskCompletionSource();
        _side.Provider.OnToken(FakeFaults.Held(gate.Task));
        var read = await _side.ReadAsync(account.Id);
        using var gone = new CancellationTokenSource();

        var first = _side.Tokens.GetAsync(read, gone.Token);
        var second = _side.Tokens.GetAsync(read, CancellationToken.None);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        gate.SetResult();

        Assert.NotNull((await second).Value);
        Assert.Equal(1, _side.Provider.Grants.Refreshes);
    }

    [Fact]
    public async Task A_token_that_failed_is_not_refreshed_again_by_who_comes_later_with_the_same()
    {
        var account = await _side.AccountAsync(_connection);
        var old = _side.Open(account)!.AccessToken;
        _side.Server.Clock.Advance(TimeSpan.FromMinutes(10));

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _side.Tokens.RefreshAsync(account.Id, old, CancellationToken.None)));
        var later = await _side.Tokens.RefreshAsync(account.Id, old, CancellationToken.None);

        Assert.Single(answers.Append(later).Select(answer => answer.Value!.AccessToken).Distinct());
        Assert.Equal(1, _side.Provider.Grants.Refreshes);
    }

    [Fact]
    public async Task An_API_that_accepts_no_token_at_all_causes_no_storm_of_refreshes()
    {
        var account = await _side.AccountAsync(_connection);
        _side.Server.Clock.Advance(TimeSpan.FromMinutes(10));
        var token = _side.Open(account)!.AccessToken;
        for (var i = 0; i < 20; i++)
        {
            token = (await _side.Tokens.RefreshAsync(account.Id, token, CancellationToken.None)).Value!.AccessToken;
        }

        Assert.Equal(1, _side.Provider.Grants.Refreshes);
    }

    [Fact]
    public async Task A_lease_of_somebody_who_died_is_taken_over_when_it_ends()
    {
        var account = await _side.AccountAsync(_connection, row => (row.LeaseOwner, row.LeaseUntil) = ("dead", _side.Server.Clock.GetStoredNow() + TimeSpan.FromMinutes(59) + RefreshEngine.Lease));
        _side.Server.Clock.Advance(TimeSpan.FromMinutes(59));

        var waiting = _side.GetAsync(account.Id);
        Assert.Equal(0, _side.Provider.Grants.Refreshes);
        _side.Server.Clock.Advance(RefreshEngine.Lease);

        Assert.NotNull((await waiting).Value);
        Assert.Equal(1, _side.Provider.Grants.Refreshes);
    }

    [Fact]
    public async Task Who_is_refused_because_somebody_else_was_faster_takes_what_they_got()
    {
        var account = await _side.AccountAsync(_connection);
        _side.Server.Clock.Advance(TimeSpan.FromMinutes(59));
        var newer = _side.Provider.Grants.Refresh(_side.Open(account)!.RefreshToken!)!;
        _side.Provider.OnToken(async (_, proceed) =>
        {
            await ReplaceAsync(account, newer);
            await proceed();
        });

        var answer = await _side.GetAsync(account.Id);

        Assert.Equal(newer.AccessToken, answer.Value!.AccessToken);
        Assert.Single(_side.Provider.Grants.Refused);
        Assert.Equal((AccountStatus.Active, (string?)null), await StateAsync(account));
        Assert.Empty(await _side.Server.TrailAsync(RefreshEvents.Expired));
    }

    [Fact]
    public async Task Tokens_that_come_after_the_account_got_others_are_not_kept()
    {
        var account = await _side.AccountAsync(_connection);
        _side.Server.Clock.Advance(TimeSpan.FromMinutes(59));
        var reauthorized = _side.Provider.Grants.Give();
        _side.Provider.OnToken(async (_, proceed) =>
        {
            await proceed();
            await ReplaceAsync(account, reauthorized);
        });

        var answer = await _side.GetAsync(account.Id);

        Assert.Equal(reauthorized.AccessToken, answer.Value!.AccessToken);
        Assert.Equal(reauthorized.RefreshToken, _side.Open(await _side.ReadAsync(account.Id))!.RefreshToken);
    }

    [Fact]
    public async Task Tokens_that_come_after_somebody_gave_the_account_up_are_kept_for_there_are_no_others()
    {
        var account = await _side.AccountAsync(_connection);
        _side.Server.Clock.Advance(TimeSpan.FromMinutes(59));
        _side.Provider.OnToken(async (_, proceed) =>
        {
            // Whoever took the lease over was refused: the token was spent by the call that is still on its way.
            await proceed();
            await _side.ChangeAsync(account.Id, row => (row.Status, row.Fault) = (AccountStatus.Expired, "account_expired"));
        });

        var answer = await _side.GetAsync(account.Id);

        Assert.NotNull(_side.Provider.Grants.FindAccess(answer.Value!.AccessToken));
        Assert.Equal((AccountStatus.Active, (string?)null), await StateAsync(account));
        Assert.Single(await _side.Server.TrailAsync(RefreshEvents.Recovered));
    }

    [Fact]
    public async Task An_account_that_is_disconnected_meanwhile_stays_so()
    {
        var account = await _side.AccountAsync(_connection);
        _side.Server.Clock.Advance(TimeSpan.FromMinutes(59));
        _side.Provider.OnToken(async (_, proceed) =>
        {
            await proceed();
            await _side.ChangeAsync(account.Id, row => (row.Status, row.Fault, row.Tokens) = (AccountStatus.Revoked, "disconnected", null));
        });

        Assert.Equal("account_unusable", (await _side.GetAsync(account.Id)).Problem!.Code);

        var later = await _side.ReadAsync(account.Id);
        Assert.Equal((AccountStatus.Revoked, (string?)null), (later.Status, later.Tokens));
    }

    private async Task<(AccountStatus, string?)> StateAsync(ConnectedAccount account) => await _side.ReadAsync(account.Id) is var row ? (row.Status, row.Fault) : default;

    private Task ReplaceAsync(ConnectedAccount account, FakeTokens tokens) => _side.ChangeAsync(account.Id, row => row.Tokens = _side.Seal(row, new TokenSet
    {
        AccessToken = tokens.AccessToken,
        RefreshToken = tokens.RefreshToken,
        ExpiresAt = _side.Server.Clock.Now + TimeSpan.FromHours(1),
    }));
}
