using System.Collections.Frozen;
using AuthServer.Http;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Scopes;

/// <summary>What this server itself is to the tokens that it makes: its REST API, which the issuer stands for, and its MCP server, by either of its addresses.</summary>
public sealed class OwnResources(IssuerUri issuer)
{
    public const string McpPath = "/mcp";

    /// <summary>The same MCP server for hosts that begin OAuth only where their first request is refused.</summary>
    public const string McpOAuthPath = "/mcp/oauth";

    /// <summary>What the tools need, which is all that tokens of the MCP server alone can hold.</summary>
    public static IReadOnlyList<string> McpScopes { get; } =
        ["agents.read", "credentials.write", "credentials.delete", "delegations.write", "policies.read"];

    public ResourceServer Api { get; } = new(issuer.Value, "AuthServer", []) { IsForAgents = true };

    public ResourceServer Mcp { get; } = Tools(issuer.At(McpPath));

    public ResourceServer McpOAuth { get; } = Tools(issuer.At(McpOAuthPath));

    public IReadOnlyList<ResourceServer> All => [Api, Mcp, McpOAuth];

    private static ResourceServer Tools(string uri) =>
        new(uri, "AuthServer's tools", McpScopes.ToFrozenSet(StringComparer.Ordinal)) { IsForAgents = true, IsForIntroduced = true };
}
