namespace AuthServer.Docs;

/// <summary>The way through the documentation, by kind of reader. Each page stands in it once.</summary>
public static class DocumentMap
{
    public static IReadOnlyList<DocumentShelf> Shelves { get; } =
    [
        new("Start here", "concepts", "guide-agent-developer", "guide-person", "guide-api", "guide-operator"),
        new("Who builds agents", "developer-portal", "first-client", "agents", "consent", "scopes", "delegations", "delegation-chains", "policies", "approvals", "organizations", "branding", "certificates", "dpop", "webhooks", "mcp", "mcp-clients"),
        new("Who uses providers through the vault", "connections", "connected-accounts", "tools", "proxy", "providers", "vault-refresh", "monitoring", "vault"),
        new("Who protects an API", "resource-servers", "protocol", "errors"),
        new("People", "people", "strong-sign-in", "external-sign-in"),
        new("Who runs a server", "production", "administration", "configuration", "configuration-keys", "keys", "mail", "audit", "languages"),
        new("Who judges its security", "security-model", "threat-model"),
        new("Coming from", "coming-from-auth0", "coming-from-keycloak", "coming-from-openiddict", "agentauth"),
    ];
}

/// <summary>The pages for one kind of reader.</summary>
public sealed record DocumentShelf(string Readers, params IReadOnlyList<string> Pages);
