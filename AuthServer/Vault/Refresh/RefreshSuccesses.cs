using System.Collections.Concurrent;
using AuthServer.Data;

namespace AuthServer.Vault.Refresh;

/// <summary>How many refreshes of each connection went well lately, on this node: beside them refusals are few or many.</summary>
internal sealed class RefreshSuccesses
{
    private const int MostKnown = 10_000;

    private readonly ConcurrentDictionary<string, (DateTimeOffset Since, int Count)> _counts = new(StringComparer.Ordinal);

    public void Count(string connectionId, DateTimeOffset now)
    {
        if (_counts.Count >= MostKnown)
        {
            _counts.Clear();
        }

        _counts.AddOrUpdate(connectionId, (now, 1), (_, known) => now - known.Since >= RefusalCircuit.Window ? (now, 1) : (known.Since, known.Count + 1));
    }

    public int Of(string connectionId, DateTimeOffset now) =>
        _counts.TryGetValue(connectionId, out var known) && now - known.Since < RefusalCircuit.Window ? known.Count : 0;
}
