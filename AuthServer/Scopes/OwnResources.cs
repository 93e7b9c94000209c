using System.Collections.Frozen;
using AuthServer.Http;
using AuthServer.Protocol;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Scopes;

/// <summary>What this server itself is to the tokens that it makes: its REST API, which the issuer stands for, and its MCP server, by either of its addresses.</summary>
public sealed class OwnResources(IssuerUri issuer)
{
    public const string McpPath = "/mcp";

    /// <summary>The same MCP server for hosts that begin OAuth only where their first request is refused.</summary>
    public const string McpOAuthPath = "/mcp/oauth";

    /// <summary>Below it, each connection's tools are an MCP server of their own.</summary>
    public const string McpConnectionsPath = "/mcp/connections";

    /// <summary>What calls through the vault need.</summary>
    public const string UseOfConnections = "vault:tokens:use";

    /// <summary>How people know them.</summary>
    public const string ToolsName = "AuthServer's tools";

    /// <inheritdoc cref="ToolsName"/>
    public const string ConnectionsName = "AuthServer's connections";

    /// <summary>What the tools need, which is all that tokens of the MCP server alone can hold.</summary>
    public static IReadOnlyList<string> McpScopes { get; } =
        ["agents.read", "credentials.write", "credentials.delete", "delegations.write", "policies.read"];

    public ResourceServer Api { get; } = new(issuer.Value, "AuthServer", []) { IsForAgents = true };

    public ResourceServer Mcp { get; } = Tools(issuer.At(McpPath));

    public ResourceServer McpOAuth { get; } = Tools(issuer.At(McpOAuthPath));

    public ResourceServer McpConnections { get; } = Tools(issuer.At(McpConnectionsPath), ConnectionsName, UseOfConnections);

    /// <summary>The tools of one connection, by the address at which they are called: a token for it is good there alone. Null: no connection's address is meant.</summary>
    public ResourceServer? OfConnection(string uri) =>
        uri.StartsWith(McpConnections.Uri + "/", StringComparison.Ordinal) && IsConnection(uri[(McpConnections.Uri.Length + 1)..]) ? McpConnections with { Uri = uri, Whole = McpConnections.Uri } : null;

    /// <summary>Whether this names a connection, be there one or not.</summary>
    private static bool IsConnection(string id) => Identifiers.Read("conn_", id) is not null;

    public IReadOnlyList<ResourceServer> All => [Api, Mcp, McpOAuth, McpConnections];

    private static ResourceServer Tools(string uri) => Tools(uri, ToolsName, [.. McpScopes]);

    private static ResourceServer Tools(string uri, string name, params string[] scopes) =>
        new(uri, name, scopes.ToFrozenSet(StringComparer.Ordinal)) { IsForAgents = true, IsForIntroduced = true };
}
