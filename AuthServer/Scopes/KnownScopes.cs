using System.Collections.Frozen;

namespace AuthServer.Scopes;

/// <summary>The scopes that one organization knows: the predefined ones, the operator's, its own. Who came first describes a name.</summary>
/// <param name="others">The operator's and its own.</param>
public sealed class KnownScopes(FrozenDictionary<string, ScopeLine> others)
{
    public IReadOnlyList<string> Names { get; } = [.. PredefinedScopes.ByName.Keys, .. others.Keys];

    /// <summary>The predefined ones in their order, then the others by name.</summary>
    public IEnumerable<ScopeLine> All => PredefinedScopes.All.Concat(others.Values.OrderBy(line => line.Name, StringComparer.Ordinal));

    public ScopeLine? Find(string name) => PredefinedScopes.ByName.GetValueOrDefault(name) ?? others.GetValueOrDefault(name);

    public ScopeLine Describe(string name) => Find(name) ?? ScopeLine.Unknown(name);
}
