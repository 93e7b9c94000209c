using System.Text.Json.Serialization;

namespace AuthServer.Organizations;

/// <summary>An organization in figures.</summary>
public sealed record Figures([property: JsonPropertyName("data")] FigureItems Data, [property: JsonPropertyName("meta")] FigureMeta Meta);

/// <param name="Agents">Whatever became of them.</param>
/// <param name="CredentialsActive">API keys that are neither revoked nor expired.</param>
/// <param name="Delegations">That its agents gave.</param>
/// <param name="TokensIssued">Of the last 24 hours, as the decisions are.</param>
public sealed record FigureItems(
    [property: JsonPropertyName("agents")] long Agents,
    [property: JsonPropertyName("agents_by_status")] IReadOnlyDictionary<string, long> AgentsByStatus,
    [property: JsonPropertyName("agents_by_type")] IReadOnlyDictionary<string, long> AgentsByType,
    [property: JsonPropertyName("agents_by_trust_level")] IReadOnlyDictionary<string, long> AgentsByTrustLevel,
    [property: JsonPropertyName("credentials")] long Credentials,
    [property: JsonPropertyName("credentials_active")] long CredentialsActive,
    [property: JsonPropertyName("delegations")] long Delegations,
    [property: JsonPropertyName("delegations_active")] long DelegationsActive,
    [property: JsonPropertyName("tokens_issued")] long TokensIssued,
    [property: JsonPropertyName("decisions_allowed")] long DecisionsAllowed,
    [property: JsonPropertyName("decisions_denied")] long DecisionsDenied);

/// <param name="Since">When the span began that tokens and decisions are counted in.</param>
/// <param name="Complete">False: so much happened that only the newest of it was counted.</param>
public sealed record FigureMeta([property: JsonPropertyName("since")] DateTimeOffset Since, [property: JsonPropertyName("complete")] bool Complete);
