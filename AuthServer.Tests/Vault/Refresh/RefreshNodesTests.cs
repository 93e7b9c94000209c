using AuthServer.Tests.Support;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Refresh;

namespace AuthServer.Tests.Vault.Refresh;

/// <summary>Two servers on one PostgreSQL.</summary>
[Trait("negative", "54")]
public sealed class RefreshNodesTests : IAsyncLifetime
{
    private VaultSide _one = null!;
    private VaultSide _two = null!;

    public async Task InitializeAsync()
    {
        var database = await PostgreSqlCluster.SettingsAsync();
        _one = await VaultSide.StartAsync(null, database);
        _two = await _one.NodeAsync([.. database, ("AuthServer:Issuer", _one.Server.Issuer), ("AuthServer:Keys:Directory", Path.Combine(_one.Server.Home, "keys"))]);
        Advance(TimeSpan.Zero);
    }

    public async Task DisposeAsync()
    {
        await _two.DisposeAsync();
        await _one.DisposeAsync();
    }

    [Fact]
    public async Task Sixty_four_callers_at_two_nodes_redeem_each_refresh_token_once()
    {
        var connection = await _one.ConnectionAsync();
        var account = await _one.AccountAsync(connection);
        for (var round = 1; round <= 5; round++)
        {
            Advance(TimeSpan.FromMinutes(59));
            var read = await _one.ReadAsync(account.Id);
            var spent = _one.Open(read)!.RefreshToken!;

            var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => (i % 2 == 0 ? _one : _two).Tokens.GetAsync(read, CancellationToken.None)));

            Assert.Equal(1, _one.Provider.Grants.Redemptions[spent]);
            Assert.Single(answers.Select(answer => answer.Value!.AccessToken).Distinct());
            Assert.Equal(round, _one.Provider.Grants.Refreshes);
        }

        Assert.Empty(_one.Provider.Grants.Refused);
    }

    [Fact]
    public async Task Nodes_share_what_is_due_and_none_of_it_is_done_twice()
    {
        var connection = await _one.ConnectionAsync();
        var accounts = new List<ConnectedAccount>();
        for (var i = 0; i < 150; i++)
        {
            accounts.Add(await _one.AccountAsync(connection));
        }

        Advance(TimeSpan.FromMinutes(56));
        await Task.WhenAll(_one.RoundAsync(), _two.RoundAsync());

        Assert.Equal(150, _one.Provider.Grants.Refreshes);
        Assert.All(_one.Provider.Grants.Redemptions.Values, count => Assert.Equal(1, count));
        foreach (var account in accounts)
        {
            var row = await _two.ReadAsync(account.Id);
            Assert.True(row.AccessExpiresAt > _one.Server.Clock.Now + TimeSpan.FromMinutes(55), $"{row.AccessExpiresAt}");
        }
    }

    [Fact]
    public async Task Who_lost_their_lease_while_they_were_asked_and_comes_late_takes_what_the_other_got()
    {
        var account = await _one.AccountAsync(await _one.ConnectionAsync());
        await _one.DefineAsync(definition => definition["oauth"]!["refresh"]!["grace_seconds"] = 600);
        _one.Provider.Rules = new FakeProviderRules { Grace = TimeSpan.FromMinutes(10) };
        Advance(TimeSpan.FromMinutes(59));
        var read = await _one.ReadAsync(account.Id);
        var spent = _one.Open(read)!.RefreshToken!;
        var (asked, late) = (new TaskCompletionSource(), new TaskCompletionSource());
        _one.Provider.OnToken(FakeFaults.HeldAfter(late.Task, asked.SetResult));

        var slow = _one.Tokens.GetAsync(read, CancellationToken.None);
        await asked.Task;
        _two.Server.Clock.Advance(RefreshEngine.Lease);
        var fast = await _two.Tokens.GetAsync(read, CancellationToken.None);
        late.SetResult();

        Assert.Equal(fast.Value!.AccessToken, (await slow).Value!.AccessToken);
        Assert.Equal(2, _one.Provider.Grants.Redemptions[spent]);
        Assert.Equal(fast.Value.RefreshToken, _two.Open(await _two.ReadAsync(account.Id))!.RefreshToken);
        Assert.Empty(_one.Provider.Grants.Refused);
    }

    private void Advance(TimeSpan by)
    {
        var now = (_one.Server.Clock.Now > _two.Server.Clock.Now ? _one.Server.Clock.Now : _two.Server.Clock.Now) + by;
        _one.Server.Clock.AdvanceTo(now);
        _two.Server.Clock.AdvanceTo(now);
    }
}
