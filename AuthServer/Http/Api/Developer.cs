using System.Reflection;
using AuthServer.Http.OpenApi;
using AuthServer.Organizations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Http.Api;

/// <summary>A caller who acts for an organization: by a developer key, by the token of a member's sign-in, or by a member's browser session.</summary>
public sealed class Developer : ICaller, IEndpointParameterMetadataProvider
{
    private readonly string? _organizationId;

    internal Developer(Problem refusal, KnownCaller? known = null) => (Refusal, Known) = (refusal, known);

    internal Developer(string organizationId, string userId, Role role, string? keyId)
    {
        (_organizationId, UserId, Role, KeyId) = (organizationId, userId, role, keyId);
        Known = new KnownCaller(userId, organizationId, keyId);
    }

    public Problem? Refusal { get; }

    public KnownCaller? Known { get; }

    /// <summary><c>acct_…</c></summary>
    public string OrganizationId => _organizationId ?? throw new InvalidOperationException("A refused caller was used.");

    /// <summary>The person; of a key, the one who made it.</summary>
    public string UserId { get; } = "";

    public Role Role { get; }

    /// <summary>The developer key; null for a person.</summary>
    public string? KeyId { get; }

    public static ValueTask<Developer> BindAsync(HttpContext http, ParameterInfo parameter) =>
        http.RequestServices.GetRequiredService<Callers>().DeveloperAsync(http);

    /// <summary>For the OpenAPI document.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) => builder.Metadata.Add(new AcceptedCredentials(AcceptedCredentials.OfDevelopers));
}
