namespace AuthServer.Http.Api;

/// <summary>What is wrong with a request, field by field, gathered so that its sender hears of everything at once.</summary>
public sealed class Faults
{
    private readonly Dictionary<string, List<string>> _found = new(StringComparer.Ordinal);

    /// <summary>Null while nothing is wrong.</summary>
    public Problem? Problem =>
        _found.Count == 0 ? null : Problem.Invalid(_found.ToDictionary(pair => pair.Key, pair => pair.Value.ToArray(), StringComparer.Ordinal));

    /// <param name="field">Its path, such as <c>redirectUris[1]</c>.</param>
    /// <param name="fault">A sentence; null where there is none.</param>
    public void Add(string field, string? fault)
    {
        if (fault is null)
        {
            return;
        }

        if (!_found.TryGetValue(field, out var faults))
        {
            _found[field] = faults = [];
        }

        faults.Add(fault);
    }
}
