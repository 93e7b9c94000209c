using System.Collections.Concurrent;

namespace AuthServer.Protocol.State;

/// <summary>Everything that died before its time, in memory, so that verifying a token reads no database.
/// Loaded at start, fed by each commit that ends something. Entries leave when nothing they could touch is alive.</summary>
public sealed class RevocationIndex
{
    private readonly ConcurrentDictionary<Revocation.Key, Revocation> _entries = new();

    /// <summary>Something died that may be in use just now. Who is told must return at once.</summary>
    public event Action<Revocation>? Added;

    public void Add(Revocation revocation)
    {
        _entries.AddOrUpdate(
            revocation.Target,
            static (_, added) => added,
            static (_, known, added) => new Revocation(
                added.Target,
                known.Moment > added.Moment ? known.Moment : added.Moment,
                known.ExpiresAt > added.ExpiresAt ? known.ExpiresAt : added.ExpiresAt),
            revocation);
        Added?.Invoke(revocation);
    }

    /// <summary>Whether this one thing (family, token, session) was ended.</summary>
    public bool Ended(RevocationKind kind, string? id) =>
        id is not null && _entries.ContainsKey(new Revocation.Key(kind, id));

    /// <summary>Whether what began at <paramref name="began"/> lies before the moment that ended everything of this person, client, agent or organization.</summary>
    public bool EndedBefore(RevocationKind kind, string? id, DateTimeOffset began) =>
        id is not null && _entries.TryGetValue(new Revocation.Key(kind, id), out var entry) && began <= entry.Moment;

    public void Prune(DateTimeOffset now)
    {
        foreach (var (key, entry) in _entries)
        {
            if (entry.ExpiresAt <= now)
            {
                _entries.TryRemove(KeyValuePair.Create(key, entry));
            }
        }
    }
}
