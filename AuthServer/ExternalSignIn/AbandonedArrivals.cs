using AuthServer.Data;
using AuthServer.Vault.Accounts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AuthServer.ExternalSignIn;

/// <summary>Ends what a provider gave at a sign-in that nobody went on with: it goes on the list of what is taken back there, and the arrival is gone. Of several nodes, one does.</summary>
internal sealed partial class AbandonedArrivals(
    IDbContextFactory<AuthDbContext> contexts, ExternalProviders providers, KeptAccess kept, TimeProvider clock, ILogger<AbandonedArrivals> logger) : BackgroundService
{
    private const int MostAtOnce = 100;
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    internal async Task EndAsync(CancellationToken ct)
    {
        var now = clock.GetStoredNow();
        await using var context = await contexts.CreateDbContextAsync(ct);
        var abandoned = await context.ExternalArrivals.AsNoTracking().Where(row => row.ExpiresAt <= now && row.Tokens != null).OrderBy(row => row.ExpiresAt).Take(MostAtOnce).ToListAsync(ct);
        foreach (var arrival in abandoned)
        {
            await using var one = await contexts.CreateDbContextAsync(ct);
            one.ExternalArrivals.Remove(arrival);
            await kept.GiveUpAsync(one, arrival, providers.Find(arrival.Provider), ct);

            // Another node was first.
            await one.TrySaveAsync();
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Rounds.RunAsync(Interval, clock, EndAsync, e => Log.Failed(logger, e), stoppingToken);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "What was given at sign-ins that nobody went on with could not be taken back.")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
