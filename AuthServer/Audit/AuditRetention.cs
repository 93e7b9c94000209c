using System.Collections.ObjectModel;
using AuthServer.Audit.Chain;
using AuthServer.Data;
using AuthServer.Keys;
using AuthServer.Protocol;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AuthServer.Audit;

/// <summary>Takes out of the trail what is older than it is kept, a little at a time; signed checkpoints say what.</summary>
internal sealed partial class AuditRetention(
    ExpiredEvents expired, StoredCheckpoints store, Checkpoints checkpoints, SigningKeys keys, AuditErasure erasure, AuditSettings settings,
    TimeProvider clock, ILogger<AuditRetention> logger) : BackgroundService
{
    private const int MostChains = 60;
    private const int MostCheckpoints = 500;

    private static readonly TimeSpan Interval = TimeSpan.FromHours(6);
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(2);

    // Nobody's account leads to these addresses, so nothing else ever erases them.
    private static readonly TimeSpan RefusalsKept = TimeSpan.FromDays(90);

    public async Task PruneAsync(DateTimeOffset now, CancellationToken ct)
    {
        await erasure.FinishAsync(now - Remembered, ct);
        await erasure.ForgetRefusalsAsync(now - (settings.Retention is { } least && least < RefusalsKept ? least : RefusalsKept), ct);
        var organizations = await expired.OrganizationsAsync(ct);
        if (organizations.Count == 0 && settings.Retention is null)
        {
            return;
        }

        await checkpoints.WriteAsync(ct);
        var book = new CheckpointBook(await store.AllAsync(ct), keys.Verification.Candidates);
        if (book.Faults.Count > 0)
        {
            // Whoever tampered with them would like the rest to go too.
            Log.Damaged(logger, book.Faults[0].ToString());
            return;
        }

        var floors = book.Writers.Where(writer => book.Find(writer)!.Floor is not null).ToDictionary(writer => writer, writer => book.Find(writer)!.Floor!);
        foreach (var (id, days, saidBy) in organizations)
        {
            if (await KeptAsync(id, days, saidBy, book, ct) is { } retention)
            {
                var before = Identifiers.First("aud_", now - retention);
                await PruneAsync(after => expired.OfOrganizationAsync(id, after, before, ct), book, floors, ct);
            }
        }

        if (settings.Retention is { } kept)
        {
            var before = Identifiers.First("aud_", now - kept);
            await PruneAsync(after => expired.OthersAsync(after, before, ct), book, floors, ct);
            await ThinAsync(book, Identifiers.First("chk_", now - kept), ct);
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Rounds.RunAsync(Interval, clock, ct => PruneAsync(clock.GetUtcNow(), ct), e => Log.Failed(logger, e), stoppingToken);

    /// <summary>How long an organization's part is kept; null: for ever. Its setting alone is not believed, since whoever has the database can change
    /// that: a chained event must say the same under a signed checkpoint.</summary>
    private async Task<TimeSpan?> KeptAsync(string organizationId, int? days, string? saidBy, CheckpointBook book, CancellationToken ct)
    {
        var said = saidBy is null ? null : (await expired.SoundAsync([saidBy], ct)).SingleOrDefault();
        var saidDays = said is null ? null : OrganizationRetention.DaysOf(said);
        if (said is not null && saidDays == days && book.Find(said.Writer)?.Heads is { Count: > 0 } heads && heads[^1].Point.Sequence >= said.Sequence)
        {
            return Kept(days);
        }

        Log.Unsaid(logger, organizationId);
        return new[] { Kept(days), Kept(saidDays), settings.Retention }.Max(kept => kept ?? TimeSpan.MaxValue) is var most && most < TimeSpan.MaxValue ? most : null;
    }

    private TimeSpan? Kept(int? days) => days is { } number ? TimeSpan.FromDays(number) : settings.Retention;

    private async Task PruneAsync(
        Func<string, ValueTask<List<PlacedEvent>>> search, CheckpointBook book, Dictionary<string, ChainPoint> floors, CancellationToken ct)
    {
        var last = "";
        while (await search(last) is { Count: > 0 } found)
        {
            last = found[^1].Id;
            foreach (var chains in (await WithoutForgedRemovalsAsync(found, ct)).GroupBy(place => place.Writer).Chunk(MostChains))
            {
                List<PruningPlan> plans = [];
                foreach (var chain in chains)
                {
                    var floor = floors.GetValueOrDefault(chain.Key) ?? ChainPoint.Of(ChainHead.Before(chain.Key));
                    var stubs = await expired.StubsAsync(chain.Key, floor.Sequence, ct);
                    if (PruningPlan.Make(floor, chain.Key, [.. chain], stubs, book.Find(chain.Key)) is { } plan)
                    {
                        plans.Add(plan);
                    }
                    else
                    {
                        Log.Damaged(logger, $"the chain {chain.Key} after its event {floor.Sequence}");
                    }
                }

                await RemoveAsync(plans, ct);
                plans.ForEach(plan => floors[plan.Writer] = plan.Floor ?? floors.GetValueOrDefault(plan.Writer) ?? ChainPoint.Of(ChainHead.Before(plan.Writer)));
            }
        }
    }

    // A checkpoint will say whose removal they told, and so allow that their values are erased.
    private async Task<List<PlacedEvent>> WithoutForgedRemovalsAsync(List<PlacedEvent> found, CancellationToken ct)
    {
        var removals = found.Where(place => place.Removed is not null).Select(place => place.Id).ToList();
        var sound = (await expired.SoundAsync(removals, ct)).Select(row => row.Id).ToHashSet();
        foreach (var forged in removals.Where(id => !sound.Contains(id)))
        {
            Log.Damaged(logger, $"the event {forged}");
        }

        return found.FindAll(place => place.Removed is null || sound.Contains(place.Id));
    }

    private Task RemoveAsync(List<PruningPlan> plans, CancellationToken ct)
    {
        var pruned = new PrunedParts
        {
            Floors = plans.Where(plan => plan.Floor is not null).ToDictionary(plan => plan.Writer, plan => plan.Floor!.ToString()),
            Stubs = plans.Where(plan => plan.Stubs.Count > 0)
                .ToDictionary(plan => plan.Writer, plan => SequenceRanges.Format(plan.Stubs.Select(stub => stub.Sequence))),
            Removed = [.. plans.SelectMany(plan => plan.Removed)],
        };
        return plans.Count == 0 ? Task.CompletedTask : checkpoints.WriteAsync(
            pruned,
            ReadOnlyDictionary<string, string>.Empty,
            async transaction =>
            {
                foreach (var plan in plans)
                {
                    foreach (var id in plan.Deleted)
                    {
                        await AuditErasure.DeleteAsync(transaction, id);
                    }

                    foreach (var stub in plan.Stubs)
                    {
                        await AuditErasure.KeepPlaceAsync(transaction, stub.Id);
                    }
                }
            },
            ct);
    }

    private async Task ThinAsync(CheckpointBook book, string before, CancellationToken ct)
    {
        foreach (var thinning in CheckpointThinning.Plan(book.Believed, before, MostCheckpoints))
        {
            await checkpoints.WriteAsync(
                new PrunedParts { Checkpoints = thinning.Deleted },
                thinning.Previous,
                async transaction =>
                {
                    foreach (var id in thinning.Deleted)
                    {
                        await StoredCheckpoints.DeleteAsync(transaction, id);
                    }
                },
                ct);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Taking old events out of the audit trail failed.")]
        public static partial void Failed(ILogger logger, Exception exception);

        [LoggerMessage(3, LogLevel.Error,
            "The audit trail does not say what the setting of {Organization} says of how long its part is kept; the longest time that may be meant holds. Run: audit verify")]
        public static partial void Unsaid(ILogger logger, string organization);

        [LoggerMessage(2, LogLevel.Critical, "The audit trail is not as it was written; nothing of it is deleted: {Fault}. Run: audit verify")]
        public static partial void Damaged(ILogger logger, string fault);
    }
}
