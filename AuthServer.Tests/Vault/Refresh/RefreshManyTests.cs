using System.Collections.Concurrent;
using AuthServer.Tests.Support;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Refresh;

namespace AuthServer.Tests.Vault.Refresh;

/// <summary>Over many refreshes, with all that goes wrong at providers in between, no account is lost in silence.</summary>
[Trait("negative", "54")]
public sealed class RefreshManyTests
{
    private const int Accounts = 12;
    private const int Rounds = 40;

    [Theory]
    [InlineData(600)]
    [InlineData(0)]
    public async Task Every_account_works_or_says_what_became_of_it_and_no_token_is_redeemed_again_but_for_a_lost_answer_within_its_grace(int grace)
    {
        await using var side = await VaultSide.StartAsync(definition => definition["oauth"]!["refresh"]!["grace_seconds"] = grace);
        side.Provider.Rules = new FakeProviderRules { Grace = TimeSpan.FromSeconds(grace) };
        var connection = await side.ConnectionAsync();
        var accounts = new List<string>();
        for (var i = 0; i < Accounts; i++)
        {
            accounts.Add((await side.AccountAsync(connection)).Id);
        }

        var chance = new Random(54 + grace);
        var lost = new ConcurrentDictionary<string, int>();
        FakeFault lose = (http, proceed) => FakeFaults.Lost(http, async () =>
        {
            await proceed();
            lost.AddOrUpdate((string)http.Items[FakeProviderToken.Sent]!, 1, (_, count) => count + 1);
        });
        FakeFault[] faults =
        [
            FakeFaults.None, FakeFaults.None, FakeFaults.None, FakeFaults.None, FakeFaults.Status(503), FakeFaults.Status(429, "{}", ("Retry-After", "30")),
            lose, FakeFaults.Unreached, FakeFaults.Html, FakeFaults.Empty, FakeFaults.OkWithError("temporarily_unavailable"),
        ];
        for (var round = 0; round < Rounds; round++)
        {
            side.Server.Clock.Advance(TimeSpan.FromMinutes(chance.Next(5, 59)));
            side.Provider.OnToken([.. Enumerable.Range(0, Accounts).Select(_ => faults[chance.Next(faults.Length)])]);
            await Task.WhenAll(accounts.SelectMany(id => new[] { side.GetAsync(id), side.GetAsync(id) }));
        }

        Assert.InRange(side.Provider.Grants.Refreshes, Rounds, int.MaxValue);
        Assert.All(side.Provider.Grants.Redemptions, pair => Assert.InRange(pair.Value, 1, grace > 0 ? 1 + lost.GetValueOrDefault(pair.Key) : 1));
        side.Provider.Calm();
        var told = await side.Server.TrailAsync(RefreshEvents.Expired);
        foreach (var id in accounts)
        {
            side.Server.Clock.Advance(TimeSpan.FromHours(2));
            var answer = await side.GetAsync(id);
            var row = await side.ReadAsync(id);
            Assert.True(
                answer.Value is not null ? side.Provider.Grants.FindAccess(answer.Value.AccessToken) is not null
                : row.Status == AccountStatus.Expired && row.Fault == "refresh_uncertain",
                $"{row.Status} {row.Fault}: {answer.Problem?.Detail}");
        }

        // Each end is told, and none is without one.
        var ended = await side.Server.TrailAsync(RefreshEvents.Expired);
        Assert.Equal(ended.Count, ended.Select(row => row.Target).Distinct().Count());
        Assert.True(ended.Count >= told.Count);
    }
}
