using System.Text.Json;
using AuthServer.Policies.Engine;
using AuthServer.Policies.Engine.Rules;

namespace AuthServer.Policies;

/// <summary>How policies are written: made from what reads them, so it says neither more nor less than they do.</summary>
public sealed record PolicySyntax(IReadOnlyList<string> Effects, IReadOnlyList<string> Semantics, IReadOnlyList<FieldSyntax> Fields, IReadOnlyList<RuleSyntax> Rules)
{
    public static PolicySyntax Current { get; } = new(
        ["allow", "deny"],
        [
            "Rights come from scopes, consents and delegations. Policies only narrow them.",
            "A policy applies where its subjects, its resources and one of its actions match. Empty means all. What a request does not name may be anything.",
            "allow: where it applies, each of its rules must hold.",
            "deny: where it applies and all its rules hold, the request is denied.",
            "Denied overrides approval required, which overrides allowed. Priority chooses only which policy is named.",
        ],
        [
            new("subjects", "an object with agentIds, userIds, agentTypes (orchestrator, autonomous, assistant, tool), trustLevels (root, delegated, ephemeral) or wildcard; of several lists each must name the caller", "{\"agentTypes\":[\"tool\"]}"),
            new("resources", "a list, or an object with paths and wildcard; each exact, or a prefix with a final *", "[\"/api/v1/files*\"]"),
            new("actions", $"a list of scopes, wildcards that keep their separator, or {string.Join(", ", Verbs.All)}, each of which covers the scopes that do that", "[\"email:*\",\"crm.*\",\"delete\"]"),
            new("conditions", "an object with ipAllowlist: other words for an ip_allowlist rule", "{\"ipAllowlist\":[\"10.0.0.0/8\"]}"),
        ],
        [.. RuleTypes.All.Select(RuleSyntax.Of)]);
}

public sealed record FieldSyntax(string Name, string Form, JsonElement Example)
{
    public FieldSyntax(string name, string form, string example)
        : this(name, form, JsonElement.Parse(example))
    {
    }
}

/// <param name="InDenyPolicies">Whether a policy that denies may have it.</param>
public sealed record RuleSyntax(string Type, string Summary, bool InDenyPolicies, IReadOnlyList<MemberSyntax> Config, JsonElement Example)
{
    internal static RuleSyntax Of(RuleType type) => new(
        type.Name, type.Summary, type.InDenyPolicies, [.. type.Members.Select(member => new MemberSyntax(member.Name, member.Form, member.Required))],
        JsonElement.Parse($$"""{"type":"{{type.Name}}","config":{{type.Example}}}"""));
}

public sealed record MemberSyntax(string Name, string Form, bool Required);
