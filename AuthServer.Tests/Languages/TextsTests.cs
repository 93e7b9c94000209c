using System.Globalization;
using System.Reflection;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using AuthServer.Docs;
using AuthServer.Http.Api;
using AuthServer.Languages;
using AuthServer.Pages.Developer.Policies;
using AuthServer.Pages.Forms;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Providers;

namespace AuthServer.Tests.Languages;

public sealed partial class TextsTests
{
    private static readonly IReadOnlyList<(string Key, string Text)> German = SpokenTexts.Entries("Texts.de.resx");

    /// <summary>What definitions say in words. What a provider calls its own fields and buttons is its name for them.</summary>
    private static IReadOnlyList<string> Provided { get; } =
    [
        .. ShippedProviders.All.SelectMany(provider => ((string?[])
        [
            provider.Description,
            .. provider.Oauth?.Scopes.Known.Select(scope => scope.Words) ?? [],
            .. provider.Oauth?.Scopes.Presets.Specific.Select(preset => preset.Label) ?? [],
            .. provider.Oauth?.Refresh.Hints.Values ?? [],
            .. provider.Fields.SelectMany(field => new[] { field.Label, field.Help }),
            .. provider.ApiKey?.Fields.SelectMany(field => new[] { field.Label, field.Help }) ?? [],
            .. provider.Setup.Steps,
            .. provider.Setup.KeySteps,
            .. provider.Setup.Cautions,
        ]).OfType<string>().Where(text => text.Length > 0)).Distinct(),
    ];

    [Fact]
    public void Every_text_of_the_source_is_there_in_German()
    {
        var known = German.Select(entry => entry.Key).ToHashSet(StringComparer.Ordinal);
        var asked = SpokenTexts.Sources.Where(SpokenTexts.IsSpoken).SelectMany(file => SpokenTexts.KeysOf(file)).ToHashSet(StringComparer.Ordinal);

        Assert.True(asked.Count > 400, $"Only {asked.Count} texts were found: the search is blind.");
        Assert.Equal([], asked.Except(known));
    }

    [Fact]
    public void What_the_providers_of_this_server_say_to_people_is_there_in_German()
    {
        var known = German.Select(entry => entry.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);
        Assert.True(Provided.Count > 400, $"Only {Provided.Count} texts were found: the search is blind.");
        Assert.Equal([], Provided.Where(text => !known.Contains(text)));
        Assert.Equal("Ihre Dateien lesen", Language.Of("de").T("read your files"));
    }

    [Fact]
    public void What_is_wrong_with_a_policy_is_there_in_German()
    {
        Assert.True(SpokenTexts.FaultsOfPolicies.Count() > 50, "Few sentences were found: the search is blind.");
        Assert.Contains("This must be a day from 1 (Monday) to 7 (Sunday).", SpokenTexts.FaultsOfPolicies);

        // Where the compiler fills in a constant, the key has its value: one with a place would never be found.
        var known = German.Select(entry => entry.Key).ToHashSet(StringComparer.Ordinal);
        var whole = known.Where(key => !Place().IsMatch(key)).ToList();
        Assert.Equal([], SpokenTexts.FaultsOfPolicies.Where(said => !known.Contains(said)
            && !(Filled().IsMatch(said) && whole.Exists(new Regex($"^{Hole().Replace(Regex.Escape(said), ".+")}$").IsMatch))));
    }

    [Fact]
    public void What_settings_mean_is_there_in_German()
    {
        var known = German.Select(entry => entry.Key).ToHashSet(StringComparer.Ordinal);
        Assert.True(SettingMeanings.Every.Count() > 90, "Few meanings were found: the search is blind.");
        Assert.Equal([], SettingMeanings.Every.Where(text => !known.Contains(text)));
    }

