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
            "A policy applies where its subjects, its resources and one of its actions match. What is left out means all. What a request does not name may be anything.",
            "allow: where it applies, each of its rules must hold.",
            "deny: where it applies and all its rules hold, the request is denied.",
            "Denied overrides approval required, which overrides allowed. Priority chooses only which policy is named.",
        ],
        [
            new("subjects", "an object; of several lists each must name the caller. Left out, or with wildcard: everybody. {} is refused, since it names nobody",
                [
                    new("agentIds", "agents: agt_…", Required: false),
                    new("userIds", "people that are acted for: usr_…", Required: false),
                    new("agentTypes", "orchestrator, autonomous, assistant, tool", Required: false),
                    new("trustLevels", "root, delegated, ephemeral", Required: false),
                    new("wildcard", "true: everybody", Required: false),
                ],
                "{\"agentTypes\":[\"tool\"]}"),
            new("resources", "a list of paths, or an object. Left out, an empty list, or with wildcard: all. {} is refused, since it names none",
                [
                    new("paths", "each exact, or a prefix with a final *", Required: false),
                    new("wildcard", "true: all", Required: false),
                ],
                "{\"paths\":[\"/api/v1/files*\"]}"),
            new("actions", $"a list of scopes, wildcards that keep their separator, or {string.Join(", ", Verbs.All)}, each of which covers the scopes that do that. Empty: all",
                [], "[\"email:*\",\"crm.*\",\"delete\"]"),
            new("conditions", "an object; each member is another word for a rule, and is shown as that",
                [
                    new("ipAllowlist", "a list of networks: ip_allowlist", Required: false),
                    new("ipRanges", "the same", Required: false),
                    new("timeWindow", "an object with notBefore, notAfter or both: period", Required: false),
                    new("rateLimit", "an object with requests and windowSeconds, per agent: rate_limit", Required: false),
                ],
                "{\"ipAllowlist\":[\"10.0.0.0/8\"]}"),
        ],
        [.. RuleTypes.All.Select(RuleSyntax.Of)]);
}

/// <param name="Members">Of the object that it may be; none: it is none.</param>
public sealed record FieldSyntax(string Name, string Form, IReadOnlyList<MemberSyntax> Members, JsonElement Example)
{
    public FieldSyntax(string name, string form, IReadOnlyList<MemberSyntax> members, string example)
        : this(name, form, members, JsonElement.Parse(example))
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
