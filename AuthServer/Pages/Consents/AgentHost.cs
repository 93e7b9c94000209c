using System.Text.Encodings.Web;
using System.Text.Json;

namespace AuthServer.Pages.Consents;

/// <summary>A program that agents and people use MCP servers with, and what to paste into which file of it.</summary>
/// <param name="Files">Where it is, one for each system or reach.</param>
/// <param name="Text">What to paste, with this installation's address.</param>
public sealed record AgentHost(string Name, IReadOnlyList<string> Files, string Text)
{
    private const string Server = "authserver";

    private static readonly string[] Bridge = ["/path/to/AuthServer.dll", "mcp"];

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="url">The MCP server's.</param>
    /// <param name="issuer">This installation's address.</param>
    public static IReadOnlyList<AgentHost> All(string url, string issuer) =>
    [
        new(
            "Claude Code",
            [".mcp.json in the project", "~/.claude.json for all projects"],
            Json(new { mcpServers = Named(new { type = "http", url }) })),
        new(
            "Claude Desktop",
            ["~/Library/Application Support/Claude/claude_desktop_config.json on macOS", @"%APPDATA%\Claude\claude_desktop_config.json on Windows"],
            Json(new { mcpServers = Named(new { command = "npx", args = new[] { "-y", "mcp-remote", url } }) })),
        new("Cursor", [".cursor/mcp.json in the project", "~/.cursor/mcp.json for all projects"], Json(new { mcpServers = Named(new { url }) })),
        new("VS Code with Copilot", [".vscode/mcp.json in the workspace", "mcp.json of your profile"], Json(new { servers = Named(new { type = "http", url }) })),
        new("Windsurf", ["~/.codeium/windsurf/mcp_config.json"], Json(new { mcpServers = Named(new { serverUrl = url }) })),
        new("Continue", ["~/.continue/config.yaml"], $"mcpServers:\n  - name: {Server}\n    type: streamable-http\n    url: {url}"),
        new("Zed", ["~/.config/zed/settings.json"], Json(new { context_servers = Named(new { url }) })),
        new(
            "Any host that starts programs",
            ["the file in which it names them"],
            Json(new
            {
                mcpServers = Named(new
                {
                    command = "dotnet",
                    args = Bridge,
                    env = new Dictionary<string, string> { ["AGENTAUTH_URL"] = issuer, ["AGENTAUTH_API_KEY"] = "ak_live_…" },
                }),
            })),
    ];

    private static Dictionary<string, T> Named<T>(T server) => new() { [Server] = server };

    private static string Json<T>(T settings) => JsonSerializer.Serialize(settings, Indented);
}
