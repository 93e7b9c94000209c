using System.Collections.Frozen;
using AuthServer.Protocol.Clients;
using AuthServer.Protocol.Tokens;
using AuthServer.Scopes;

namespace AuthServer.Applications;

/// <summary>What clients that introduced themselves may ask for: the protected APIs that the operator has opened to them, with their scopes, and this
/// server's own MCP server, which is also what they mean who name nothing where nothing else is open.</summary>
public sealed class OpenResources(AuthServerOptions options, OwnResources own)
{
    private readonly FrozenSet<string> _addresses = Open(options).Any()
        ? [.. Open(options).Select(resource => ResourceServer.Canonical(resource.Url ?? "")).OfType<string>()]
        : [own.Mcp.Uri];

    private readonly FrozenSet<string> _scopes = [.. Open(options).SelectMany(resource => resource.Scopes), .. OwnResources.McpScopes, OwnResources.UseOfConnections];

    public Client Grant(Client client) => client.IntroducedItself ? client with { Resources = _addresses, Scopes = _scopes } : client;

    private static IEnumerable<AuthServerOptions.ResourceSettings> Open(AuthServerOptions options) => options.Resources.Where(resource => resource.SelfRegisteredClients);
}
