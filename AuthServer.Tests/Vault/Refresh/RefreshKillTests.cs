using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using AuthServer.Data;
using AuthServer.Tests.Support;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Refresh;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Vault.Refresh;

/// <summary>Two servers on one PostgreSQL refresh thousands of times for sixty-four callers, while answers are lost and one server after the other is killed: every account
/// works afterwards, and a refresh token was redeemed once more only for each answer that never arrived.</summary>
[Trait("negative", "54")]
public sealed class RefreshKillTests : IAsyncLifetime
{
    private const int Accounts = 256;
    private const int Callers = 64;

    // A whole proof takes minutes: AUTHSERVER_REFRESHES=10000.
    private static readonly int Refreshes = int.Parse(Environment.GetEnvironmentVariable("AUTHSERVER_REFRESHES") ?? "2000", CultureInfo.InvariantCulture);

    private static readonly int[] KillsAt = [Refreshes / 20, Refreshes * 3 / 20, Refreshes * 5 / 20, Refreshes * 7 / 20];

    // Whoever waits for an account of a server that died goes on with others, and comes back later.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(10);

    private readonly TaskCompletionSource[] _kills = [.. KillsAt.Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))];
    // How often.
    private readonly ConcurrentDictionary<string, int> _unanswered = [];
    private readonly ConcurrentDictionary<string, bool> _asked = [];
    private readonly ConcurrentDictionary<string, long> _resting = [];
    private readonly List<string> _accounts = [];
    private readonly List<ServerProcess> _servers = [];
    private readonly Task[] _ready = [Task.CompletedTask, Task.CompletedTask];
    private VaultSide _side = null!;

    public async Task InitializeAsync()
    {
        var database = await PostgreSqlCluster.SettingsAsync();
        _side = await VaultSide.StartAsync(definition => definition["oauth"]!["refresh"]!["grace_seconds"] = 600, database);
        _side.Provider.Clock = TimeProvider.System;
        _side.Provider.Rules = new FakeProviderRules { Grace = TimeSpan.FromMinutes(10), AccessLifetime = TimeSpan.FromSeconds(1) };
        var connection = await _side.ConnectionAsync(change: row => row.AllowsRawTokens = true);
        for (var i = 0; i < Accounts; i++)
        {
            _accounts.Add((await _side.AccountAsync(connection)).Id);
        }

        (string, string)[] settings =
        [
            .. VaultSide.Settings(_side.Provider), .. database, ("AuthServer:Issuer", _side.Server.Issuer), ("AuthServer:Keys:Directory", Path.Combine(_side.Server.Home, "keys")),
            ("AuthServer:Demo", "false"), ("Logging:LogLevel:Default", "Warning"),
        ];
        _servers.AddRange(await Task.WhenAll(ServerProcess.StartAsync(settings), ServerProcess.StartAsync(settings)));
    }

    public async Task DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }

        await _side.DisposeAsync();
    }

    [Fact]
    public async Task No_account_is_lost_and_no_refresh_token_is_redeemed_again_but_where_an_answer_was_lost()
    {
        _side.Provider.OnToken([.. Enumerable.Range(1, Refreshes).Select(FaultOf)]);

        await Task.WhenAll([KillAsync(), .. Enumerable.Range(0, Callers).Select(CallAsync)]);

        Assert.InRange(_side.Provider.Grants.Refreshes, Refreshes, int.MaxValue);
        Assert.Empty(_side.Provider.Grants.Refused);
        var redeemed = _side.Provider.Grants.Redemptions;
        Assert.InRange(redeemed.Count, Refreshes * 9 / 10, int.MaxValue);
        Assert.All(redeemed, pair => Assert.InRange(pair.Value, 1, 1 + _unanswered.GetValueOrDefault(RefreshAttempt.Fingerprint(pair.Key))));

        // The time of whoever died with an account is over, and so are the pauses after failures.
        _side.Provider.Calm();
        var now = TimeProvider.System.GetStoredNow();
        await _side.Server.QueryAsync(context => context.ConnectedAccounts.ExecuteUpdateAsync(set => set
            .SetProperty(row => row.LeaseUntil, row => row.LeaseUntil == null ? row.LeaseUntil : now)
            .SetProperty(row => row.RefreshAt, now)));
        foreach (var account in _accounts)
        {
            await WorksAsync(account);
        }

        Assert.Empty(await _side.Server.TrailAsync(RefreshEvents.Expired));
        Assert.Empty(await _side.Server.TrailAsync(RefreshEvents.Revoked));
    }

    /// <summary>Most go well. Some answers are lost although all was done, and some say that it was not; never to who asks again because of that, or of a kill: of what was lost twice
    /// nobody knows anything, and its account says so.</summary>
    private FakeFault FaultOf(int number) => (number % 100) switch
    {
        0 when Array.IndexOf(KillsAt, number) is >= 0 and var kill => (http, proceed) => KilledAsync(kill, http, proceed),
        33 => FirstAsync(LostAsync),
        61 => FirstAsync(FakeFaults.Status(503)),
        83 => FirstAsync(FakeFaults.OkWithError("temporarily_unavailable")),
        _ => AnsweredAsync,
    };

    private FakeFault FirstAsync(FakeFault fault) => async (http, proceed) =>
    {
        var sent = await SentAsync(http);
        await (_unanswered.ContainsKey(sent) || _asked.ContainsKey(sent) ? AnsweredAsync : fault)(http, proceed);
        _asked[sent] = true;
    };

    private Task KilledAsync(int kill, HttpContext http, Func<Task> proceed)
    {
        _kills[kill].SetResult();
        return AnsweredAsync(http, proceed);
    }

    private async Task LostAsync(HttpContext http, Func<Task> proceed)
    {
        IsUnanswered(await SentAsync(http));
        await FakeFaults.Lost(http, proceed);
    }

    /// <summary>Unless whoever asked is gone before it comes.</summary>
    private async Task AnsweredAsync(HttpContext http, Func<Task> proceed)
    {
        var sent = await SentAsync(http);
        _asked[sent] = true;
        using var gone = http.RequestAborted.Register(() => IsUnanswered(sent));
        await proceed();
    }

    private void IsUnanswered(string sent) => _unanswered.AddOrUpdate(sent, 1, (_, times) => times + 1);

    private static async Task<string> SentAsync(HttpContext http) => RefreshAttempt.Fingerprint((await http.Request.ReadFormAsync())["refresh_token"].ToString());

    /// <summary>One server after the other, each in the midst of its work.</summary>
    private async Task KillAsync()
    {
        foreach (var (i, kill) in _kills.Index())
        {
            await kill.Task;
            var which = i % 2;
            var restarting = RestartAsync(_servers[which]);
            _ready[which] = restarting;
            await restarting;
        }
    }

    private async Task RestartAsync(ServerProcess server)
    {
        server.Kill();
        await server.ExitedAsync();

        // What it had asked and not saved. The other one's own are among them.
        var open = await _side.Server.QueryAsync(context => context.ConnectedAccounts.AsNoTracking().Where(row => row.AttemptOf != null).Select(row => row.AttemptOf!).ToListAsync());
        open.ForEach(IsUnanswered);
        await server.StartAsync();
    }

    /// <summary>Accounts by chance, at the one server and the other, so that many ask for the same at both.</summary>
    private async Task CallAsync(int caller)
    {
        var chance = new Random(caller);
        using HttpClient one = Client(0), two = Client(1);
        for (var i = caller; _side.Provider.Grants.Refreshes < Refreshes; i++)
        {
            var (account, which) = (_accounts[chance.Next(Accounts)], i % 2);
            await _ready[which];
            if (_resting.TryGetValue(account, out var until) && until > Environment.TickCount64)
            {
                continue;
            }

            try
            {
                using var answer = await (which == 0 ? one : two).GetAsync(TokenOf(account));

                // Somebody waits where the provider could do nothing, and nobody's account is over.
                Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable, await answer.Content.ReadAsStringAsync());
            }
            catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
            {
                // It was killed.
            }
            catch (OperationCanceledException)
            {
                _resting[account] = Environment.TickCount64 + (long)Rest.TotalMilliseconds;
            }
        }
    }

    private static string TokenOf(string account) => $"/api/v1/connected-accounts/{account}/token";

    private HttpClient Client(int which)
    {
        var http = _servers[which].CreateClient();
        http.Timeout = Patience;
        http.DefaultRequestHeaders.Add("X-Api-Key", _side.Acme.Key);
        return http;
    }

    /// <summary>Its next refresh is made, however long somebody's lease or a pause is in the way.</summary>
    private async Task WorksAsync(string account)
    {
        using var http = Client(0);
        http.Timeout = TimeSpan.FromMinutes(1);
        var before = (await _side.ReadAsync(account)).LastRefreshedAt;
        var row = await Waiting.UntilAsync(
            async () =>
            {
                using var answer = await http.GetAsync(TokenOf(account));
                return await _side.ReadAsync(account);
            },
            row => row.LastRefreshedAt > (before ?? DateTimeOffset.MinValue));
        Assert.Equal((AccountStatus.Active, null, AccountHealth.Healthy), (row.Status, row.Fault, row.Health));
        Assert.Equal(0, _side.Provider.Grants.Redemptions.GetValueOrDefault(_side.Open(row)!.RefreshToken!));
    }
}