    [Fact]
    public void What_the_trail_writes_is_there_in_German()
    {
        var types = ConstantsOf("Events", "EventTypes").Where(type => type.Contains('.', StringComparison.Ordinal)).ToList();
        Assert.True(types.Count > 140, $"Only {types.Count} types were found: the search is blind.");
        var reasons = ConstantsOf("PolicyReasons", "ApprovalEnds").Concat(SpokenTexts.Sources.SelectMany(file => Refusals().Matches(file.Code).Select(match => match.Groups[1].Value))).ToList();
        Assert.True(reasons.Count > 60, $"Only {reasons.Count} reasons were found: the search is blind.");

        var known = German.Select(entry => entry.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);
        Assert.Equal([], types.SelectMany(type => type.Split('.')).Concat(reasons).Select(PolicyWords.Label).Distinct().Where(words => !known.Contains(words)));
    }

    [Fact]
    public void What_versions_of_a_connection_name_is_there_in_German()
    {
        var words = PathsOf(typeof(ConnectionSnapshot)).SelectMany(path => Members.OfPath(path).Split(": ")).Distinct().ToList();
        Assert.True(words.Count > 30, $"Only {words.Count} members were found: the search is blind.");

        var known = German.Select(entry => entry.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);
        Assert.Equal([], words.Where(word => !known.Contains(word)));
    }

    [Fact]
    public void A_translation_has_the_places_and_the_markup_of_the_English_text() => Assert.All(German, entry =>
    {
        Assert.Equal(Places(entry.Key), Places(entry.Text));
        Assert.Equal(Tags().Matches(entry.Key).Select(tag => tag.Value).Order(StringComparer.Ordinal), Tags().Matches(entry.Text).Select(tag => tag.Value).Order(StringComparer.Ordinal));
        Assert.NotEmpty(entry.Text.Trim());

        // It can be filled.
        _ = !Places(entry.Text).Any() ? entry.Text : string.Format(CultureInfo.InvariantCulture, entry.Text, "a", "b", "c", "d", "e");
    });

    // A sentence of a feature is looked up by what it says: it stands somewhere as a literal, perhaps with constants or other sentences in it.
    [Fact]
    public void No_translation_is_of_a_text_that_nobody_says()
    {
        var scopes = File.ReadAllLines(Path.Combine(Support.SourceTree.Root, "AuthServer", "Scopes", "scopes.txt")).SelectMany(line => line.Split('|')).Select(text => text.Trim());
        var said = SpokenTexts.Sources.SelectMany(file => Literals().Matches(file.Code).Select(match => SpokenTexts.Plain(match.Groups[1].Value))).Concat(scopes).Concat(Provided).Concat(SettingMeanings.Every).ToHashSet(StringComparer.Ordinal);
        said.UnionWith(said.SelectMany(Named).ToList());
        Regex[] patterns =
        [
            .. said.Where(text => text.Contains('{') && text.Contains(' ')).Select(text => new Regex("^" + Hole().Replace(Regex.Escape(text), ".+") + "$")),
        ];

        Assert.Equal([], German.Select(entry => entry.Key).Where(key => !said.Contains(key) && !patterns.Any(pattern => pattern.IsMatch(key)) && !IsOfTwo(key, said)));
    }

    [Fact]
    public void Pages_write_numbers_and_days_as_their_reader_does() => Assert.Equal(
        [], SpokenTexts.Sources.Where(file => file.Path.StartsWith("AuthServer/Pages/", StringComparison.Ordinal) && Unread().IsMatch(file.Code)).Select(file => file.Path));

    // The compiler of resources knows no difference, and leaves the second out.
    [Fact]
    public void No_two_texts_differ_only_in_their_capitals() =>
        Assert.Equal([], German.GroupBy(entry => entry.Key, StringComparer.OrdinalIgnoreCase).Where(same => same.Count() > 1).Select(same => same.Key));

    [Fact]
    public void Resource_files_are_in_order_so_that_they_can_be_merged() => Assert.All(
        Directory.EnumerateFiles(Path.Combine(Support.SourceTree.Root, "AuthServer", "Languages"), "Texts*.resx").Select(Path.GetFileName),
        file =>
        {
            var keys = SpokenTexts.Entries(file!).Select(entry => entry.Key).ToList();
            Assert.Equal(keys.Order(StringComparer.Ordinal).Distinct(), keys);
        });

