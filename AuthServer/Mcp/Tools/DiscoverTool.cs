using System.ComponentModel;
using AuthServer.Accounts;
using AuthServer.Agents.Claims;
using AuthServer.Applications;
using AuthServer.Endpoints;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Protocol.Clients;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;
using AuthServer.Scopes;

namespace AuthServer.Mcp.Tools;

internal sealed class DiscoverTool(
    IssuerUri issuer, Grants grants, ScopeCatalog scopes, OwnResources own, SignUpPolicy signUp, RegistrationPolicy registration, AuthServerOptions options)
    : McpTool<DiscoverTool.Arguments, DiscoverTool.Result>(
        new(
            "discover",
            "Look at this server",
            "Get this server's capabilities and endpoints: supported grant types, available scopes, token lifetimes and all endpoint URLs. Call this first to understand what the service offers."),
        ToolKind.Reads,
        null)
{
    protected override async Task<Answer<Result>> RunAsync(ToolCall call, Arguments arguments, CancellationToken ct) => new Result(
        issuer.Value,
        Addresses(),
        [.. grants.Types],
        AgentFacts.Scopes(await scopes.KnownAsync(null, ct)),
        [.. ClientAuthenticationMethods.All],
        AgentFacts.ContentTypes,
        Endpoints.Metadata.ResponseTypes,
        Endpoints.Metadata.SubjectTypes,
        AccessToken.Claims,
        AgentFacts.Types,
        AgentFacts.TrustLevels,
        new Lifetimes((long)options.Tokens.AccessToken.TotalSeconds, AgentFacts.RefreshTokenSeconds),
        signUp.Agents == SignUpMode.Closed ? null
            : new QuickstartFacts(signUp.Agents == SignUpMode.Invite, AgentFacts.QuickstartFields, QuickstartScopes.All, (long)options.Quickstart.Unclaimed.TotalSeconds),
        new DelegationFacts(AgentFacts.DepthSemantics, DelegationChain.DefaultHops));

    private Places Addresses() => new(
        own.Mcp.Uri, own.McpOAuth.Uri, issuer.At(Routes.Token), issuer.At(Routes.AgentToken), issuer.At(Routes.AgentIntrospect), issuer.At(Routes.AgentRevoke),
        issuer.At(Routes.Jwks), issuer.At(Routes.UserInfo), issuer.At(Routes.Authorize), registration.IsOffered ? issuer.At(Routes.Register) : null,
        signUp.Agents == SignUpMode.Closed ? null : issuer.At(Routes.Quickstart), issuer.At(Routes.Bootstrap), issuer.At(Routes.Claim), issuer.At(Routes.Agents),
        issuer.At(Routes.Credentials), issuer.At(Routes.Delegations), issuer.At(Routes.Policies), issuer.At(Routes.PolicySyntax), issuer.At(Routes.Scopes),
        issuer.At(Routes.Webhooks), issuer.At(Routes.AuditEvents), issuer.At(Routes.Stats), issuer.At(Routes.AgentConfiguration), issuer.At(Routes.OAuthMetadata), issuer.At("/openapi/v1.json"),
        issuer.At("/docs"));

    internal sealed record Arguments;

    internal sealed record Result(
        string Issuer,
        Places Endpoints,
        IReadOnlyList<string> GrantTypesSupported,
        IReadOnlyList<string> ScopesSupported,
        IReadOnlyList<string> TokenEndpointAuthMethodsSupported,
        [property: Description("Of the agents' token endpoint.")] IReadOnlyList<string> TokenEndpointContentTypesSupported,
        IReadOnlyList<string> ResponseTypesSupported,
        IReadOnlyList<string> SubjectTypesSupported,
        IReadOnlyList<string> ClaimsSupported,
        IReadOnlyList<string> AgentTypesSupported,
        IReadOnlyList<string> TrustLevelsSupported,
        [property: Description("In seconds.")] Lifetimes TokenLifetimes,
        [property: Description("How an agent registers itself; null: not here.")] QuickstartFacts? Quickstart,
        DelegationFacts Delegation);

    internal sealed record Places(
        string Mcp,
        [property: Description("The same tools, where every request needs a token.")] string McpOauth,
        string Token,
        [property: Description("The token endpoint of agents: API keys get a refresh token, and JSON is taken too.")] string AgentToken,
        string Introspection,
        string Revocation,
        string Jwks,
        string Userinfo,
        string Authorization,
        [property: Description("Dynamic registration of OAuth clients; null: not here.")] string? Registration,
        [property: Description("Registers an agent without an account; null: not here.")] string? Quickstart,
        [property: Description("Registers a root agent, with a developer's credential or without one.")] string Bootstrap,
        [property: Description("Where a person claims an agent that registered itself.")] string Claim,
        string Agents,
        string Credentials,
        string Delegations,
        string Policies,
        string PolicySyntax,
        string Scopes,
        [property: Description("For members of the organization.")] string Webhooks,
        [property: Description("For members of the organization.")] string Audit,
        [property: Description("For members of the organization.")] string Stats,
        string AgentConfiguration,
        string Metadata,
        string Openapi,
        string Docs);

    internal sealed record Lifetimes(long AccessToken, long RefreshToken);

    /// <param name="UnclaimedLifetime">In seconds.</param>
    internal sealed record QuickstartFacts(
        bool ByInvitation,
        IReadOnlyList<string> RequiredFields,
        IReadOnlyList<string> Scopes,
        [property: Description("In seconds; until then a person must have claimed it.")] long UnclaimedLifetime);

    internal sealed record DelegationFacts(string DepthSemantics, int DefaultMaxChainDepth);
}
