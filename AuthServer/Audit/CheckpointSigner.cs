using AuthServer.Audit.Chain;
using AuthServer.Data;
using AuthServer.Jose;
using AuthServer.Keys;
using AuthServer.Protocol;

namespace AuthServer.Audit;

/// <summary>Signs what this node states, and links each checkpoint to those that it has seen and not named yet.</summary>
internal sealed class CheckpointSigner(AuditLanes lanes, SigningKeys keys)
{
    // Long enough that a node with a slow clock is still heard.
    private static readonly TimeSpan Heard = TimeSpan.FromHours(1);

    private readonly SortedDictionary<string, string> _unnamed = new(StringComparer.Ordinal);
    private readonly HashSet<string> _seen = [];

    /// <summary>False: the keys are not open.</summary>
    public bool CanSign => keys.Algorithms.Contains(JwsAlgorithm.ES256);

    /// <summary>After which id to look for checkpoints of others.</summary>
    public string LookAfter(DateTimeOffset now) => _seen.Count == 0 ? "" : Identifiers.First("chk_", now - Heard);

    /// <param name="recent">Newest first.</param>
    public void See(IEnumerable<StoredCheckpoint> recent, bool first)
    {
        // Earlier ones of a node are named by its later ones.
        HashSet<string> nodes = [];
        foreach (var checkpoint in recent)
        {
            if ((!first || nodes.Add(checkpoint.Node)) && _seen.Add(checkpoint.Id))
            {
                _unnamed[checkpoint.Id] = Checkpoint.HashOf(checkpoint.Token);
            }
        }
    }

    public (StoredCheckpoint Stored, Checkpoint Stated) Sign(DateTimeOffset now, Func<Checkpoint, Checkpoint> state)
    {
        var stated = state(new Checkpoint
        {
            Id = Identifiers.New("chk_", now),
            At = now.ToUnixTimeSeconds(),
            Node = lanes.Node,
            Previous = _unnamed.Take(Checkpoint.MostNames).ToDictionary(pair => pair.Key, pair => pair.Value),
        });
        return (new StoredCheckpoint(stated.Id, stated.Node, Jws.Sign(keys.Current(JwsAlgorithm.ES256), Checkpoint.MediaType, stated.ToUtf8())), stated);
    }

    /// <summary>It is on disk: what it names need not be named again, and it must be.</summary>
    public void Stored(StoredCheckpoint stored, Checkpoint stated)
    {
        foreach (var id in stated.Previous.Keys)
        {
            _unnamed.Remove(id);
        }

        _seen.Add(stored.Id);
        _unnamed[stored.Id] = Checkpoint.HashOf(stored.Token);
    }
}