    [Theory]
    [InlineData("en", "{0} days", 1234, "1,234 days")]
    [InlineData("de", "{0} days", 1234, "1.234 Tage")]
    [InlineData("fr", "{0} days", 12, "12 days")]
    public void Counts_are_written_as_their_reader_writes_them(string tag, string many, int count, string said) =>
        Assert.Equal(said, Language.Of(tag).Count(count, "{0} day", many));

    [Theory]
    [InlineData("en", "3 November 2026, 09:05 UTC")]
    [InlineData("de", "3. November 2026, 09:05 Uhr (UTC)")]
    public void Moments_are_written_as_their_reader_writes_them(string tag, string said) =>
        Assert.Equal(said, Language.Of(tag).Moment(new DateTimeOffset(2026, 11, 3, 10, 5, 0, TimeSpan.FromHours(1))));

    /// <summary>Of the static classes whose names end so.</summary>
    private static IEnumerable<string> ConstantsOf(params string[] ends) => typeof(Language).Assembly.GetTypes()
        .Where(type => type is { IsAbstract: true, IsSealed: true } && ends.Any(end => type.Name.EndsWith(end, StringComparison.Ordinal)))
        .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)).Where(field => field.IsLiteral && field.FieldType == typeof(string))
        .Select(field => (string)field.GetRawConstantValue()!);

    private static IEnumerable<string> PathsOf(Type type) => ApiJson.Options.GetTypeInfo(type).Properties.Where(member => member.Get is not null).SelectMany(member =>
        ApiJson.Options.GetTypeInfo(member.PropertyType).Kind == JsonTypeInfoKind.Object ? PathsOf(member.PropertyType).Select(inner => $"{member.Name}.{inner}") : [member.Name]);

    /// <summary>What identifiers say in words: <c>agent.key_created</c> says Agent and Key created.</summary>
    private static IEnumerable<string> Named(string literal) => !Identifier().IsMatch(literal) ? [] : literal.Split('.').Where(part => part.Length > 0)
        .Select(part => Inside().Replace(part, " ").ToLowerInvariant()).Select(words => char.ToUpperInvariant(words[0]) + words[1..]);

    private static bool IsOfTwo(string key, HashSet<string> said) =>
        Enumerable.Range(1, key.Length - 1).Any(cut => key[cut - 1] == ' ' && said.Contains(key[..cut]) && said.Contains(key[cut..]))
        || Enumerable.Range(1, key.Length - 1).Any(cut => key[cut - 1] == ' ' && said.Contains(key[..cut].TrimEnd()) && said.Contains(key[cut..]));

    private static IEnumerable<string> Places(string text) => Place().Matches(text).Select(match => match.Value).Distinct().Order(StringComparer.Ordinal);

    [GeneratedRegex("""\bCurrentCulture\b|ToString\("(N0|#,0|d MMM[^"]*)"\)""")]
    private static partial Regex Unread();

    [GeneratedRegex("""\{\d+\}""")]
    private static partial Regex Place();

    [GeneratedRegex("""\b(?:InvalidGrant|DelegatedRights\.Refuse)\("([a-z_]+)"\)""")]
    private static partial Regex Refusals();

    [GeneratedRegex("^[a-z][A-Za-z0-9_.]+$")]
    private static partial Regex Identifier();

    [GeneratedRegex("_|(?<=[a-z])(?=[A-Z])")]
    private static partial Regex Inside();

    [GeneratedRegex("""\{[A-Za-z]""")]
    private static partial Regex Filled();

    [GeneratedRegex("<[^>]+>")]
    private static partial Regex Tags();

    [GeneratedRegex(""""(?<!\\)"((?:[^"\\\n]|\\.)*)"(?!\w)"""")]
    private static partial Regex Literals();

    [GeneratedRegex("""\\\{[^}]*\}""")]
    private static partial Regex Hole();
}
