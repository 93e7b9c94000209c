using System.Text.Json.Nodes;

namespace AuthServer.Vault.Tools;

/// <summary>The path of a tool: its segments are its own, and an argument is never more than one of them.</summary>
public static class ToolPath
{
    /// <summary>A sentence where it is none.</summary>
    public static string? Refuse(string path, int longest) =>
        path.Length <= longest && path.StartsWith('/') && path.All(c => c is > ' ' and <= '~' and not ('?' or '#' or '\\' or '%')) && path[1..].Split('/').All(segment => segment is not ("" or "." or ".."))
            ? null
            : "Give a path such as /users/{id}/messages, without dots, doubled slashes, query and encoding.";

    /// <summary>Null, with the argument's name, where one is missing or is no segment.</summary>
    public static string? Fill(string path, JsonObject arguments, out string? fault)
    {
        fault = null;
        var segments = path.Split('/');
        for (var i = 0; i < segments.Length; i++)
        {
            var names = ToolText.Of(segments[i]).ToArray();
            var filled = ToolText.Fill(segments[i], arguments, value => value);

            // An empty segment, a dot or a slash would lead to another place, also where it is encoded: many servers decode before they look.
            if (names.Length > 0 && (filled is null || filled.Trim('.').Length == 0 || filled.Any(c => c is '/' or '\\' || char.IsControl(c))))
            {
                fault = names[0];
                return null;
            }

            segments[i] = names.Length == 0 ? segments[i] : Uri.EscapeDataString(filled!);
        }

        return string.Join('/', segments);
    }
}
