namespace AuthServer.Protocol.Tokens;

/// <summary>Scopes that stand for every scope below a name: <c>crm.*</c>, <c>email:*</c>. Only a last segment <c>*</c> is one; it covers any depth,
/// but neither the name itself nor a name that goes on with the other separator. Everywhere else a <c>*</c> is a character like any other.</summary>
public static class ScopeWildcards
{
    private const string Separators = ".:";

    public static bool IsWildcard(string scope) =>
        scope is [.., var before, var separator, '*']
        && Separators.Contains(separator, StringComparison.Ordinal)
        && !Separators.Contains(before, StringComparison.Ordinal)
        && scope.IndexOf('*', StringComparison.Ordinal) == scope.Length - 1;

    /// <summary>Whether who was granted the one may ask for the other: it is the same, or below a granted wildcard. A wildcard is below another when
    /// what it stands for is.</summary>
    public static bool Covers(string granted, string asked) =>
        granted == asked || (IsWildcard(granted) && IsBelow(granted, IsWildcard(asked) ? $"{asked[..^1]}x" : asked));

    /// <summary>All that covers a scope: its own name, and every wildcard above it.</summary>
    public static IReadOnlyList<string> Above(string scope) =>
    [
        scope,
        .. Enumerable.Range(0, scope.Length).Where(at => Separators.Contains(scope[at], StringComparison.Ordinal)).Select(at => $"{scope[..(at + 1)]}*")
            .Where(wildcard => wildcard != scope && Covers(wildcard, scope)),
    ];

    /// <summary>What both lists cover, in the words of the narrower: <c>crm.*</c> and <c>crm.read</c> have <c>crm.read</c> in common.</summary>
    public static IReadOnlyList<string> Intersect(IReadOnlyList<string> some, IReadOnlyList<string> others) =>
    [
        .. some.Where(scope => others.Any(other => Covers(other, scope)))
            .Concat(others.Where(other => some.Any(scope => Covers(scope, other))))
            .Distinct(StringComparer.Ordinal),
    ];

    /// <summary>Whether all of these are covered.</summary>
    public static bool CoversAll(IReadOnlyList<string> granted, IEnumerable<string> asked) => asked.All(scope => granted.Any(one => Covers(one, scope)));

    /// <summary>Concrete scopes: each wildcard replaced by those of the known ones that it covers, in their order; others stay as they are.</summary>
    public static IReadOnlyList<string> Resolve(IReadOnlyList<string> asked, IEnumerable<string> known) => asked.Any(IsWildcard)
        ? [.. asked.SelectMany(scope => IsWildcard(scope) ? Below(scope, known) : [scope]).Distinct(StringComparer.Ordinal)]
        : asked;

    private static IEnumerable<string> Below(string wildcard, IEnumerable<string> known) =>
        known.Where(scope => !IsWildcard(scope) && Covers(wildcard, scope)).Order(StringComparer.Ordinal);

    private static bool IsBelow(string wildcard, string name)
    {
        if (!name.StartsWith(wildcard[..^1], StringComparison.Ordinal))
        {
            return false;
        }

        var rest = name[(wildcard.Length - 1)..];
        var (own, other) = wildcard[^2] == '.' ? ('.', ':') : (':', '.');
        return !rest.Contains('*', StringComparison.Ordinal)
            && !rest.Contains(other, StringComparison.Ordinal)
            && rest.Split(own).All(segment => segment.Length > 0);
    }
}
