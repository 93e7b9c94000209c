using AuthServer.Data;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AuthServer.Vault.Secrets;

/// <summary>Keeps <see cref="VaultKeys"/> up to date with what commands and other nodes do, and deletes generations that nothing names any more.</summary>
internal sealed partial class VaultKeyFollower(VaultKeys keys, VaultRotation rotation, TimeProvider clock, ILogger<VaultKeyFollower> logger) : BackgroundService
{
    public static readonly TimeSpan ReloadEvery = TimeSpan.FromSeconds(5);

    private DateTimeOffset _cleanAt;
    private string _lastFaults = "";

    /// <summary>One round.</summary>
    public async Task FollowAsync(CancellationToken ct)
    {
        var faults = string.Join(' ', await keys.ReloadAsync(ct));
        if (faults.Length > 0 && faults != _lastFaults)
        {
            Log.KeysMissing(logger, faults);
        }

        _lastFaults = faults;
        if (keys.Open.Generations.Count > 1 && faults.Length == 0 && clock.GetUtcNow() >= _cleanAt)
        {
            // It reads whole tables: seldom, and by one more node in vain.
            _cleanAt = clock.GetUtcNow() + VaultRotation.KeptAfter;
            await rotation.DeleteUnusedAsync(ct);
        }
    }

    // Whatever is wrong with the database, the keys in memory go on serving.
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Rounds.RunAsync(ReloadEvery, clock, FollowAsync, e => Log.ReloadFailed(logger, e), stoppingToken);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "Keys of the vault cannot be opened. {Faults}")]
        public static partial void KeysMissing(ILogger logger, string faults);

        [LoggerMessage(LogLevel.Error, "The vault's keys could not be reloaded; those in memory go on serving.")]
        public static partial void ReloadFailed(ILogger logger, Exception error);
    }
}
