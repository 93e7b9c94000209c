using System.Text;

namespace AuthServer.Audit.Chain;

/// <summary>Reads the whole trail once and says whether it is as it was written.</summary>
public sealed class ChainVerifier(CheckpointBook book, DateTime now)
{
    private readonly Erasures _erasures = new(book);
    private readonly Dictionary<string, ChainCheck> _chains = [];
    private readonly List<ChainFault> _faults = [];
    private ChainCheck? _last;
    private long _events;
    private long _stubs;
    private long _erased;
    private DateTime _oldest = DateTime.MaxValue;
    private DateTime _newest = DateTime.MinValue;

    /// <param name="events">Each chain in its order, more or less; chains may alternate. The same instance may come again with other values.</param>
    public async Task<VerificationReport> RunAsync(IAsyncEnumerable<StoredEvent> events, CancellationToken ct)
    {
        await foreach (var stored in events.WithCancellation(ct))
        {
            Add(stored);
        }

        foreach (var chain in _chains.Values)
        {
            chain.End();
        }

        FindMissingChains();
        foreach (var fault in _erasures.Faults())
        {
            Blame(fault);
        }

        foreach (var fault in book.Faults)
        {
            Blame(fault);
        }

        return new VerificationReport
        {
            Events = _events,
            Chains = _chains.Count,
            Checkpoints = book.Count,
            Stubs = _stubs,
            Erased = _erased,
            Uncovered = _chains.Values.Sum(chain => chain.Uncovered),
            Overdue = _chains.Values.Sum(chain => chain.Overdue),
            Unverifiable = book.Unverifiable,
            IsVouchedFor = book.Believed.Count > 0 || _events == 0 || _newest - _oldest <= CheckpointBook.Lateness,
            Faults = _faults,
        };
    }

    private void Add(StoredEvent stored)
    {
        _events++;
        (_oldest, _newest) = (stored.At < _oldest ? stored.At : _oldest, stored.At > _newest ? stored.At : _newest);
        _stubs += stored.IsStub ? 1 : 0;
        _erased += stored.IsErased ? 1 : 0;
        _erasures.Add(stored);
        if (_last is null || !stored.Writer.Value.SequenceEqual(_last.WriterUtf8))
        {
            _last = Find(Encoding.UTF8.GetString(stored.Writer.Value));
        }

        _last.Add(stored);
    }

    private ChainCheck Find(string writer)
    {
        if (!_chains.TryGetValue(writer, out var chain))
        {
            _chains.Add(writer, chain = new ChainCheck(writer, book, now, Blame));
        }

        return chain;
    }

    private void FindMissingChains()
    {
        foreach (var writer in book.Writers.Where(writer => !_chains.ContainsKey(writer)).Order(StringComparer.Ordinal))
        {
            var said = book.Find(writer)!;
            if (said.Heads is { Count: > 0 } heads && heads[^1] is var last && last.Point.Sequence > (said.Floor?.Sequence ?? 0))
            {
                Blame(new ChainFault(
                    null, writer, (said.Floor?.Sequence ?? 0) + 1, $"the whole chain is missing; checkpoint {last.CheckpointId} names its event {last.Point.Sequence}"));
            }
        }
    }

    private void Blame(ChainFault fault)
    {
        if (_faults.Count < VerificationReport.MostFaults)
        {
            _faults.Add(fault);
        }
    }
}
