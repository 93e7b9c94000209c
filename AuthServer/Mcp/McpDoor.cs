using AuthServer.Protocol.Tokens;
using AuthServer.Scopes;

namespace AuthServer.Mcp;

/// <summary>One of the addresses of the MCP server, and what stands behind it.</summary>
/// <param name="Path">Where its protected-resource metadata says that it is.</param>
/// <param name="Asks">Whether each request must bring a token; else only those that need one.</param>
/// <param name="Audiences">A token must have been made for one of them.</param>
/// <param name="Scopes">All that tokens for it can hold; the first is what a host is asked for before it calls anything.</param>
/// <param name="Find">What a message needs that calls this tool, or none; null: nothing.</param>
internal sealed record McpDoor(string Path, bool Asks, IReadOnlyList<string> Audiences, IReadOnlyList<string> Scopes, Func<string?, McpNeed?> Find);

/// <summary>What the caller of a tool needs.</summary>
/// <param name="Tool">Its name.</param>
/// <param name="Scope">Null: it asks nobody who they are, or takes what it is given as proof.</param>
internal sealed record McpNeed(string Tool, string? Scope, bool ReadsOnly);

/// <summary>The doors that there are.</summary>
internal sealed class McpDoors
{
    private readonly OwnResources _own;

    public McpDoors(McpTools tools, OwnResources own)
    {
        _own = own;

        // One server behind two addresses: what is for either is for both. What is for anything else, this server's own API included, is for neither.
        string[] audiences = [own.Mcp.Uri, own.McpOAuth.Uri];
        McpNeed? Find(string? name) => tools.Find(name) is { } tool ? new McpNeed(tool.Name, tool.Scope, tool.ReadsOnly) : null;
        Open = new McpDoor(OwnResources.McpPath, Asks: false, audiences, OwnResources.McpScopes, Find);
        OAuth = Open with { Path = OwnResources.McpOAuthPath, Asks = true };

        // What there is behind it depends on who asks, so whoever lists it is known too.
        Connections = new McpDoor(
            OwnResources.McpConnectionsPath, Asks: true, [own.McpConnections.Uri], [OwnResources.UseOfConnections],
            static name => new McpNeed(name ?? "", OwnResources.UseOfConnections, ReadsOnly: false));
    }

    public McpDoor Open { get; }

    public McpDoor OAuth { get; }

    /// <summary>Of all connections.</summary>
    public McpDoor Connections { get; }

    /// <summary>Of one connection: its metadata name the address that was called (RFC 9728 §3.3), and tokens for that are good there alone.</summary>
    /// <param name="id">As it stands in the address.</param>
    public McpDoor OfConnection(string id) => ResourceOf(id) is { } resource
        ? Connections with { Path = $"{OwnResources.McpConnectionsPath}/{id}", Audiences = [.. Connections.Audiences, resource.Uri] }
        : Connections;

    /// <summary>Null: this names no connection.</summary>
    public ResourceServer? ResourceOf(string id) => _own.OfConnection($"{_own.McpConnections.Uri}/{id}");
}
