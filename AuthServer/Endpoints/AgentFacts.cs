using AuthServer.Agents;
using AuthServer.Protocol.Grants;
using AuthServer.Protocol.Tokens;
using AuthServer.Scopes;

namespace AuthServer.Endpoints;

/// <summary>What agents are told of this server. The well-known document and the tool <c>discover</c> have it from here, so that they agree.</summary>
internal static class AgentFacts
{
    /// <summary>By their names in the well-known document.</summary>
    public static IReadOnlyList<(string Name, string Route)> Addresses { get; } =
    [
        ("token_endpoint", Routes.AgentToken),
        ("token_introspection_endpoint", Routes.AgentIntrospect),
        ("token_revocation_endpoint", Routes.AgentRevoke),
        ("jwks_uri", Routes.Jwks),
        ("userinfo_endpoint", Routes.UserInfo),
        ("registration_endpoint", Routes.Bootstrap),
        ("agent_registration_endpoint", Routes.Agents),
        ("credentials_endpoint", Routes.Credentials),
        ("delegations_endpoint", Routes.Delegations),
        ("policies_endpoint", Routes.Policies),
        ("policy_syntax_endpoint", Routes.PolicySyntax),
        ("scopes_endpoint", Routes.Scopes),
        ("webhooks_endpoint", Routes.Webhooks),
        ("audit_endpoint", Routes.AuditEvents),
        ("stats_endpoint", Routes.Stats),
        ("mcp_endpoint", OwnResources.McpPath),
        ("authorization_server_metadata", Routes.OAuthMetadata),
    ];

    public static IReadOnlyList<string> Types { get; } = Words<AgentType>();

    public static IReadOnlyList<string> TrustLevels { get; } = Words<TrustLevel>();

    /// <summary>Of the agents' token endpoint.</summary>
    public static IReadOnlyList<string> ContentTypes { get; } = ["application/x-www-form-urlencoded", "application/json"];

    /// <summary>What a quickstart must say.</summary>
    public static IReadOnlyList<string> QuickstartFields { get; } = ["name", "agent_type"];

    /// <summary>How deep a chain may grow is counted from its first delegation.</summary>
    public const string DepthSemantics = "absolute";

    public static long RefreshTokenSeconds => (long)ClientCredentialsGrant.FamilyLife.TotalSeconds;

    /// <summary>Those that agents can have.</summary>
    public static IReadOnlyList<string> Scopes(KnownScopes known) => [.. known.All.Select(line => line.Name).Except(ScopeNames.OfPeople)];

    private static string[] Words<T>()
        where T : struct, Enum => [.. Enum.GetValues<T>().Select(Agent.WordOf)];
}
