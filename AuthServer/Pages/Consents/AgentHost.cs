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
            [Texts.T("{0} in the project", ".mcp.json"), Texts.T("{0} for all projects", "~/.claude.json")],
            Json(new { mcpServers = Named(new { type = "http", url }) })),
        new(
            "Claude Desktop",
            [Texts.T("{0} on macOS", "~/Library/Application Support/Claude/claude_desktop_config.json"), Texts.T("{0} on Windows", @"%APPDATA%\Claude\claude_desktop_config.json")],
            Json(new { mcpServers = Named(new { command = "npx", args = new[] { "-y", "mcp-remote", url } }) })),
        new("Cursor", [Texts.T("{0} in the project", ".cursor/mcp.json"), Texts.T("{0} for all projects", "~/.cursor/mcp.json")], Json(new { mcpServers = Named(new { url }) })),
        new(Texts.T("{0} with {1}", "VS Code", "Copilot"), [Texts.T("{0} in the workspace", ".vscode/mcp.json"), Texts.T("{0} of your profile", "mcp.json")], Json(new { servers = Named(new { type = "http", url }) })),
        new("Windsurf", ["~/.codeium/windsurf/mcp_config.json"], Json(new { mcpServers = Named(new { serverUrl = url }) })),
        new("Continue", ["~/.continue/config.yaml"], $"mcpServers:\n  - name: {Server}\n    type: streamable-http\n    url: {url}"),
        new("Zed", ["~/.config/zed/settings.json"], Json(new { context_servers = Named(new { url }) })),
        new(
            Texts.T("Any host that starts programs"),
            [Texts.T("the file in which it names them")],
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
