using System.Text.Json;
using AuthServer.Policies.Engine;

namespace AuthServer.Policies;

/// <summary>A policy as it is written. PATCH: what is absent stays. POST and PUT: what is absent has its default.</summary>
public sealed class PolicyBody
{
    /// <summary>1 to 200 visible characters.</summary>
    public string? Name { get; set; }

    public string? Description { get; set; }

    /// <summary>allow (the default): where it applies, its rules must hold. deny: where it applies and its rules hold, it denies.</summary>
    public PolicyEffect? Effect { get; set; }

    /// <summary>The one agent that it is about, <c>agt_…</c>; empty: whomever the subjects name.</summary>
    public string? AgentId { get; set; }

    public SubjectsBody? Subjects { get; set; }

    /// <summary>A list of resources, each exact or a prefix with a final <c>*</c>; or an object with <c>paths</c> and <c>wildcard</c>. Empty: all.</summary>
    public JsonElement? Resources { get; set; }

    /// <summary>Scopes, or wildcards such as <c>email:*</c>. Empty: all.</summary>
    public IReadOnlyList<string?>? Actions { get; set; }

    public ConditionsBody? Conditions { get; set; }

    /// <summary>A list of <c>{"type": …, "config": {…}}</c>.</summary>
    public JsonElement? Rules { get; set; }

    /// <summary>Of several policies that agree, the highest is named.</summary>
    public int? Priority { get; set; }

    public bool? Enabled { get; set; }
}

/// <summary>Whom a policy is about. Of several lists each must name the caller; who means everybody says so, or leaves it out.</summary>
public sealed class SubjectsBody
{
    public IReadOnlyList<string?>? AgentIds { get; set; }

    public IReadOnlyList<string?>? UserIds { get; set; }

    /// <summary>orchestrator, autonomous, assistant or tool.</summary>
    public IReadOnlyList<string?>? AgentTypes { get; set; }

    /// <summary>root, delegated or ephemeral.</summary>
    public IReadOnlyList<string?>? TrustLevels { get; set; }

    /// <summary>True: everybody.</summary>
    public bool? Wildcard { get; set; }
}
