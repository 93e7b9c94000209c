using AuthServer.Jose;

namespace AuthServer.Audit.Chain;

/// <summary>Everything that believed checkpoints state, by chain.</summary>
public sealed class CheckpointBook
{
    /// <summary>How long an event may be under way between the moment that it bears and its place in a chain.</summary>
    public static readonly TimeSpan Lateness = TimeSpan.FromMinutes(10);

    private readonly Dictionary<string, ChainStatements> _chains = [];
    private readonly Dictionary<string, long> _lastOfNode = [];
    private readonly HashSet<string> _removed = new(StringComparer.Ordinal);
    private readonly long _completeUntil;

    /// <param name="keys">The keys for a "kid"; none for one that is no longer known.</param>
    public CheckpointBook(IReadOnlyList<StoredCheckpoint> stored, Func<string?, IReadOnlyList<JsonWebKey>> keys)
    {
        var trust = new CheckpointTrust(stored, keys);
        (Count, Unverifiable, Faults, Believed) = (stored.Count, trust.Unverifiable, trust.Faults, trust.Believed);
        foreach (var checkpoint in trust.Believed)
        {
            _lastOfNode[checkpoint.Node] = Math.Max(checkpoint.At, _lastOfNode.GetValueOrDefault(checkpoint.Node));
            _completeUntil = Math.Max(_completeUntil, checkpoint.CompleteUntil ?? 0);
            Add(checkpoint);
        }
    }

    public int Count { get; }

    public IReadOnlyCollection<Checkpoint> Believed { get; }

    public int Unverifiable { get; }

    public IReadOnlyList<ChainFault> Faults { get; }

    /// <summary>The chains that are spoken of.</summary>
    public IEnumerable<string> Writers => _chains.Keys;

    /// <summary>People of whose removal a checkpoint speaks, because the event of it was taken out.</summary>
    public IReadOnlySet<string> Removed => _removed;

    /// <summary>Null: no checkpoint speaks of it.</summary>
    public ChainStatements? Find(string writer) => _chains.GetValueOrDefault(writer);

    /// <summary>An event of this chain that is older than this and that no checkpoint covers was not there when it should have been.</summary>
    public DateTime CoveredUntil(string writer)
    {
        var node = writer.Split('.')[0];
        var seconds = Math.Max(_completeUntil, _lastOfNode.GetValueOrDefault(node) - (long)Lateness.TotalSeconds);
        return DateTime.UnixEpoch.AddSeconds(Math.Max(seconds, 0));
    }

    private void Add(Checkpoint checkpoint)
    {
        foreach (var (writer, text) in checkpoint.Heads)
        {
            if (ChainPoint.Parse(text) is { } point)
            {
                Of(writer).AddHead(point, checkpoint.Id);
            }
        }

        foreach (var (writer, text) in checkpoint.Pruned?.Floors ?? [])
        {
            if (ChainPoint.Parse(text) is { } point)
            {
                Of(writer).AddFloor(point);
            }
        }

        _removed.UnionWith(checkpoint.Pruned?.Removed ?? []);
        foreach (var (writer, text) in checkpoint.Pruned?.Stubs ?? [])
        {
            Of(writer).AddStubs(SequenceRanges.Parse(text));
        }
    }

    private ChainStatements Of(string writer)
    {
        if (!_chains.TryGetValue(writer, out var chain))
        {
            _chains.Add(writer, chain = new ChainStatements());
        }

        return chain;
    }
}
