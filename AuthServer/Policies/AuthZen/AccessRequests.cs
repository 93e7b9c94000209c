using System.Text.Json.Serialization;

namespace AuthServer.Policies.AuthZen;

/// <summary>An evaluation, as the OpenAPI document shows it.</summary>
public record AccessRequest
{
    /// <summary>Of the type <c>agent</c>, which may act for a person named in the context's <c>user_id</c>; or <c>user</c>, for whom the agent in <c>agent_id</c> acts.</summary>
    public required AccessEntity Subject { get; init; }

    public required AccessAction Action { get; init; }

    /// <summary>Policies name it <c>type:id</c>; what is of the type <c>path</c> by its id alone.</summary>
    public required AccessEntity Resource { get; init; }

    public AccessContext? Context { get; init; }
}

/// <summary>Several evaluations; what one leaves out is taken from here.</summary>
public sealed record AccessesRequest
{
    public AccessEntity? Subject { get; init; }

    public AccessAction? Action { get; init; }

    public AccessEntity? Resource { get; init; }

    public AccessContext? Context { get; init; }

    public IReadOnlyList<AccessRequest>? Evaluations { get; init; }

    public AccessOptions? Options { get; init; }
}

/// <summary>A search: the part that is searched for has no id, or (an action) is left out.</summary>
public sealed record SearchRequest
{
    public required AccessEntity Subject { get; init; }

    public AccessAction? Action { get; init; }

    public required AccessEntity Resource { get; init; }

    public AccessContext? Context { get; init; }

    public AccessPage? Page { get; init; }
}

public sealed record AccessEntity(string Type, string? Id, IReadOnlyDictionary<string, object>? Properties);

/// <param name="Name">A scope.</param>
public sealed record AccessAction(string Name, IReadOnlyDictionary<string, object>? Properties);

/// <summary>What the enforcer knows of the circumstances.</summary>
public sealed record AccessContext
{
    [JsonPropertyName("user_id")]
    public string? UserId { get; init; }

    [JsonPropertyName("agent_id")]
    public string? AgentId { get; init; }

    /// <summary>Where the agent calls from.</summary>
    public string? Ip { get; init; }

    public decimal? Amount { get; init; }

    public string? Currency { get; init; }

    /// <summary>Repeated with nothing else changed, an action counts once.</summary>
    [JsonPropertyName("action_id")]
    public string? ActionId { get; init; }
}

/// <param name="Semantic">execute_all, deny_on_first_deny or permit_on_first_permit.</param>
public sealed record AccessOptions([property: JsonPropertyName("evaluations_semantic")] string? Semantic);

public sealed record AccessPage(string? Token, int? Limit);
