using System.Text.Json;

namespace AuthServer.Jose;

/// <summary>Where the candidate keys for a token come from: a set, a lookup, or the token's own header.</summary>
internal readonly struct JwsKeySource
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 8 };
    private readonly JsonWebKeySet? _set;
    private readonly Func<string?, IReadOnlyList<JsonWebKey>>? _lookup;

    public JwsKeySource(JsonWebKeySet set) => _set = set;

    public JwsKeySource(Func<string?, IReadOnlyList<JsonWebKey>> lookup) => _lookup = lookup;

    /// <summary>The key that the token brings along.</summary>
    public static JwsKeySource Embedded => default;

    public bool IsEmbedded => _set is null && _lookup is null;

    public IReadOnlyList<JsonWebKey> Candidates(scoped in JwsHeader header)
    {
        if (_lookup is not null)
            return _lookup(header.HasKeyId ? header.KeyId.ToString() : null);
        if (_set is not null)
            return header.HasKeyId ? _set.Candidates(header.KeyId) : _set.Keys;
        if (header.EmbeddedKey.IsEmpty)
            return [];
        // The header was read strictly, so this is an object without duplicates.
        return JsonWebKey.TryParse(JsonElement.Parse(header.EmbeddedKey, Strict), out var key, out _) ? [key] : [];
    }
}
