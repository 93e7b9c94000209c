namespace AuthServer.Agents.Claims;

/// <summary>What an agent may do that registered itself: run itself, its children, their keys and delegations. Nothing that reaches people's data, their money or
/// the rules, for nobody answers for it; a person who claims it may give it more.</summary>
public static class QuickstartScopes
{
    public static IReadOnlyList<string> All { get; } =
    [
        "api.read", "api.write",
        "agents.read", "agents.write", "agents.delete",
        "credentials.read", "credentials.write", "credentials.delete",
        "delegations.read", "delegations.write", "delegations.delete",
        "policies.read",
        "tokens.issue", "tokens.introspect", "tokens.revoke",
    ];
}
