using System.Reflection;
using AuthServer.Http.OpenApi;
using AuthServer.Organizations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Http.Api;

/// <summary>A caller who acts for an organization: by a developer key, by a JWT that one of its certificates signed, by the token of a member's sign-in,
/// or by a member's browser session.</summary>
public sealed class Developer : ICaller, IEndpointParameterMetadataProvider
{
    private readonly string? _organizationId;

    internal Developer(Problem refusal, KnownCaller? known = null) => (Refusal, Known) = (refusal, known);

    internal Developer(string organizationId, string userId, Role role, string? keyId, IReadOnlyList<string>? scopes = null)
    {
        (_organizationId, UserId, Role, KeyId, Scopes) = (organizationId, userId, role, keyId, scopes);
        Known = new KnownCaller(userId, organizationId, keyId);
    }

    public Problem? Refusal { get; }

    public KnownCaller? Known { get; }

    /// <summary><c>acct_…</c></summary>
    public string OrganizationId => _organizationId ?? throw new InvalidOperationException("A refused caller was used.");

    /// <summary>The person; of a key or certificate, the one who made it.</summary>
    public string UserId { get; } = "";

    public Role Role { get; }

    /// <summary>The developer key or certificate; null for a person.</summary>
    public string? KeyId { get; }

    /// <summary>What its credential is bound to, by name or by wildcard; null: all that the role allows.</summary>
    public IReadOnlyList<string>? Scopes { get; }

    public static ValueTask<Developer> BindAsync(HttpContext http, ParameterInfo parameter) =>
        http.RequestServices.GetRequiredService<Callers>().DeveloperAsync(http);

    /// <summary>For the OpenAPI document.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) => builder.Metadata.Add(new AcceptedCredentials(AcceptedCredentials.OfDevelopers));
}
