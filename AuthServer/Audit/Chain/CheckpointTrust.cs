using AuthServer.Jose;

namespace AuthServer.Audit.Chain;

/// <summary>Which checkpoints can be believed: those that a known key signed, and those that such a one names by their hash, directly or through
/// others. So the keys of former years need not be kept.</summary>
internal sealed class CheckpointTrust
{
    private static readonly JwsTyp Typ = JwsTyp.Of(Checkpoint.MediaType);

    private readonly Dictionary<string, StoredCheckpoint> _stored;
    private readonly Func<string?, IReadOnlyList<JsonWebKey>> _keys;
    private readonly Dictionary<string, (string Hash, string By)> _named = [];
    private readonly Dictionary<string, Checkpoint> _believed = [];
    private readonly HashSet<string> _unverifiable = [];
    private readonly List<ChainFault> _faults = [];

    /// <param name="keys">The keys for a "kid"; none for one that is no longer known.</param>
    public CheckpointTrust(IReadOnlyList<StoredCheckpoint> stored, Func<string?, IReadOnlyList<JsonWebKey>> keys)
    {
        (_stored, _keys) = (stored.ToDictionary(row => row.Id, StringComparer.Ordinal), keys);

        // The newest first: it names the ones before it, whose signatures need not be looked at then.
        foreach (var row in stored.OrderByDescending(row => row.Id, StringComparer.Ordinal))
        {
            Judge(row);
        }

        FindMissing();
    }

    public IReadOnlyCollection<Checkpoint> Believed => _believed.Values;

    public int Unverifiable => _unverifiable.Count;

    public IReadOnlyList<ChainFault> Faults => _faults;

    private void Judge(StoredCheckpoint row)
    {
        if (_named.TryGetValue(row.Id, out var named))
        {
            if (Checkpoint.HashOf(row.Token) == named.Hash)
            {
                Believe(row, JwsPayload.Read(row.Token));
            }
            else
            {
                Blame(row, $"it is not the one that checkpoint {named.By} names");
            }

            return;
        }

        var result = Jws.Verify(row.Token, Typ, _keys);
        if (result.IsValid)
        {
            Believe(row, Checkpoint.Parse(result.Payload.Span));
        }
        else if (result.Failure == JwsFailure.UnknownKey)
        {
            _unverifiable.Add(row.Id);
        }
        else
        {
            Blame(row, $"its signature is not right ({result.Failure})");
        }
    }

    private void Believe(StoredCheckpoint row, Checkpoint? checkpoint)
    {
        if (checkpoint is null || checkpoint.Id != row.Id || checkpoint.Node != row.Node)
        {
            Blame(row, "it says that it is another");
            return;
        }

        _believed.Add(row.Id, checkpoint);
        foreach (var (id, hash) in checkpoint.Previous)
        {
            // Clocks of nodes differ a little, so the one that is named may have been judged before.
            if (_named.TryAdd(id, (hash, row.Id)) && _unverifiable.Remove(id))
            {
                Judge(_stored[id]);
            }
        }
    }

    private void FindMissing()
    {
        var deleted = _believed.Values.SelectMany(checkpoint => checkpoint.Pruned?.Checkpoints ?? []).ToHashSet(StringComparer.Ordinal);
        foreach (var (id, (_, by)) in _named.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (!_stored.ContainsKey(id) && !deleted.Contains(id))
            {
                _faults.Add(new ChainFault(id, null, null, $"this checkpoint is missing; checkpoint {by} names it"));
            }
        }
    }

    private void Blame(StoredCheckpoint row, string what) => _faults.Add(new ChainFault(row.Id, row.Node, null, what));
}
