using AuthServer.Data;
using AuthServer.Jose;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AuthServer.Keys;

/// <summary>Keeps <see cref="SigningKeys"/> up to date: follows what other nodes and commands do, and does what the schedule asks for.</summary>
internal sealed partial class KeyRing(
    KeyRecords records, KeyChanges changes, SigningKeyFiles files, SigningKeys published, TimeProvider time, ILogger<KeyRing> logger)
    : BackgroundService
{
    public static readonly TimeSpan ReloadEvery = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _one = new(1);
    private Dictionary<string, SigningKey> _keys = [];
    private List<SigningKey> _ended = [];
    private string _lastFaults = "";

    /// <summary>Loads what is new, drops what has ended, runs the schedule. A sentence for each key that cannot be loaded; the others are published.</summary>
    public async Task<IReadOnlyList<string>> ReloadAsync(CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            // First what is stored: a full disk that stops the schedule must not stop a revocation.
            var stored = await records.ReadAsync(ct);
            var faults = Load(stored);
            var plan = await changes.ApplyAsync((schedule, keys, now) => schedule.Maintain(keys, now), ct);
            if (!plan!.Keys.SequenceEqual(stored))
                faults = Load(plan.Keys);
            DeleteEnded(plan.Keys);
            return faults;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>As <see cref="ReloadAsync"/>, without changing anything that is stored.</summary>
    public IReadOnlyList<string> Load(IReadOnlyList<KeyLife> lives)
    {
        var now = time.GetUtcNow();
        var faults = new List<string>();
        var keys = new Dictionary<string, SigningKey>();
        foreach (var life in lives.Where(life => life.IsLiveAt(now)))
        {
            if (_keys.TryGetValue(life.KeyId, out var key) || files.TryRead(life, out key, out var fault))
                keys.Add(life.KeyId, key);
            else
                faults.Add(fault);
        }
        published.Publish(new SigningKeySnapshot(lives, keys, now));
        // A request may still be signing with a key that has just ended, so it is freed one reload later.
        _ended.ForEach(key => key.Dispose());
        _ended = [.. _keys.Values.Where(key => !keys.ContainsKey(key.KeyId))];
        _keys = keys;
        return faults;
    }

    public override void Dispose()
    {
        foreach (var key in _keys.Values.Concat(_ended))
            key.Dispose();
        _one.Dispose();
        base.Dispose();
    }

    // Whatever is wrong with the database or the disk, the keys in memory go on serving.
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Rounds.RunAsync(ReloadEvery, time, FollowAsync, e => Log.ReloadFailed(logger, e), stoppingToken);

    private async Task FollowAsync(CancellationToken ct)
    {
        var faults = string.Join(' ', await ReloadAsync(ct));
        if (faults.Length > 0 && faults != _lastFaults)
            Log.KeysMissing(logger, faults);
        _lastFaults = faults;
    }

    private void DeleteEnded(IReadOnlyList<KeyLife> lives)
    {
        var now = time.GetUtcNow();
        foreach (var life in lives.Where(life => !life.IsLiveAt(now)))
            files.Delete(life.KeyId);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "Signing keys cannot be loaded. {Faults}")]
        public static partial void KeysMissing(ILogger logger, string faults);

        [LoggerMessage(LogLevel.Error, "The signing keys could not be reloaded; those in memory go on serving.")]
        public static partial void ReloadFailed(ILogger logger, Exception error);
    }
}
