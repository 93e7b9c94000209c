using System.Reflection;
using AuthServer.Certificates;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Http.OpenApi;
using AuthServer.Jose;
using AuthServer.Organizations;
using AuthServer.Protocol;
using AuthServer.Protocol.Clients;
using AuthServer.Protocol.Tokens;
using AuthServer.Scopes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Endpoints.Rest;

/// <summary>Who asks about a token: a resource server that proves who it is (its client's credentials, or its organization's developer key or certificate),
/// or just somebody who holds the token.</summary>
public sealed class Verifier : ICaller, IEndpointParameterMetadataProvider
{
    private readonly Client? _client;
    private readonly string? _keyId;

    private Verifier(Problem? refusal, Client? client = null, string? organizationId = null, string? keyId = null) =>
        (Refusal, _client, _keyId, OrganizationId) = (refusal, client, keyId, client?.Agent?.OrganizationId ?? organizationId);

    private static Problem OnlyByClient { get; } = Problem.Forbidden(
        "client_only", "An API proves itself by its client's id and secret or its organization's developer key or certificate. Who only holds the token sends no credential.");

    /// <summary>Somebody who holds the token, and of whom nothing else is known.</summary>
    internal static Verifier Holder { get; } = new(refusal: null);

    public Problem? Refusal { get; }

    public bool IsAuthenticated => _client is not null || _keyId is not null;

    public string? ClientId => _client?.ClientId;

    /// <summary>As the trail names it: a developer key, a certificate or a client id; null: it holds the token, and that is all that is known.</summary>
    public string? Name => _keyId ?? ClientId;

    /// <summary>Whose it is: <c>acct_…</c></summary>
    public string? OrganizationId { get; }

    public static async ValueTask<Verifier> BindAsync(HttpContext http, ParameterInfo parameter)
    {
        var (services, ct) = (http.RequestServices, http.RequestAborted);
        var (authorization, named) = (http.Request.Headers.Authorization, http.Request.Headers[Callers.KeyHeader]);
        if (authorization.Count + named.Count == 0)
        {
            return Holder;
        }

        if (authorization.Count + named.Count > 1)
        {
            return new(Problem.Malformed("several_credentials", "Send one credential, not several."));
        }

        if ((named.Count == 1 ? named[0] : TokenHeader.Read(http)) is { Length: > 0 } presented)
        {
            return await OfOrganizationAsync(http, presented, ct) is not { } known
                    ? await services.GetRequiredService<Callers>().AgentAsync(http, presented) is null ? Refused(http, services) : new(OnlyByClient)
                : known.Role < Role.Developer ? new(Problem.Forbidden("role", "An auditor makes no decisions: this needs the role developer or a higher one."))
                : new(null, organizationId: known.OrganizationId, keyId: known.KeyId);
        }

        if ((await services.GetRequiredService<ClientAuthentication>().AuthenticateAsync(http, Parameters.Of(), ct)).Failed(out var error, out var client))
        {
            return new(RestErrors.Of(error));
        }

        return client.IsPublic ? Refused(http, services) : new(null, client, await services.GetRequiredService<ResourceCatalog>().OwnerOfAsync(client, ct));
    }

    /// <summary>A developer key, or a JWT that a certificate signed which is bound to no scopes.</summary>
    private static async Task<(string OrganizationId, string KeyId, Role Role)?> OfOrganizationAsync(HttpContext http, string presented, CancellationToken ct) =>
        CertificateTokens.KeyIdOf(presented) is null
            ? await http.RequestServices.GetRequiredService<DeveloperKeys>().FindAsync(presented, ct) is { } key ? (key.OrganizationId, key.Id, key.Role) : null
            : !TokenHeader.IsByProof(http) && (await http.RequestServices.GetRequiredService<CertificateTokens>().VerifyAsync(presented, ct)).Token?.Certificate is { Scopes: null } certificate
                ? (certificate.OrganizationId, certificate.Id, certificate.Role)
                : null;

    /// <summary>For the OpenAPI document.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new AcceptedCredentials([SecuritySchemes.DeveloperKey, SecuritySchemes.Client], Optional: true));

    /// <summary>Whether the token was made for this verifier, or its organization's agent holds it: then it may know all of the decision, and what it
    /// says of the request is believed. An agent that shows its own token is no such verifier, though it may introspect those of others.</summary>
    public bool Concerns(JwtClaims claims) =>
        _keyId is not null ? claims.StringEquals(AccessToken.Names.OrganizationId, OrganizationId!)
        : _client is not null && !IsHolder(claims) && _client.Audiences.Any(audience => claims.Contains("aud", audience));

    /// <summary>Whether this is an API that the token was not made for: to accept it there would be passing it through (RFC 9068 §4).</summary>
    public bool IsAnotherAudience(JwtClaims claims) =>
        _client is { Audiences.Count: > 0 } && !IsHolder(claims) && !_client.Audiences.Any(audience => claims.Contains("aud", audience));

    private bool IsHolder(JwtClaims claims) => claims.StringEquals("client_id", _client!.ClientId);

    private static Verifier Refused(HttpContext http, IServiceProvider services)
    {
        var error = services.GetRequiredService<PreAuthenticationLimit>().Refuse(http, OAuthError.InvalidClient("verifier"));
        return new(RestErrors.Of(error));
    }
}
