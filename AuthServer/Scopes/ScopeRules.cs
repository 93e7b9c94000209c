using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace AuthServer.Scopes;

/// <summary>What an organization may call its scopes and say of them.</summary>
internal static partial class ScopeRules
{
    private const int LongestTitle = 100;
    private const int LongestDescription = 300;

    /// <summary>Faults by field; a member that is null is not checked.</summary>
    public static Dictionary<string, string[]> Faults(string? name, string? title, string? description, string? category)
    {
        var faults = new Dictionary<string, string[]>();
        if (name is not null && !Name().IsMatch(name))
        {
            faults["name"] = ["Use 1 to 100 letters, digits and the characters . : _ / -, beginning with a letter. A * is only for asking."];
        }

        if (title is not null && !IsLine(title, LongestTitle))
        {
            faults["title"] = [$"Use 1 to {LongestTitle} visible characters: what it lets an agent do, such as “Move the robots”."];
        }

        if (description is not null && !IsLine(description, LongestDescription))
        {
            faults["description"] = [$"Use 1 to {LongestDescription} visible characters: what it can lead to, in one sentence."];
        }

        if (category is not null && !Category().IsMatch(category))
        {
            faults["category"] = ["Use 1 to 40 lower-case letters, digits and hyphens, beginning with a letter."];
        }

        return faults;
    }

    /// <summary>One line that shows what it says: nothing invisible that turns text around or hides in it.</summary>
    private static bool IsLine(string text, int longest) =>
        text.Length <= longest && !string.IsNullOrWhiteSpace(text) && text.EnumerateRunes().All(IsVisible);

    private static bool IsVisible(Rune rune) => rune != Rune.ReplacementChar
        && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9.:_/-]{0,99}\z")]
    private static partial Regex Name();

    [GeneratedRegex(@"\A[a-z][a-z0-9-]{0,39}\z")]
    private static partial Regex Category();
}
