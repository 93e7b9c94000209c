using System.Text.RegularExpressions;
using System.Xml.Linq;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Languages;

/// <summary>What the product's source says through its texts, and what the resource files have for it.</summary>
internal static partial class SpokenTexts
{
    // The page of all parts is for whoever makes pages, and is shown in Development only: what stands there are samples.
    private const string Samples = "Pages/Design/";

    /// <summary>Source files, pages included; paths are relative to the product's folder.</summary>
    public static IReadOnlyList<SourceFile> Sources { get; } =
    [
        .. new[] { "*.cs", "*.cshtml" }.SelectMany(kind => Directory.EnumerateFiles(Folder, kind, SearchOption.AllDirectories))
            .Select(path => new SourceFile(Path.GetRelativePath(Folder, path).Replace('\\', '/'), File.ReadAllText(path)))
            .Where(file => !file.Path.StartsWith("obj/", StringComparison.Ordinal) && !file.Path.Contains("/Migrations/", StringComparison.Ordinal)),
    ];

    private static string Folder => Path.Combine(SourceTree.Root, "AuthServer");

    public static bool IsSpoken(SourceFile file) => !file.Path.StartsWith(Samples, StringComparison.Ordinal);

    /// <summary>The literal keys that a file asks for.</summary>
    public static IEnumerable<string> KeysOf(SourceFile file) => Calls().Matches(file.Code).Select(match => match.Groups[1].Value)
        .Concat(Counts().Matches(file.Code).SelectMany(match => new[] { match.Groups[1].Value, match.Groups[2].Value }))
        .Select(Plain);

    /// <summary>What somebody is told who writes a policy that cannot be: whole sentences, and those of rules, which begin with "This". What the compiler puts into one is <c>{…}</c>.</summary>
    public static IEnumerable<string> FaultsOfPolicies { get; } =
    [
        .. Sources.Where(file => IsAboutPolicies().IsMatch(file.Path)).SelectMany(file => Sentences().Matches(file.Code))
            .Select(match => Plain(match.Groups[1].Value)).Select(said => char.IsUpper(said[0]) ? said : "This " + said).Distinct(),
    ];

    /// <summary>The entries of a resource file, in its order.</summary>
    public static IReadOnlyList<(string Key, string Text)> Entries(string file) =>
        [.. XDocument.Load(Path.Combine(Folder, "Languages", file)).Root!.Elements("data").Select(data => (data.Attribute("name")!.Value, data.Element("value")!.Value))];

    public static string Plain(string literal) => literal.Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal);

    [GeneratedRegex("""\b(?:[TH]|Sentence\.Of)\(\s*"((?:[^"\\]|\\.)*)"(?=\s*[,)])""")]
    private static partial Regex Calls();

    [GeneratedRegex("^Policies/(Engine/Rules/|Engine/PolicyRules|PolicyDraft|RulesDraft)")]
    private static partial Regex IsAboutPolicies();

    [GeneratedRegex(""""(?<!\\)"((?:[A-Z]|(?:must|needs|is|cannot) )(?:[^"\\\n]|\\.)*[.…])"(?!\w)"""")]
    private static partial Regex Sentences();

    [GeneratedRegex("""\bCount\([^;"]*?,\s*"((?:[^"\\]|\\.)*)",\s*"((?:[^"\\]|\\.)*)"\s*\)""")]
    private static partial Regex Counts();
}
