using System.ComponentModel;
using AuthServer.Agents;
using AuthServer.Endpoints;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Scopes;

namespace AuthServer.Mcp.Tools;

internal sealed class DiscoverTool(IssuerUri issuer, Grants grants, ScopeCatalog scopes, OwnResources own, AuthServerOptions options)
    : McpTool<DiscoverTool.Arguments, DiscoverTool.Result>(
        new(
            "discover",
            "Look at this server",
            "Get this server's capabilities and endpoints: supported grant types, available scopes, token lifetimes and all endpoint URLs. Call this first to understand what the service offers."),
        ToolKind.Reads,
        null)
{
    private const int AgentRefreshSeconds = 7 * 24 * 60 * 60;

    protected override async Task<Answer<Result>> RunAsync(ToolCall call, Arguments arguments, CancellationToken ct) => new Result(
        issuer.Value,
        new Endpoints(
            own.Mcp.Uri, own.McpOAuth.Uri, issuer.At(Routes.Token), issuer.At(Routes.AgentToken), issuer.At(Routes.AgentIntrospect), issuer.At(Routes.AgentRevoke),
            issuer.At(Routes.Jwks), issuer.At(Routes.Authorize), issuer.At("/api/v1/agents"), issuer.At("/api/v1/credentials"), issuer.At("/api/v1/delegations"),
            issuer.At("/api/v1/policies"), issuer.At("/api/v1/scopes"), issuer.At(Routes.OAuthMetadata), issuer.At("/openapi/v1.json"), issuer.At("/docs")),
        [.. grants.Types],
        (await scopes.KnownAsync(null, ct)).Names,
        Words<AgentType>(),
        Words<TrustLevel>(),
        new Lifetimes((long)options.Tokens.AccessToken.TotalSeconds, AgentRefreshSeconds));

    private static string[] Words<T>()
        where T : struct, Enum => [.. Enum.GetNames<T>().Select(name => name.ToLowerInvariant())];

    internal sealed record Arguments;

    internal sealed record Result(
        string Issuer,
        Endpoints Endpoints,
        IReadOnlyList<string> GrantTypesSupported,
        IReadOnlyList<string> ScopesSupported,
        IReadOnlyList<string> AgentTypesSupported,
        IReadOnlyList<string> TrustLevelsSupported,
        [property: Description("In seconds.")] Lifetimes TokenLifetimes);

    internal sealed record Endpoints(
        string Mcp,
        [property: Description("The same tools, where every request needs a token.")] string McpOauth,
        string Token,
        [property: Description("The token endpoint of agents: API keys get a refresh token, and JSON is taken too.")] string AgentToken,
        string Introspection,
        string Revocation,
        string Jwks,
        string Authorization,
        string Agents,
        string Credentials,
        string Delegations,
        string Policies,
        string Scopes,
        string Metadata,
        string Openapi,
        string Docs);

    internal sealed record Lifetimes(long AccessToken, long RefreshToken);
}
