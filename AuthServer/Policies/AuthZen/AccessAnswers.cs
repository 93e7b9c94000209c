using System.Text.Json.Serialization;
using AuthServer.Http.Api;

namespace AuthServer.Policies.AuthZen;

/// <summary>A decision as AuthZEN writes it (§5.5).</summary>
public sealed record AccessDecision(bool Decision, DecisionContext Context)
{
    internal static AccessDecision Of(Verdict verdict) => new(verdict.Allowed, new()
    {
        DecisionId = verdict.DecisionId,
        ReasonCode = verdict.ReasonCode,
        Reason = verdict.Reason,
        PolicyId = verdict.PolicyId,
        PolicyName = verdict.PolicyName,
        ApprovalId = verdict.Approval?.Id,
        ApprovalUrl = verdict.Approval?.Url,
        ExpiresAt = verdict.Approval?.ExpiresAt,
    });

    /// <summary>One of several questions could not be read: that is no, and the others go on (§7.2.1).</summary>
    internal static AccessDecision Of(Problem problem) => new(false, new() { Error = new(problem.Status, problem.Detail, problem.Errors) });
}

public sealed record DecisionContext
{
    [JsonPropertyName("decision_id")]
    public string? DecisionId { get; init; }

    /// <summary>One stable word.</summary>
    [JsonPropertyName("reason_code")]
    public string? ReasonCode { get; init; }

    public string? Reason { get; init; }

    [JsonPropertyName("policy_id")]
    public string? PolicyId { get; init; }

    [JsonPropertyName("policy_name")]
    public string? PolicyName { get; init; }

    /// <summary>What a person has to answer first, and where they do.</summary>
    [JsonPropertyName("approval_id")]
    public string? ApprovalId { get; init; }

    /// <inheritdoc cref="ApprovalId"/>
    [JsonPropertyName("approval_url")]
    public string? ApprovalUrl { get; init; }

    /// <summary>Until when that question, or its answer, stands.</summary>
    [JsonPropertyName("expires_at")]
    public DateTimeOffset? ExpiresAt { get; init; }

    public DecisionError? Error { get; init; }
}

public sealed record DecisionError(int Status, string Message, IReadOnlyDictionary<string, string[]>? Errors);

/// <summary>Either one decision, or those of several questions in their order.</summary>
public sealed record AccessDecisions
{
    public bool? Decision { get; init; }

    public DecisionContext? Context { get; init; }

    public IReadOnlyList<AccessDecision>? Evaluations { get; init; }
}

/// <summary>What a search found; the page comes first (§8.2.2).</summary>
public sealed record SearchAnswer<T>(SearchPageAnswer Page, IReadOnlyList<T> Results);

/// <param name="NextToken">Asks for the next page; empty: this is the last.</param>
public sealed record SearchPageAnswer([property: JsonPropertyName("next_token")] string NextToken, int Count);

public sealed record FoundEntity(string Type, string Id);

public sealed record FoundAction(string Name);
