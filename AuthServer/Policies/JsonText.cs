using System.Text.Json;

namespace AuthServer.Policies;

internal static class JsonText
{
    /// <summary>Whether each string in it is text. JSON can spell half a character (RFC 8259 §8.2), which no string can hold.</summary>
    public static bool IsText(JsonElement json)
    {
        try
        {
            return json.ValueKind switch
            {
                JsonValueKind.String => json.GetString() is not null,
                JsonValueKind.Array => json.EnumerateArray().All(IsText),
                JsonValueKind.Object => json.EnumerateObject().All(member => member.Name.Length >= 0 && IsText(member.Value)),
                _ => true,
            };
        }
        catch (InvalidOperationException)
        {
            return false; // the reader has no other way to say so
        }
    }
}
