using System.Net;
using AuthServer.Http.Api;
using AuthServer.Policies.Engine;
using AuthServer.Policies.Engine.Rules;
using AuthServer.Protocol;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Policies;

/// <summary>What an agent would be answered. Nothing is counted and nothing recorded.</summary>
public sealed class PolicyEvaluation(AgentRights rights, Decisions decisions, TimeProvider clock)
{
    private const int MostActions = 100;
    private const int LongestResource = 400;

    public async Task<Answer<EvaluationItem>> EvaluateAsync(Developer developer, EvaluationBody body, CancellationToken ct)
    {
        var faults = new Faults();
        var (agentId, userId) = (Identifiers.Read("agt_", body.AgentId ?? ""), body.UserId is null ? null : Identifiers.Read("usr_", body.UserId));
        IReadOnlyList<string?> actions = [.. body.Actions ?? [], .. body.Action is null ? Array.Empty<string?>() : [body.Action]];
        faults.Add("agentId", agentId is null ? "Name an agent: agt_…" : null);
        faults.Add("userId", body.UserId is not null && userId is null ? "Name a person: usr_…" : null);
        faults.Add("actions", actions.Count is > 0 and <= MostActions && actions.All(ScopeNames.IsOne) ? null : $"Name 1 to {MostActions} scopes in action or actions.");
        faults.Add("resource", body.Resource is null || IsResource(body.Resource) ? null : $"Use 1 to {LongestResource} characters.");
        var address = ReadAddress(body.Context?.Ip, faults);
        if (faults.Problem is { } problem)
        {
            return problem;
        }

        if (await rights.FindAsync(developer.OrganizationId, agentId!, userId, ct) is not { } found)
        {
            return Problem.Invalid("agentId", "There is no such agent, or it is not active.");
        }

        var decision = await decisions.DryRunAsync(
            found.Ask([.. actions.OfType<string>()], body.Context?.Time ?? clock.GetUtcNow()) with
            {
                Resource = body.Resource,
                Address = address,
                Amount = body.Context?.Amount,
                Currency = body.Context?.Currency,
            },
            ct);
        return EvaluationItem.Of(decision);
    }

    private static bool IsResource(string resource) => resource.Length is > 0 and <= LongestResource && !resource.Any(char.IsControl);

    private static IPAddress? ReadAddress(string? ip, Faults faults)
    {
        IPAddress? address = null;
        faults.Add("context.ip", ip is null || Network.TryAddress(ip, out address) ? null : "This is no IP address.");
        return address;
    }
}

/// <summary>A question to the policies.</summary>
public sealed class EvaluationBody
{
    public string? AgentId { get; set; }

    /// <summary>The person whom the agent acts for; absent: it acts for itself.</summary>
    public string? UserId { get; set; }

    /// <summary>One scope.</summary>
    public string? Action { get; set; }

    /// <summary>Several scopes at once.</summary>
    public IReadOnlyList<string?>? Actions { get; set; }

    public string? Resource { get; set; }

    public EvaluationContext? Context { get; set; }
}

/// <summary>The circumstances.</summary>
public sealed class EvaluationContext
{
    /// <summary>Where the agent would call from.</summary>
    public string? Ip { get; set; }

    public decimal? Amount { get; set; }

    /// <summary>ISO 4217.</summary>
    public string? Currency { get; set; }

    /// <summary>When; absent: now. What limits have counted until now counts then as far as it still lies within their windows.</summary>
    public DateTimeOffset? Time { get; set; }
}

/// <param name="Effect">allow or deny, in one word for programs.</param>
/// <param name="ReasonCode">One stable word.</param>
/// <param name="MatchingPolicyId">The policy that decides; absent: none has a say.</param>
public sealed record EvaluationItem(
    bool Allowed, PolicyEffect Effect, PolicyOutcome Outcome, string ReasonCode, string Reason, string? MatchingPolicyId, string? MatchingPolicyName)
{
    /// <summary>The same as <see cref="MatchingPolicyId"/>.</summary>
    public string? PolicyId => MatchingPolicyId;

    /// <summary>The same as <see cref="MatchingPolicyName"/>.</summary>
    public string? PolicyName => MatchingPolicyName;

    internal static EvaluationItem Of(PolicyDecision decision)
    {
        var allowed = decision.Outcome == PolicyOutcome.Allowed;
        return new(
            allowed, allowed ? PolicyEffect.Allow : PolicyEffect.Deny, decision.Outcome, decision.ReasonCode, decision.Reason, decision.PolicyId, decision.PolicyName);
    }
}
