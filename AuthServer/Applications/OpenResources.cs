using System.Collections.Frozen;
using AuthServer.Protocol.Clients;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Applications;

/// <summary>What clients that introduced themselves may ask for: the protected APIs that the operator has opened to them, with their scopes.</summary>
public sealed class OpenResources(AuthServerOptions options)
{
    private readonly FrozenSet<string> _addresses =
        [.. Open(options).Select(resource => ResourceServer.Canonical(resource.Url ?? "")).OfType<string>()];

    private readonly FrozenSet<string> _scopes = [.. Open(options).SelectMany(resource => resource.Scopes)];

    public Client Grant(Client client) => client.IntroducedItself ? client with { Resources = _addresses, Scopes = _scopes } : client;

    private static IEnumerable<AuthServerOptions.ResourceSettings> Open(AuthServerOptions options) => options.Resources.Where(resource => resource.SelfRegisteredClients);
}
