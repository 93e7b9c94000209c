using System.Text.Json;

namespace AuthServer.Jose;

/// <summary>Where the candidate keys for a token come from: a set, a lookup, or the token's own header.</summary>
internal readonly struct JwsKeySource
{
    private readonly JsonWebKeySet? _set;
    private readonly Func<string?, IReadOnlyList<JsonWebKey>>? _lookup;

    // A missing set must never read as "trust the token's own key".
    public JwsKeySource(JsonWebKeySet set) => _set = set ?? throw new ArgumentNullException(nameof(set));

    public JwsKeySource(Func<string?, IReadOnlyList<JsonWebKey>> lookup) => _lookup = lookup ?? throw new ArgumentNullException(nameof(lookup));

    /// <summary>The key that the token brings along.</summary>
    public static JwsKeySource Embedded => new() { IsEmbedded = true };

    /// <summary>False by default: a source that nobody made has no keys.</summary>
    public bool IsEmbedded { get; private init; }

    public IReadOnlyList<JsonWebKey> Candidates(scoped in JwsHeader header)
    {
        if (_lookup is not null)
            return _lookup(header.HasKeyId ? header.KeyId.ToString() : null);
        if (_set is not null)
            return header.HasKeyId ? _set.Candidates(header.KeyId) : _set.Keys;
        if (!IsEmbedded || header.EmbeddedKey.IsEmpty)
            return [];
        // The strict reading of the header went over this object, at the parser's own depth limit, so it parses.
        return JsonWebKey.TryParse(JsonElement.Parse(header.EmbeddedKey), out var key, out _) ? [key] : [];
    }
}
