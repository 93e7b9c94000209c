using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AuthServer.Vault.Tools;

/// <summary>Texts with arguments in them: <c>{name}</c>; and for what must not be read as anything else, <c>{name|base64}</c> and, broken into lines as mails are,
/// <c>{name|base64lines}</c>.</summary>
public static partial class ToolText
{
    /// <summary>The names that a text holds.</summary>
    public static IEnumerable<string> Of(string text) => Places().Matches(text).Select(match => match.Groups[1].Value);

    /// <summary>The argument that is all there is of a text, whatever its kind; null: the text is more, or less.</summary>
    public static string? Whole(string text) => Places().Match(text) is { Success: true } match && match.Length == text.Length && !match.Groups[2].Success ? match.Groups[1].Value : null;

    /// <summary>Null where an argument is not given.</summary>
    /// <param name="write">How a value stands in the text.</param>
    public static string? Fill(string text, JsonObject arguments, Func<string, string> write)
    {
        var complete = true;
        var filled = Places().Replace(text, match =>
        {
            if (Read(arguments[match.Groups[1].Value]) is { } value)
            {
                return match.Groups[2].Value switch
                {
                    "" => write(value),
                    "|base64lines" => Convert.ToBase64String(Encoding.UTF8.GetBytes(value), Base64FormattingOptions.InsertLineBreaks),
                    _ => Convert.ToBase64String(Encoding.UTF8.GetBytes(value)),
                };
            }

            complete = false;
            return "";
        });
        return complete ? filled : null;
    }

    /// <summary>Lists are written with commas, all else as JSON.</summary>
    private static string? Read(JsonNode? value) => value switch
    {
        null => null,
        JsonArray list => string.Join(',', list.Select(Read)),
        _ when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        _ => value.ToJsonString(),
    };

    [GeneratedRegex(@"\{([a-z][a-z0-9_]{0,49})(\|base64(?:lines)?)?\}")]
    private static partial Regex Places();
}
