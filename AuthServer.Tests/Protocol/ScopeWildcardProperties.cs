using AuthServer.Protocol.Tokens;
using FsCheck;
using FsCheck.Fluent;

namespace AuthServer.Tests.Protocol;

/// <summary>Against an oracle that knows no rule about texts: a scope stands for a set of names, all names up to a depth are listed, and covering is being a superset.</summary>
public sealed class ScopeWildcardProperties
{
    private const int Depth = 4;

    private static readonly string[] Segments = ["a", "b"];

    // Every name of up to Depth segments with either separator between any two.
    private static readonly string[][] Paths = [.. Enumerable.Range(1, Depth).SelectMany(PathsOf)];

    private static readonly string[] Names = [.. Paths.Select(Text)];

    private static readonly Gen<string> Scopes =
        from length in Gen.Choose(1, Depth - 1)
        from parts in Gen.ArrayOf(Gen.Elements(Segments), length)
        from separators in Gen.ArrayOf(Gen.Elements(".", ":"), length)
        from wild in Gen.Elements(true, false)
        select string.Concat(parts.Select((part, i) => i == 0 ? part : separators[i - 1] + part)) + (wild ? separators[^1] + "*" : "");

    [Fact]
    public void What_is_covered_is_what_the_sets_of_names_say() =>
        Prop.ForAll(
            Gen.Two(Scopes).ToArbitrary(),
            pair => Assert.Equal(Set(pair.Item2).IsSubsetOf(Set(pair.Item1)), ScopeWildcards.Covers(pair.Item1, pair.Item2)))
        .Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

    [Fact]
    public void Above_a_scope_is_all_that_covers_it() =>
        Prop.ForAll(
            Gen.Two(Scopes).ToArbitrary(),
            pair => Assert.Equal(Set(pair.Item2).IsSubsetOf(Set(pair.Item1)), ScopeWildcards.Above(pair.Item2).Contains(pair.Item1)))
        .Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void Resolved_are_exactly_the_known_names_of_the_set() =>
        Prop.ForAll(
            Gen.Zip(Scopes, Gen.SubListOf(Names)).ToArbitrary(),
            pair => Assert.Equal(
                pair.Item1.EndsWith('*') ? Set(pair.Item1).Intersect(pair.Item2).Order(StringComparer.Ordinal) : [pair.Item1],
                ScopeWildcards.Resolve([pair.Item1], pair.Item2)))
        .Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void Whoever_may_ask_for_a_wildcard_may_ask_for_everything_that_it_becomes() =>
        Prop.ForAll(
            Gen.Two(Scopes).ToArbitrary(),
            pair => Assert.True(
                !ScopeWildcards.Covers(pair.Item1, pair.Item2)
                || ScopeWildcards.Resolve([pair.Item2], Names).All(name => ScopeWildcards.Covers(pair.Item1, name))))
        .Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    /// <summary>A name is itself. A wildcard is all names that begin with its segments and separators, go on with its last separator, and use no other from there.</summary>
    private static HashSet<string> Set(string scope)
    {
        if (!scope.EndsWith('*'))
        {
            return [scope];
        }

        string[] begin = [.. scope[..^1].Select(letter => letter.ToString())]; // each segment here is one letter
        return [.. Paths.Where(path => path.Length > begin.Length && path.Take(begin.Length).SequenceEqual(begin) && GoesOnWith(begin[^1], path[begin.Length..])).Select(Text)];
    }

    private static bool GoesOnWith(string separator, string[] rest) => rest.Where((_, i) => i % 2 == 1).All(other => other == separator);

    private static string Text(string[] path) => string.Concat(path);

    private static IEnumerable<string[]> PathsOf(int length) => length == 1
        ? Segments.Select(segment => new[] { segment })
        : from path in PathsOf(length - 1) from separator in new[] { ".", ":" } from segment in Segments select (string[])[.. path, separator, segment];
}
