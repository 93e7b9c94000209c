namespace AuthServer.Audit.Chain;

/// <summary>What checkpoints state of one chain.</summary>
public sealed class ChainStatements
{
    private readonly SortedList<long, NamedPoint> _heads = [];
    private readonly SortedList<long, long> _stubs = [];

    /// <summary>The points that it has reached, in their order.</summary>
    public IList<NamedPoint> Heads => _heads.Values;

    /// <summary>The last place that was deleted; null: it begins at its beginning.</summary>
    public ChainPoint? Floor { get; private set; }

    public bool IsStub(long sequence)
    {
        var (low, high) = (0, _stubs.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (sequence < _stubs.Keys[middle])
            {
                high = middle - 1;
            }
            else if (sequence > _stubs.Values[middle])
            {
                low = middle + 1;
            }
            else
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether another hash was signed for this place.</summary>
    public bool Contradicts(ChainPoint point) =>
        _heads.TryGetValue(point.Sequence, out var named) && !named.Point.Hash.AsSpan().SequenceEqual(point.Hash);

    internal void AddHead(ChainPoint point, string checkpointId)
    {
        // A node that stands still names the same point again and again.
        _heads.TryAdd(point.Sequence, new NamedPoint(point, checkpointId));
    }

    internal void AddFloor(ChainPoint point) => Floor = Floor is null || point.Sequence > Floor.Sequence ? point : Floor;

    internal void AddStubs(IEnumerable<(long First, long Last)> ranges)
    {
        foreach (var (first, last) in ranges)
        {
            _stubs.TryAdd(first, last);
        }
    }
}

/// <param name="CheckpointId">One that names it.</param>
public sealed record NamedPoint(ChainPoint Point, string CheckpointId);
