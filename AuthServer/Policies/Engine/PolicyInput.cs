using System.Net;

namespace AuthServer.Policies.Engine;

/// <summary>Everything a decision depends on. What is not known is null, and is taken as what denies.</summary>
public sealed record PolicyInput
{
    public required DateTimeOffset Now { get; init; }

    public required string OrganizationId { get; init; }

    /// <summary>Null: no agent acts.</summary>
    public string? AgentId { get; init; }

    /// <summary>orchestrator, autonomous, assistant or tool.</summary>
    public string? AgentType { get; init; }

    /// <summary>root, delegated or ephemeral.</summary>
    public string? TrustLevel { get; init; }

    /// <summary>The person who is acted for. Null: the agent acts for itself.</summary>
    public string? UserId { get; init; }

    public string? ClientId { get; init; }

    /// <summary>The scopes that grants, consents and delegations give, by their full names.</summary>
    public required IReadOnlyList<string> Granted { get; init; }

    /// <summary>The actions asked for: scopes by their full names.</summary>
    public required IReadOnlyList<string> Required { get; init; }

    /// <summary>The risk of a required scope; null: nobody has said.</summary>
    public required Func<string, RiskLevel?> Risk { get; init; }

    /// <summary>What is acted on, in the resource server's own words.</summary>
    public string? Resource { get; init; }

    /// <summary>Where the agent calls from; null: not known, or not believed.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>When the person's consent began.</summary>
    public DateTimeOffset? GrantedAt { get; init; }

    /// <summary>What the action costs, for budgets.</summary>
    public decimal? Amount { get; init; }

    /// <summary>ISO 4217, such as <c>EUR</c>.</summary>
    public string? Currency { get; init; }

    /// <summary>What the action takes from limits that its rights came with. They bound what policies allow.</summary>
    public IReadOnlyList<LimitTake> Limits { get; init; } = [];
}
