using System.Net;
using System.Net.Http.Headers;
using AuthServer.Tests.Support;
using AuthServer.Vault.Accounts;

namespace AuthServer.Tests.Vault.Refresh;

/// <summary>A server that refreshes all the time is killed, again and again, at any moment: every account works afterwards.</summary>
[Trait("negative", "54")]
public sealed class RefreshKillTests
{
    private const int Accounts = 16;
    private const int Kills = 3;
    private const int Workers = 8;
    private const int RefreshesBeforeAKill = 40;

    [Fact]
    public async Task No_account_is_lost_and_no_refresh_token_is_redeemed_more_than_twice()
    {
        await using var side = await VaultSide.StartAsync(definition => definition["oauth"]!["refresh"]!["grace_seconds"] = 600);
        side.Provider.Clock = TimeProvider.System;
        side.Provider.Rules = new FakeProviderRules { Grace = TimeSpan.FromMinutes(10), AccessLifetime = TimeSpan.FromSeconds(2) };
        var connection = await side.ConnectionAsync();
        var accounts = new List<string>();
        for (var i = 0; i < Accounts; i++)
        {
            accounts.Add((await side.AccountAsync(connection)).Id);
        }

        var (_, key) = await side.AgentAsync("vault:tokens:use");
        await side.Server.StopAsync();
        await using var server = await ServerProcess.StartAsync(
        [
            .. VaultSide.Settings(side.Provider),
            ("AuthServer:Database:ConnectionString", $"Data Source={Path.Combine(side.Server.Home, "data", "authserver.db")}"),
            ("AuthServer:Keys:Directory", Path.Combine(side.Server.Home, "keys")),
            ("AuthServer:Demo", "false"),
            ("Logging:LogLevel:Default", "Warning"),
        ]);
        for (var kill = 0; kill < Kills; kill++)
        {
            await RunUntilKilledAsync(server, key, accounts, () => side.Provider.Grants.Refreshes >= (kill + 1) * RefreshesBeforeAKill);
            await server.ExitedAsync();
            await server.StartAsync();
        }

        // Where a lease was left behind, this waits for its end.
        using var http = Client(server, key, TimeSpan.FromMinutes(3));
        var answers = await Task.WhenAll(accounts.Select(id => http.GetAsync($"/api/v1/connected-accounts/{id}/proxy/things")));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.All(side.Provider.Grants.Redemptions.Values, count => Assert.InRange(count, 1, 2));
        Assert.Empty(side.Provider.Grants.Refused);
        server.Kill();
        await server.ExitedAsync();
        await side.Server.RestartAsync([.. VaultSide.Settings(side.Provider)]);
        foreach (var id in accounts)
        {
            Assert.Equal(AccountStatus.Active, (await side.ReadAsync(id)).Status);
        }
    }

    /// <summary>Calls from many sides, and the kill in the midst of them.</summary>
    private static async Task RunUntilKilledAsync(ServerProcess server, string key, List<string> accounts, Func<bool> isEnough)
    {
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(async worker =>
        {
            // What a killed server has left behind is passed over.
            using var http = Client(server, key, TimeSpan.FromSeconds(3));
            for (var i = worker; !server.IsKilled; i++)
            {
                try
                {
                    using var answer = await http.GetAsync($"/api/v1/connected-accounts/{accounts[i % accounts.Count]}/proxy/things");
                }
                catch (Exception e) when (e is OperationCanceledException or HttpRequestException)
                {
                }

                if (isEnough() && !server.IsKilled)
                {
                    server.Kill();
                }
            }
        }));
    }

    private static HttpClient Client(ServerProcess server, string key, TimeSpan timeout)
    {
        var http = new HttpClient { BaseAddress = server.Address, Timeout = timeout };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return http;
    }
}
