using AuthServer.Audit.Chain;
using AuthServer.Data;
using AuthServer.Protocol;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AuthServer.Audit;

/// <summary>Each minute, and at the end, signs where this process's chains stand, so that nobody can take events away behind them unseen.
/// The first one also names what processes left behind that ended without one.</summary>
internal sealed partial class Checkpoints(
    AuditLanes lanes, CheckpointSigner signer, StoredCheckpoints store, TimeProvider clock, ILogger<Checkpoints> logger) : BackgroundService
{
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    // How far before a moment events may bear ids and yet come after it.
    private static readonly TimeSpan Overlap = CheckpointBook.Lateness;

    // What other processes wrote until then; its own events it knows.
    private static readonly TimeSpan Start = TimeSpan.FromSeconds(1);

    // Around a commit of unknown outcome.
    private static readonly TimeSpan Doubt = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _one = new(1);
    private readonly Dictionary<string, long> _named = [];
    private bool _isFirst = true;

    /// <summary>Names the heads that have moved since the last time, and all others with them; nothing where none has.</summary>
    public Task WriteAsync(CancellationToken ct) => AloneAsync(() => WriteAloneAsync(ct), ct);

    /// <summary>States that something is taken out of the trail, and takes it out, in one commit.</summary>
    /// <param name="previous">Earlier checkpoints that it vouches for instead of those that go.</param>
    public Task WriteAsync(
        PrunedParts pruned, IReadOnlyDictionary<string, string> previous, Func<WriteTransaction, ValueTask> removal, CancellationToken ct) => AloneAsync(
        async () =>
        {
            await LookAsync(clock.GetUtcNow(), ct);
            await AddAsync(
                stated => stated with { Pruned = pruned, Previous = stated.Previous.UnionBy(previous, named => named.Key).ToDictionary() }, removal, ct);
        },
        ct);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Rounds.TryAsync(WriteAsync, Failed, cancellationToken);
    }

    public override void Dispose()
    {
        _one.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Rounds.RunAsync(Interval, clock, WriteAsync, Failed, stoppingToken);

    // The next one names what this one would have.
    private void Failed(Exception exception) => Log.Failed(logger, exception);

    private async Task AloneAsync(Func<Task> work, CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            await work();
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task WriteAloneAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var heads = lanes.Heads().ToDictionary(head => head.Writer);
        await ResolveAbandonedAsync(heads, now, ct);
        var first = _isFirst;
        if (first)
        {
            var newest = await LookAsync(now, ct);
            foreach (var left in await store.EndsAsync(EventsSince(newest), Identifiers.First("aud_", lanes.Since + Start), ct))
            {
                heads.TryAdd(left.Writer, left);
            }
        }

        if (!heads.Values.Any(head => _named.GetValueOrDefault(head.Writer) < head.Sequence))
        {
            return;
        }

        if (!first)
        {
            await LookAsync(now, ct);
        }

        var complete = first ? now - CheckpointBook.Lateness : (DateTimeOffset?)null;
        foreach (var some in heads.Values.OrderBy(head => head.Writer, StringComparer.Ordinal).Chunk(Checkpoint.MostNames))
        {
            await AddAsync(
                stated => stated with
                {
                    Heads = some.ToDictionary(head => head.Writer, head => ChainPoint.Of(head).ToString()),
                    CompleteUntil = complete?.ToUnixTimeSeconds(),
                },
                null,
                ct);
            Array.ForEach(some, head => _named[head.Writer] = head.Sequence);
        }

        _isFirst = false;
    }

    /// <summary>Of a chain whose last commit has an unknown outcome, the database knows where it ends.</summary>
    private async Task ResolveAbandonedAsync(Dictionary<string, ChainHead> heads, DateTimeOffset now, CancellationToken ct)
    {
        if (lanes.Abandoned() is not { Count: > 0 } abandoned)
        {
            return;
        }

        var (from, to) = (abandoned.Min(lane => lane.At) - Doubt, abandoned.Max(lane => lane.At) + Doubt);
        var ends = (await store.EndsAsync(Identifiers.First("aud_", from), Identifiers.First("aud_", to), ct)).ToDictionary(end => end.Writer);
        foreach (var one in abandoned)
        {
            if (ends.TryGetValue(one.Lane.Writer, out var end) && end.Sequence > one.Lane.Committed.Sequence)
            {
                one.Lane.End(end);
                heads[end.Writer] = end;
            }

            if (now - one.At > CheckpointBook.Lateness)
            {
                lanes.Settle(one);
            }
        }
    }

    /// <summary>Takes notice of checkpoints of other nodes; the newest one's id, or the empty text.</summary>
    private async Task<string> LookAsync(DateTimeOffset now, CancellationToken ct)
    {
        var recent = await store.RecentAsync(signer.LookAfter(now), ct);
        signer.See(recent, _isFirst);
        return recent is [var newest, ..] ? newest.Id : "";
    }

    private async Task AddAsync(Func<Checkpoint, Checkpoint> state, Func<WriteTransaction, ValueTask>? change, CancellationToken ct)
    {
        var (stored, stated) = signer.Sign(clock.GetUtcNow(), state);
        await store.AddAsync(stored, change, ct);
        signer.Stored(stored, stated);
    }

    /// <summary>After which event to look for chains that nobody has named: some time before the newest checkpoint.</summary>
    private static string EventsSince(string newestCheckpoint) =>
        Identifiers.TimeOf("chk_", newestCheckpoint) is { } at ? Identifiers.First("aud_", at - Overlap) : "";

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "No checkpoint of the audit trail could be made; it is tried again in a minute.")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
