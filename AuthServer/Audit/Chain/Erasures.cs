using System.Text;

namespace AuthServer.Audit.Chain;

/// <summary>Whose personal values were erased: nobody's but those whose account was removed, as the trail says or a checkpoint that it said.</summary>
internal sealed class Erasures(CheckpointBook book)
{
    private readonly Dictionary<string, ChainFault> _first = new(StringComparer.Ordinal);
    private readonly HashSet<string> _removed = new(book.Removed, StringComparer.Ordinal);

    public void Add(StoredEvent stored)
    {
        if (stored.IsRemoval)
        {
            _removed.Add(Encoding.UTF8.GetString(stored.Subject.Value));
        }

        if (stored.IsErased && Encoding.UTF8.GetString(stored.Subject.Value) is var subject && !_first.ContainsKey(subject))
        {
            _first.Add(subject, new ChainFault(
                Encoding.UTF8.GetString(stored.Id.Value),
                Encoding.UTF8.GetString(stored.Writer.Value),
                stored.Sequence,
                "its personal values were erased, and nothing says that the account was removed"));
        }
    }

    /// <summary>The first event of each person whose values were erased without it.</summary>
    public IEnumerable<ChainFault> Faults() => _first.Where(pair => !_removed.Contains(pair.Key)).Select(pair => pair.Value);
}
