namespace AuthServer.Policies.Engine;

/// <summary>A name, or all names that begin with what stands before a final <c>*</c>. Compared exactly.</summary>
public sealed record Pattern
{
    /// <summary>A scope is no longer than a policy can name it.</summary>
    public const int LongestAction = 200;

    private const int LongestResource = 400;

    private readonly string _start;
    private readonly bool _open;
    private readonly int _least;
    private readonly bool _verb;

    private Pattern(string text, int least, bool verb = false)
    {
        (Text, _verb) = (text, verb);
        _open = text.EndsWith('*');
        _start = _open ? text[..^1] : text;
        _least = _start.Length + least;
    }

    public string Text { get; }

    /// <summary><c>email:send</c>, <c>email:*</c>, <c>crm.*</c> or <c>*</c>: a wildcard follows a separator, keeps it, and covers any depth
    /// below but not the name itself. One of the <see cref="Verbs"/> covers all scopes that do that. Null: no such pattern.</summary>
    public static Pattern? Action(string? text)
    {
        if (text is not { Length: > 0 and <= LongestAction } || !text.All(IsScopeCharacter) || StarsWithin(text))
        {
            return null;
        }

        var separated = text.Length == 1 || text[^1] != '*' || text[^2] is '.' or ':';
        return separated ? new Pattern(text, text[^1] == '*' && text.Length > 1 ? 1 : 0, Verbs.IsOne(text)) : null;
    }

    /// <summary><c>/files/1</c> or, with everything that begins so, <c>/files*</c>. Null: no such pattern.</summary>
    public static Pattern? Resource(string? text) =>
        text is { Length: > 0 and <= LongestResource } && !text.Any(char.IsControl) && !StarsWithin(text) ? new Pattern(text, 0) : null;

    public bool Covers(string name) =>
        _open ? name.Length >= _least && name.StartsWith(_start, StringComparison.Ordinal)
        : string.Equals(name, _start, StringComparison.Ordinal) || (_verb && Verbs.Covers(Text, name));

    public override string ToString() => Text;

    private static bool StarsWithin(string text) => text.AsSpan(0, text.Length - 1).Contains('*');

    // RFC 6749 §3.3: scope-token = 1*( %x21 / %x23-5B / %x5D-7E ).
    private static bool IsScopeCharacter(char c) => c is '!' or (>= '#' and <= '[') or (>= ']' and <= '~');
}
