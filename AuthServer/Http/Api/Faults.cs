using AuthServer.Languages;

namespace AuthServer.Http.Api;

/// <summary>What is wrong with a request, field by field, gathered so that its sender hears of everything at once.</summary>
public sealed class Faults
{
    private readonly Dictionary<string, List<Sentence>> _found = new(StringComparer.Ordinal);

    private string? _reason;

    /// <summary>Null while nothing is wrong.</summary>
    public Problem? Problem =>
        _found.Count == 0 ? null : Problem.Invalid(_found.ToDictionary(pair => pair.Key, pair => pair.Value.ToArray(), StringComparer.Ordinal)) with { Reason = _reason };

    /// <summary>Whether something is wrong with a field whose path begins so.</summary>
    public bool HasAny(string beginning) => _found.Keys.Any(field => field.StartsWith(beginning, StringComparison.Ordinal));

    /// <param name="field">Its path, such as <c>redirectUris[1]</c>.</param>
    /// <param name="fault">A sentence; null where there is none.</param>
    /// <param name="reason">For the trail, where the fault is an attempt and no slip.</param>
    public void Add(string field, Sentence? fault, string? reason = null)
    {
        if (fault is null)
        {
            return;
        }

        _reason ??= reason;

        if (!_found.TryGetValue(field, out var faults))
        {
            _found[field] = faults = [];
        }

        faults.Add(fault);
    }
}
