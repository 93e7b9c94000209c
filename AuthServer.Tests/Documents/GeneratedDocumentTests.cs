using System.Text.RegularExpressions;
using AuthServer.Docs.Errors;
using AuthServer.Policies.Engine;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Documents;

/// <summary>What documents tell of the source is what the source says.</summary>
public sealed partial class GeneratedDocumentTests
{
    /// <summary>Where a code is not written down beside the call, but comes out of a list that is tested too, or is another error's.</summary>
    private static readonly string[] Passed = ["Callers.cs", "ExternalLinks.cs", "ProxyGate.cs", "AccountExchange.cs", "AccountLinks.cs", "ToolErrors.cs", "Problem.cs"];

    private static HashSet<string> Listed => [.. ErrorList.Sections.SelectMany(section => section.Entries).Select(entry => entry.Code)];

    [Fact]
    public Task The_page_of_settings_is_as_the_source_says() => DocumentFilesOnDisk.AssertIsAsync("configuration-keys.md", ConfigurationKeys.Write());

    [Fact]
    public Task The_page_of_errors_is_as_the_source_says() => DocumentFilesOnDisk.AssertIsAsync("errors.md", ErrorPage.Write());

    [Fact]
    public void Every_setting_is_explained() =>
        Assert.DoesNotContain(ConfigurationKeys.Write().Split('\n'), line => line.StartsWith("| `", StringComparison.Ordinal) && line.TrimEnd('|', ' ').Split('|').Length < 5);

    [Fact]
    public void Every_code_is_explained_once_with_cause_and_cure()
    {
        var entries = ErrorList.Sections.SelectMany(section => section.Entries).ToArray();

        Assert.Equal(entries.Length, Listed.Count);
        Assert.All(entries, entry => Assert.True(entry is { Where.Length: > 2, Cause.Length: > 15, Cure.Length: > 7 }, entry.Code));
    }

    [Fact]
    public void Every_code_in_the_source_is_in_the_list()
    {
        var found = Sources().SelectMany(file => Codes().Matches(file.Code)).Select(match => match.Groups.Values.Skip(1).First(group => group.Success).Value).ToHashSet(StringComparer.Ordinal);

        Assert.True(found.Count > 120, "The source is not read any more as it is written.");
        Assert.Empty(found.Except(Listed));
    }

    [Fact]
    public void Every_reason_of_a_decision_is_in_the_list() => Assert.Empty(
        typeof(PolicyReasons).GetFields().Select(field => (string)field.GetRawConstantValue()!).Where(reason => reason is not (PolicyReasons.Allowed or PolicyReasons.Approved)).Except(Listed));

    [Fact]
    public void Every_code_in_the_list_is_in_the_source()
    {
        var source = string.Join('\n', Sources().Select(file => file.Code));

        Assert.All(Listed, code => Assert.Contains($"\"{code}\"", source, StringComparison.Ordinal));
    }

    [Fact]
    public void A_code_is_written_where_its_problem_is_made() => Assert.Empty(
        Sources().Where(file => !Passed.Contains(Path.GetFileName(file.Path)) && Unwritten().IsMatch(file.Code)).Select(file => file.Path));

    [Fact]
    public async Task Every_test_that_the_threat_model_names_is_there()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(SourceTree.Root, "docs", "threat-model.md"));
        var named = page.Split('\n').Where(line => line.Count(c => c == '|') == 5).SelectMany(line => Classes().Matches(line.Split('|')[4])).Select(match => match.Groups[1].Value).ToHashSet(StringComparer.Ordinal);

        Assert.True(named.Count > 50);
        Assert.Empty(named.Except(SourceTree.Files("AuthServer.Tests").Select(file => Path.GetFileNameWithoutExtension(file.Path))));
    }

    /// <summary>Pages, and what only they call, make problems too, whose codes nobody sees.</summary>
    private static IEnumerable<(string Path, string Code)> Sources() => SourceTree.Files("AuthServer").Select(file => (file.Path, file.Code))
        .Where(file => !file.Path.Contains("/Pages/", StringComparison.Ordinal) && !file.Path.Contains("/Administration/", StringComparison.Ordinal) && !file.Path.Contains("/Docs/", StringComparison.Ordinal) && !file.Path.Contains("/Migrations/", StringComparison.Ordinal));

    [GeneratedRegex("`([A-Za-z0-9]+)`")]
    private static partial Regex Classes();

    [GeneratedRegex("""
        Problem\.(?:Forbidden|Conflict|Malformed|Unproven)\(\s*"([a-z_]+)"
        |\bStatusCodes\.Status[45]\w+,\s*"([a-z_]+)",
        |new\ Problem\(\s*[45]\d\d,\s*"([a-z_]+)",
        |new\ OAuthError\(\s*"([a-z_]+)"
        |\bOAuthError\ [^;{=]*(?:\{\ get;\ \}\ )?=>?\s*new\(\s*"([a-z_]+)"
        |\b(?:ProviderFault|Unproven)\ [^;{=]*(?:\{\ get;\ \}\ )?=>?\s*new\(\s*"([a-z_]+)"
        |\bRefused\(http,\s*"([a-z_]+)"
        |\bRefuseAsync\(http,\s*verifier,\s*"([a-z_]+)"
        |\bconst\ string\ (?:Code|InvalidArguments|ConstraintViolated|NonceCode)\ =\ "([a-z_]+)"
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Codes();

    [GeneratedRegex(@"Problem\.(?:Forbidden|Conflict|Malformed|Unproven)\(\s*[^""\s]")]
    private static partial Regex Unwritten();
}
