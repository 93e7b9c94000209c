using AuthServer.Vault.Accounts;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Providers;
using AuthServer.Vault.Refresh;

namespace AuthServer.Tests.Vault.Refresh;

/// <summary>When tokens are refreshed.</summary>
public sealed class RefreshTimesTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(3600, null, 300)]
    [InlineData(600, null, 120)]
    [InlineData(3600, 600, 600)]
    [InlineData(3600, 0, 0)]

    // One that would be due as soon as it is there is no buffer.
    [InlineData(600, 900, 300)]
    public void A_token_is_due_a_while_before_its_end(int lifetime, int? buffer, int before) =>
        Assert.Equal(Now.AddSeconds(lifetime - before), RefreshTimes.DueAt(Now.AddSeconds(lifetime), Now, new ConnectionSettings { RefreshBuffer = buffer }));

    [Fact]
    public void One_without_an_end_is_never_due() => Assert.Null(RefreshTimes.DueAt(null, Now, new ConnectionSettings()));

    [Theory]

    // Used: ahead of its end, and not all at the same moment.
    [InlineData(true, true, null, 0.0, 3300)]
    [InlineData(true, true, null, 1.0, 3225)]

    // Not used, or not wanted: in time for the provider's idle limit, at the latest after thirty days.
    [InlineData(false, true, 7776000L, 0.0, 2592000)]
    [InlineData(false, true, 864000L, 0.0, 432000)]
    [InlineData(true, false, 864000L, 1.0, 388800)]
    [InlineData(false, true, null, 0.0, 2592000)]
    public void The_engine_looks_ahead_where_an_account_is_used_and_keeps_all_others_alive(bool used, bool auto, long? idle, double chance, long seconds) => Assert.Equal(
        Now.AddSeconds(seconds),
        RefreshTimes.NextLook(Tokens("rt"), new ConnectionSettings { AutoRefresh = auto }, new RefreshRules { IdleSeconds = idle }, used, Now, chance));

    [Fact]
    public void Without_a_refresh_token_it_looks_when_the_access_token_ends() =>
        Assert.Equal(Now.AddHours(1), RefreshTimes.NextLook(Tokens(null), new ConnectionSettings(), new RefreshRules(), true, Now, 0.5));

    [Fact]
    public void Pauses_grow_to_a_quarter_of_an_hour_and_are_as_long_as_the_provider_asks()
    {
        var pauses = Enumerable.Range(1, 30).Select(failures => RefreshTimes.PauseAfter(failures, null, 1)).ToArray();

        Assert.Equal(TimeSpan.FromSeconds(5), pauses[0]);
        Assert.Equal(pauses.Order(), pauses);
        Assert.Equal(TimeSpan.FromMinutes(15), pauses[^1]);
        Assert.Equal(TimeSpan.FromSeconds(2.5), RefreshTimes.PauseAfter(1, null, 0));
        Assert.Equal(TimeSpan.FromHours(1), RefreshTimes.PauseAfter(1, TimeSpan.FromHours(1), 0));
        Assert.Equal(TimeSpan.FromDays(1), RefreshTimes.PauseAfter(1, TimeSpan.FromDays(900), 0));
    }

    private static TokenSet Tokens(string? refreshToken) => new() { AccessToken = "at", RefreshToken = refreshToken, ExpiresAt = Now.AddHours(1) };
}
