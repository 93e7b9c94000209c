using System.Collections;
using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Scopes;

/// <summary>The protected APIs by their URIs. The tools of each connection are one as well; those are found, and not listed.</summary>
internal sealed class KnownResources(FrozenDictionary<string, ResourceServer> listed, OwnResources own) : IReadOnlyDictionary<string, ResourceServer>
{
    public IEnumerable<string> Keys => listed.Keys;

    public IEnumerable<ResourceServer> Values => listed.Values;

    public int Count => listed.Count;

    public ResourceServer this[string key] => TryGetValue(key, out var found) ? found : throw new KeyNotFoundException(key);

    public bool ContainsKey(string key) => TryGetValue(key, out _);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out ResourceServer value) =>
        listed.TryGetValue(key, out value) || (value = own.OfConnection(key)) is not null;

    public IEnumerator<KeyValuePair<string, ResourceServer>> GetEnumerator() => listed.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
