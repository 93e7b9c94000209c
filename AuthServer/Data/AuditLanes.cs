using AuthServer.Audit.Chain;
using AuthServer.Protocol;

namespace AuthServer.Data;

/// <summary>The chains that this process writes. On SQLite transactions come one after the other and share one; on PostgreSQL, where they run
/// side by side, each has one to itself while it lasts. Their names are new with each process, so that no two nodes ever write one chain.</summary>
public sealed class AuditLanes(TimeProvider time, TrailWatch watch)
{
    private readonly Lock _lock = new();
    private readonly Stack<AuditLane> _free = [];
    private readonly List<AuditLane> _all = [];
    private readonly List<AbandonedLane> _abandoned = [];

    /// <summary>This process, as the names of its chains begin: <c>wrt_</c> and a ULID; a dot and the lane's number follow.</summary>
    public string Node { get; } = Identifiers.New("wrt_", time.GetUtcNow());

    /// <summary>Before this moment it wrote nothing.</summary>
    public DateTimeOffset Since { get; } = time.GetUtcNow();

    /// <summary>Who is told of commits.</summary>
    internal TrailWatch Watch { get; } = watch;

    /// <summary>Where each chain ends on disk, the ones without events left out.</summary>
    public IReadOnlyList<ChainHead> Heads()
    {
        lock (_lock)
        {
            return [.. _all.Select(lane => lane.Committed).Where(head => head.Sequence > 0)];
        }
    }

    /// <summary>Chains whose last transaction may be on disk or not.</summary>
    internal IReadOnlyList<AbandonedLane> Abandoned()
    {
        lock (_lock)
        {
            return [.. _abandoned];
        }
    }

    internal AuditLane Take()
    {
        lock (_lock)
        {
            if (_free.TryPop(out var free))
            {
                return free;
            }

            var lane = new AuditLane($"{Node}.{_all.Count}");
            _all.Add(lane);
            return lane;
        }
    }

    internal void Return(AuditLane lane)
    {
        lock (_lock)
        {
            _free.Push(lane);
        }
    }

    /// <summary>Nobody knows whether its last transaction is on disk, so nothing may follow it.</summary>
    internal void Abandon(AuditLane lane)
    {
        lock (_lock)
        {
            _abandoned.Add(new AbandonedLane(lane, time.GetUtcNow()));
        }
    }

    /// <summary>It was looked up where the chain ends, and that will not change any more.</summary>
    internal void Settle(AbandonedLane settled)
    {
        lock (_lock)
        {
            _abandoned.Remove(settled);
        }
    }
}

internal sealed record AbandonedLane(AuditLane Lane, DateTimeOffset At);
