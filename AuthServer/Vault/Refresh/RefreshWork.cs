using AuthServer.Data;
using AuthServer.Vault.Providers;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AuthServer.Vault.Refresh;

/// <summary>Refreshes ahead of their end the tokens of accounts that are used, and in time for the provider's idle limit those of all others. Nodes share the work: each takes
/// what is due in small batches.</summary>
internal sealed partial class RefreshWork(
    AccountRefreshes refreshes, RefreshReading reading, AccountTokens tokens, ProviderCatalog catalog, TimeProvider clock, ILogger<RefreshWork> logger) : BackgroundService
{
    private const int Batch = 64;
    private const int MostAtOnce = 32;
    private const int MostBatches = 50;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    // Whoever took an account and died has not lost it.
    private static readonly TimeSpan Taken = TimeSpan.FromMinutes(2);

    /// <summary>All that is due now.</summary>
    internal async Task RoundAsync(CancellationToken ct)
    {
        for (var batch = 0; batch < MostBatches; batch++)
        {
            var now = clock.GetStoredNow();
            var claimed = await refreshes.ClaimAsync(now, now + Taken, Batch, ct);
            await Parallel.ForEachAsync(claimed, new ParallelOptions { MaxDegreeOfParallelism = MostAtOnce, CancellationToken = ct }, async (id, ct) => await TryAsync(id, ct));
            if (claimed.Count < Batch)
            {
                return;
            }
        }
    }

    // What a round did not do is still due; the next one does it.
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Rounds.RunAsync(Interval, clock, RoundAsync, e => Log.Failed(logger, e), stoppingToken);

    private async Task TryAsync(string accountId, CancellationToken ct)
    {
        try
        {
            if (await reading.FindAsync(accountId, ct) is { } read && !await RestsAsync(read, ct))
            {
                await tokens.RefreshAheadAsync(accountId, ct);
            }
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            Log.NotRefreshed(logger, accountId, e);
        }
    }

    /// <summary>Whether nobody uses the account and it need not be kept alive yet: then it is left alone until it must.</summary>
    private async Task<bool> RestsAsync(ReadAccount read, CancellationToken ct)
    {
        var (account, now) = (read.Account, clock.GetStoredNow());
        if (read.Tokens?.RefreshToken is null || account.Failures > 0 || (read.Settings.AutoRefresh && read.IsUsed(now))
            || await catalog.FindAsync(account.OrganizationId, read.Connection.ProviderId, ct) is not { Oauth.Refresh: var rules })
        {
            return false;
        }

        var wake = RefreshTimes.NextLook(read.Tokens, read.Settings, rules, isUsed: false, RefreshTimes.Since(account), chance: 1);
        if (wake <= now)
        {
            return false;
        }

        await refreshes.LaterAsync(account, wake, ct);
        return true;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Which accounts are to be refreshed could not be found out.")]
        public static partial void Failed(ILogger logger, Exception exception);

        [LoggerMessage(2, LogLevel.Error, "The account {AccountId} could not be refreshed ahead.")]
        public static partial void NotRefreshed(ILogger logger, string accountId, Exception exception);
    }
}
