using AuthServer.Protocol.Clients;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Protocol.Grants;

/// <summary>A token request whose client is authenticated and may use the grant.</summary>
/// <param name="Resources">The resource servers that tokens can be made for, by canonical URI.</param>
/// <param name="Scopes">The names of the scopes that the client's organization knows.</param>
public sealed record TokenRequest(
    Parameters Form,
    Client Client,
    IReadOnlyDictionary<string, ResourceServer> Resources,
    IEnumerable<string> Scopes,
    DateTimeOffset Now,
    RequestOrigin Origin);
