namespace AuthServer.Jose;

/// <summary>
/// Which "typ" header values a caller accepts. Explicit typing keeps one kind of token from being taken for another
/// (RFC 8725 §3.11), so there is no value that accepts everything.
/// </summary>
public sealed class JwsTyp
{
    private const string Prefix = "application/";
    private readonly string[] _types;
    private readonly bool _absent;

    private JwsTyp(string[] types, bool absent) => (_types, _absent) = (types, absent);

    /// <summary>"JWT" or no type at all: what client assertions, ID token hints and other untyped JWTs carry.</summary>
    public static JwsTyp JwtOrAbsent { get; } = new(["JWT"], absent: true);

    /// <summary>Exactly one of these media types, e.g. "at+jwt".</summary>
    public static JwsTyp Of(params ReadOnlySpan<string> types)
    {
        if (types.IsEmpty)
            throw new ArgumentException("Name at least one type.", nameof(types));
        return new([.. types], absent: false);
    }

    /// <summary>What this accepts, and one more type.</summary>
    public JwsTyp Or(string type) => new([.. _types, type], _absent);

    /// <summary>Says whether the type is accepted; <paramref name="matched"/> is the caller's own spelling of it.</summary>
    internal bool Accepts(bool present, ReadOnlySpan<char> typ, out string? matched)
    {
        matched = null;
        if (!present)
            return _absent;
        var bare = Bare(typ);
        foreach (var type in _types)
        {
            if (!bare.Equals(Bare(type), StringComparison.OrdinalIgnoreCase))
                continue;
            matched = type;
            return true;
        }
        return false;
    }

    // RFC 7515 §4.1.9: a value without "/" reads as if "application/" stood before it; media types ignore case.
    private static ReadOnlySpan<char> Bare(ReadOnlySpan<char> typ) =>
        typ.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) && !typ[Prefix.Length..].Contains('/')
            ? typ[Prefix.Length..]
            : typ;
}
