using AuthServer.Protocol.Authorize;
using AuthServer.Protocol.State;

namespace AuthServer.Pages.Portal;

/// <summary>The streams by which pages hear that there is something new: so many for a person, so many in all. They end at once with the session.</summary>
public sealed class LiveStreams
{
    public const int MostOfPerson = 6;

    public const int MostOfAll = 1000;

    private readonly Lock _lock = new();
    private readonly HashSet<LiveListener> _open = [];

    public LiveStreams(RevocationIndex ended) => ended.Added += End;

    /// <summary>How many are open.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _open.Count;
            }
        }
    }

    /// <summary>Null: there are too many. It counts until it is disposed of.</summary>
    public LiveListener? TryOpen(SignedInPerson person)
    {
        lock (_lock)
        {
            if (_open.Count >= MostOfAll || _open.Count(stream => stream.Person.Subject == person.Subject) >= MostOfPerson)
            {
                return null;
            }

            var opened = new LiveListener(person, Close);
            _open.Add(opened);
            return opened;
        }
    }

    private void Close(LiveListener stream)
    {
        lock (_lock)
        {
            _open.Remove(stream);
        }
    }

    private void End(Revocation revocation)
    {
        var (kind, id) = (revocation.Target.Kind, revocation.Target.Id);
        if (kind is not (RevocationKind.Session or RevocationKind.Subject))
        {
            return;
        }

        // What is open cannot be disposed of meanwhile.
        lock (_lock)
        {
            foreach (var stream in _open.Where(stream => (kind == RevocationKind.Session ? stream.Person.SessionId : stream.Person.Subject) == id))
            {
                stream.End();
            }
        }
    }
}
