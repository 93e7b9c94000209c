using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace AuthServer.Data;

/// <summary>Who waits for new events of whose part of the trail: an organization's or a person's, by their ids, or everybody's. Whoever is told learns that there is
/// something new, not what. Telling is cheap, and happens where a commit has just been made.</summary>
public sealed class TrailWatch
{
    /// <summary>Stands for the whole trail.</summary>
    public const string Everything = "*";

    private readonly ConcurrentDictionary<string, ImmutableArray<Action>> _watchers = new(StringComparer.Ordinal);

    public bool IsEmpty => _watchers.IsEmpty;

    /// <summary>Whose events are waited for.</summary>
    public IEnumerable<string> Watched => _watchers.Keys;

    public bool Includes(string? of) => of is not null && _watchers.ContainsKey(of);

    /// <param name="of"><c>acct_…</c>, <c>usr_…</c> or <see cref="Everything"/>.</param>
    /// <param name="tell">Must return at once.</param>
    /// <returns>Dispose of it to hear no more.</returns>
    public IDisposable Add(string of, Action tell)
    {
        _watchers.AddOrUpdate(of, static (_, tell) => [tell], static (_, known, tell) => known.Add(tell), tell);
        return new Watcher(this, of, tell);
    }

    public void Tell(string of)
    {
        if (_watchers.TryGetValue(of, out var watchers))
        {
            foreach (var tell in watchers)
            {
                tell();
            }
        }
    }

    private void Remove(string of, Action tell)
    {
        while (_watchers.TryGetValue(of, out var known))
        {
            var rest = known.Remove(tell);
            if (rest.IsEmpty ? _watchers.TryRemove(KeyValuePair.Create(of, known)) : _watchers.TryUpdate(of, rest, known))
            {
                return;
            }
        }
    }

    private sealed class Watcher(TrailWatch watch, string of, Action tell) : IDisposable
    {
        public void Dispose() => watch.Remove(of, tell);
    }
}
