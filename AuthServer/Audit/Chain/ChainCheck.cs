using System.Security.Cryptography;
using System.Text;

namespace AuthServer.Audit.Chain;

/// <summary>One chain, event after event: that none is missing, moved or added, and that checkpoints signed what is there.</summary>
internal sealed class ChainCheck
{
    // Events of one commit may be stored in another order than they are chained in.
    private const int MostWaiting = 1000;

    private readonly string _writer;
    private readonly ChainStatements? _said;
    private readonly DateTime _coveredUntil;
    private readonly DateTime _now;
    private readonly Action<ChainFault> _blame;
    private readonly SortedDictionary<long, WaitingPlace> _waiting = [];
    private readonly byte[] _hash;
    private long _next;
    private int _heads;
    private bool _known = true;
    private bool _rewritten;

    public ChainCheck(string writer, CheckpointBook book, DateTime now, Action<ChainFault> blame)
    {
        (_writer, _said, _coveredUntil, _now, _blame) = (writer, book.Find(writer), book.CoveredUntil(writer), now, blame);
        WriterUtf8 = Encoding.UTF8.GetBytes(writer);
        var floor = _said?.Floor ?? ChainPoint.Of(ChainHead.Before(writer));
        (_next, _hash) = (floor.Sequence + 1, [.. floor.Hash]);
        SkipHeads();
    }

    public byte[] WriterUtf8 { get; }

    /// <summary>Events after the last one that a checkpoint names.</summary>
    public long Uncovered { get; private set; }

    /// <summary>Those of them that are no longer, or not yet, of this time.</summary>
    public long Overdue { get; private set; }

    private long Covered => _said?.Heads is { Count: > 0 } heads ? heads[^1].Point.Sequence : 0;

    public void Add(StoredEvent stored)
    {
        if (EventCheck.Fault(stored) is { } fault)
        {
            Blame(stored, fault);
        }

        if (stored.Sequence == _next)
        {
            Accept(new Place(stored));
            AcceptWaiting();
        }
        else if (stored.Sequence < _next || !_waiting.TryAdd(stored.Sequence, new WaitingPlace(stored)))
        {
            Blame(stored, _said?.Floor?.Sequence >= stored.Sequence ? "it was deleted and is there again" : "another event has its place");
        }
        else if (_waiting.Count > MostWaiting)
        {
            Leap();
        }
    }

    /// <summary>There are no more events in it.</summary>
    public void End()
    {
        while (_waiting.Count > 0)
        {
            Leap();
        }

        if (_said is not null && _heads < _said.Heads.Count)
        {
            var last = _said.Heads[^1];
            Blame(null, _next, $"{Events(_next, last.Point.Sequence)} at the chain's end: checkpoint {last.CheckpointId} names the last of them");
        }
    }

    private void AcceptWaiting()
    {
        while (_waiting.Count > 0 && _waiting.Remove(_next, out var waiting))
        {
            Accept(waiting.Place);
        }
    }

    private void Accept(scoped Place place)
    {
        Span<byte> expected = stackalloc byte[SHA256.HashSizeInBytes];
        ChainHead.Link(_hash, place.Digest, expected);
        if (_known && !expected.SequenceEqual(place.Hash))
        {
            Blame(place.Id, _next, "its hash does not follow from the event before it");
        }

        // What comes is judged by what is stored here, so that one fault is not told of all that follow.
        place.Hash[..Math.Min(place.Hash.Length, _hash.Length)].CopyTo(_hash);
        _known = true;
        CheckStatements(place);
        _next++;
    }

    private void CheckStatements(scoped Place place)
    {
        if (_said is not null && _heads < _said.Heads.Count && _said.Heads[_heads] is var named && named.Point.Sequence == _next)
        {
            _heads++;
            if (!_rewritten && !named.Point.Hash.AsSpan().SequenceEqual(place.Hash))
            {
                _rewritten = true;
                Blame(place.Id, _next, $"checkpoint {named.CheckpointId} signed another hash for it: it, or an event before it, was rewritten");
            }
        }

        if (place.IsStub && _said?.IsStub(_next) != true)
        {
            Blame(place.Id, _next, "its content was taken out, and no checkpoint says so");
        }

        if (_next > Covered)
        {
            Uncovered++;
            Overdue += (_now - place.At).Duration() > CheckpointBook.Lateness ? 1 : 0;
            if (place.At < _coveredUntil)
            {
                Blame(place.Id, _next, "it was added later: checkpoints made after its time do not name it");
            }
        }
    }

    /// <summary>What should come next is not there; goes on with what is.</summary>
    private void Leap()
    {
        var found = _waiting.Keys.First();
        Blame(null, _next, $"{Events(_next, found - 1)} before the event {_waiting[found].Place.Id}");
        (_next, _known) = (found, false);
        SkipHeads();
        AcceptWaiting();
    }

    private void SkipHeads()
    {
        while (_said is not null && _heads < _said.Heads.Count && _said.Heads[_heads].Point.Sequence < _next)
        {
            _heads++;
        }
    }

    private void Blame(StoredEvent stored, string what) => Blame(Encoding.UTF8.GetString(stored.Id.Value), stored.Sequence, what);

    private void Blame(string? id, long sequence, string what) => _blame(new ChainFault(id, _writer, sequence, what));

    private static string Events(long first, long last) => first == last ? "this event is missing" : $"{last - first + 1} events from here are missing";

    /// <summary>What is left of an event when its content has been checked.</summary>
    private readonly ref struct Place(ReadOnlySpan<byte> id, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> hash, DateTime at, bool isStub)
    {
        public readonly ReadOnlySpan<byte> Digest = digest;
        public readonly ReadOnlySpan<byte> Hash = hash;
        public readonly DateTime At = at;
        public readonly bool IsStub = isStub;
        private readonly ReadOnlySpan<byte> _id = id;

        public Place(StoredEvent stored)
            : this(stored.Id.Value, stored.Digest.Value, stored.Hash.Value, stored.At, stored.IsStub)
        {
        }

        public string Id => Encoding.UTF8.GetString(_id);
    }

    /// <summary>A place whose turn has not come.</summary>
    private sealed class WaitingPlace(StoredEvent stored)
    {
        private readonly byte[] _id = [.. stored.Id.Value];
        private readonly byte[] _digest = [.. stored.Digest.Value];
        private readonly byte[] _hash = [.. stored.Hash.Value];
        private readonly DateTime _at = stored.At;
        private readonly bool _isStub = stored.IsStub;

        public Place Place => new(_id, _digest, _hash, _at, _isStub);
    }
}
