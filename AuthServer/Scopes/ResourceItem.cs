using AuthServer.Http.Api;

namespace AuthServer.Scopes;

/// <summary>A protected API as its organization sees it.</summary>
/// <param name="Url">What clients send as <c>resource</c>, and the audience of its tokens.</param>
/// <param name="Scopes">What it understands; empty: any.</param>
/// <param name="ClientId">The client by which it introspects its tokens.</param>
/// <param name="Introspectors">Other client ids of the organization that may introspect its tokens.</param>
public record ResourceItem(
    string Id, string Url, string DisplayName, IReadOnlyList<string> Scopes, string? ClientId, IReadOnlyList<string> Introspectors, DateTimeOffset CreatedAt, string Version)
    : IVersioned;

/// <summary>A protected API that was just registered.</summary>
/// <param name="ClientSecret">Shown this once.</param>
public sealed record RegisteredResource(ResourceItem Resource, string ClientSecret)
    : ResourceItem(Resource.Id, Resource.Url, Resource.DisplayName, Resource.Scopes, Resource.ClientId, Resource.Introspectors, Resource.CreatedAt, Resource.Version)
{
    /// <summary>A record prints its members; the secret is not for printing.</summary>
    public override string ToString() => Id;
}
