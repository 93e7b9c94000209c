using System.Reflection;
using AuthServer.Http.OpenApi;
using AuthServer.Protocol.Clients;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Http.Api;

/// <summary>A caller who runs agents: a developer of their organization, or an agent itself, by its API key or an access token made for this server.</summary>
public sealed class ActingParty : ICaller, IEndpointParameterMetadataProvider
{
    /// <param name="scopes">Of the token by which a client acts for them; null: it is a credential of their own, which says itself what it is bound to.</param>
    /// <param name="authorizationId">What that token hangs on.</param>
    internal ActingParty(Developer developer, IReadOnlyList<string>? scopes = null, string? authorizationId = null) =>
        (Developer, Refusal, Known, Scopes, AuthorizationId) = (developer, developer.Refusal, developer.Known, scopes ?? developer.Scopes, authorizationId);

    internal ActingParty(ActingAgent agent) =>
        (Agent, Known, Scopes) = (agent, new KnownCaller(agent.Subject, agent.Identity.OrganizationId, agent.Client.Key?.Id, agent.Client.ClientId), agent.Scopes);

    internal ActingParty(Problem refusal, KnownCaller? known = null) => (Refusal, Known) = (refusal, known);

    public Problem? Refusal { get; }

    public KnownCaller? Known { get; }

    /// <summary>Null where an agent calls.</summary>
    public Developer? Developer { get; }

    /// <summary>Null where a developer calls.</summary>
    public ActingAgent? Agent { get; }

    /// <summary>What the caller's credential allows, by name or by wildcard; null: all that a developer may.</summary>
    public IReadOnlyList<string>? Scopes { get; }

    /// <summary>The consent by which a client acts for a developer; null: they act themselves, or an agent does.</summary>
    public string? AuthorizationId { get; }

    /// <summary><c>acct_…</c></summary>
    public string OrganizationId => Developer?.OrganizationId ?? Agent!.Identity.OrganizationId;

    /// <summary>What of these rights the caller may pass on: nobody makes by their credential what may do more than it.</summary>
    public IReadOnlyList<string> Within(IReadOnlyList<string> rights) => Scopes is null ? rights : ScopeWildcards.Intersect(rights, Scopes);

    public static ValueTask<ActingParty> BindAsync(HttpContext http, ParameterInfo parameter) =>
        http.RequestServices.GetRequiredService<Callers>().ActingPartyAsync(http);

    /// <summary>For the OpenAPI document.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new AcceptedCredentials([.. AcceptedCredentials.OfDevelopers, SecuritySchemes.AgentKey]));
}

/// <summary>An agent that calls the REST API.</summary>
/// <param name="Client">Bounded by its key, where it called by one.</param>
/// <param name="Subject">In whose name: its own id, or that of a person or agent who let it act.</param>
/// <param name="Scopes">What its credential allows, by name or by wildcard.</param>
/// <param name="DelegationId">The delegation that its token came by.</param>
/// <param name="ExpiresAt">When its credential ends by itself.</param>
/// <param name="KeyIds">The API keys that its credential is, or came by.</param>
public sealed record ActingAgent(
    AgentIdentity Identity, Client Client, string Subject, IReadOnlyList<string> Scopes, string? DelegationId, DateTimeOffset? ExpiresAt, IReadOnlyList<string> KeyIds)
{
    public string Id => Identity.Id;

    public bool ActsForItself => Subject == Identity.Id;
}

/// <summary>The scope that an agent needs to call an endpoint.</summary>
public sealed record RequiredScope(string Scope);

public static class RequiredScopeMetadata
{
    public static TBuilder Requires<TBuilder>(this TBuilder endpoint, string scope)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new RequiredScope(scope));
}
