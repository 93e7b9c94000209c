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

    public async Task PruneAsync(DateTimeOffset now, CancellationToken ct)
    {
        await erasure.FinishAsync(now - Remembered, ct);
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
        foreach (var (id, retention) in organizations)
        {
            var before = Identifiers.First("aud_", now - retention);
            await PruneAsync(after => expired.OfOrganizationAsync(id, after, before, ct), floors, ct);
        }

        if (settings.Retention is { } kept)
        {
            var before = Identifiers.First("aud_", now - kept);
            await PruneAsync(after => expired.OthersAsync(after, before, ct), floors, ct);
            await ThinAsync(book, Identifiers.First("chk_", now - kept), ct);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await PruneAsync(clock.GetUtcNow(), stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                // The next round takes what is left.
                Log.Failed(logger, e);
            }
        }
    }

    private async Task PruneAsync(Func<string, ValueTask<List<PlacedEvent>>> search, Dictionary<string, ChainPoint> floors, CancellationToken ct)
    {
        var last = "";
        while (await search(last) is { Count: > 0 } found)
        {
            foreach (var chains in found.GroupBy(place => place.Writer).Chunk(MostChains))
            {
                List<PruningPlan> plans = [];
                foreach (var chain in chains)
                {
                    var floor = floors.GetValueOrDefault(chain.Key) ?? ChainPoint.Of(ChainHead.Before(chain.Key));
                    if (PruningPlan.Make(floor, chain.Key, chain, await expired.StubsAsync(chain.Key, floor.Sequence, ct)) is { } plan)
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

            last = found[^1].Id;
        }
    }

    private Task RemoveAsync(IReadOnlyList<PruningPlan> plans, CancellationToken ct)
    {
        var pruned = new PrunedParts
        {
            Floors = plans.Where(plan => plan.Floor is not null).ToDictionary(plan => plan.Writer, plan => plan.Floor!.ToString()),
            Stubs = plans.Where(plan => plan.Stubs.Count > 0)
                .ToDictionary(plan => plan.Writer, plan => SequenceRanges.Format(plan.Stubs.Select(stub => stub.Sequence))),
        };
        return plans.Count == 0 ? Task.CompletedTask : checkpoints.WriteAsync(
            pruned,
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
        foreach (var ids in CheckpointThinning.Unneeded(book.Believed, before).Chunk(MostCheckpoints))
        {
            await checkpoints.WriteAsync(
                new PrunedParts { Checkpoints = before },
                async transaction =>
                {
                    foreach (var id in ids)
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

        [LoggerMessage(2, LogLevel.Critical, "The audit trail is not as it was written; nothing of it is deleted: {Fault}. Run: audit verify")]
        public static partial void Damaged(ILogger logger, string fault);
    }
}
