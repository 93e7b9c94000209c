using System.Text;
using System.Text.Json;
using AuthServer.Outbound;

namespace AuthServer.Vault.Dialect;

/// <summary>Reads what providers answer: JSON, or what forms are encoded in, which some still answer at their token endpoint.</summary>
public static class AnswerBody
{
    private const int MostPairs = 100;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    /// <summary>Null: it is neither, as an error page is not.</summary>
    public static JsonElement? Read(OutboundResult answer)
    {
        try
        {
            using var document = JsonDocument.Parse(answer.Body, Strict);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            // The parser's way to say that it is none.
            return IsForm(answer) ? ReadForm(answer.Body.Span) : null;
        }
    }

    // GitHub's type is a form's; others say text.
    private static bool IsForm(OutboundResult answer) =>
        answer.Header("Content-Type")?.Split(';')[0].Trim().ToLowerInvariant() is "application/x-www-form-urlencoded" or "text/plain";

    private static JsonElement? ReadForm(ReadOnlySpan<byte> body)
    {
        var pairs = Encoding.UTF8.GetString(body).Trim().Split('&', StringSplitOptions.RemoveEmptyEntries);
        if (pairs.Length is 0 or > MostPairs || !pairs.All(pair => pair.Contains('=', StringComparison.Ordinal)))
        {
            return null;
        }

        Dictionary<string, string> values = [];
        foreach (var pair in pairs)
        {
            var (name, value) = (Decode(pair[..pair.IndexOf('=', StringComparison.Ordinal)]), Decode(pair[(pair.IndexOf('=', StringComparison.Ordinal) + 1)..]));
            if (!values.TryAdd(name, value))
            {
                return null;
            }
        }

        return JsonSerializer.SerializeToElement(values);
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
