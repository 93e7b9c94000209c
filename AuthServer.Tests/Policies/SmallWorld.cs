using System.Net;
using AuthServer.Policies.Engine;

namespace AuthServer.Tests.Policies;

/// <summary>What a policy can be made of in a world of a few names. Beside each choice, as the engine reads it, stands by enumeration whom,
/// what or when it means; the oracle reads only that.</summary>
internal static class SmallWorld
{
    public const int Agent = 0;
    public const int AgentForUser = 1;
    public const int OtherTool = 2;
    public const int UserAlone = 3;

    public static readonly string[] Actions = ["crm.read", "crm.deals.write", "crmx.read", "crm:read", "crm"];

    public static readonly RiskLevel?[] Risks = [RiskLevel.Low, RiskLevel.High, null, RiskLevel.Critical, RiskLevel.Standard];

    public static readonly string?[] Resources = [null, "/a", "/a/1", "/b"];

    public static readonly string?[] Addresses = [null, "10.1.2.3", "::ffff:10.9.9.9", "192.0.2.1", "2001:db8::1"];

    public static readonly decimal?[] Amounts = [null, 5, -1];

    /// <summary>Monday 10:00, Sunday 10:00, Monday 20:00, Monday 05:00.</summary>
    public static readonly DateTimeOffset[] Moments = [Ask.Monday, Ask.Monday.AddDays(-1), Ask.Monday.AddHours(10), Ask.Monday.AddHours(-5)];

    /// <summary>None, ten seconds ago, two hours ago.</summary>
    public static readonly TimeSpan?[] ConsentAges = [null, TimeSpan.FromSeconds(10), TimeSpan.FromHours(2)];

    public static readonly (PolicySubjects Written, int[] Means)[] Subjects =
    [
        (PolicySubjects.Everybody, [Agent, AgentForUser, OtherTool, UserAlone]),
        (new() { AgentIds = ["agt_1"] }, [Agent, AgentForUser]),
        (new() { AgentIds = ["agt_2", "agt_1"] }, [Agent, AgentForUser, OtherTool]),
        (new() { UserIds = ["usr_1"] }, [AgentForUser, UserAlone]),
        (new() { AgentTypes = ["assistant"] }, [Agent, AgentForUser]),
        (new() { TrustLevels = ["delegated"] }, [OtherTool]),
        (new() { AgentIds = ["agt_1"], UserIds = ["usr_1"] }, [AgentForUser]),
        (new() { AgentIds = ["agt_9"] }, []),
    ];

    /// <summary>-1: the request names none.</summary>
    public static readonly (string[] Written, int[] Means)[] ActionLists =
    [
        ([], [-1, 0, 1, 2, 3, 4]),
        (["*"], [-1, 0, 1, 2, 3, 4]),
        (["crm.*"], [-1, 0, 1]),
        (["crm:*"], [-1, 3]),
        (["crm"], [-1, 4]),
        (["crm.read"], [-1, 0]),
        (["crm", "crmx.*"], [-1, 2, 4]),
    ];

    public static readonly (string[] Written, int[] Means)[] ResourceLists =
    [
        ([], [0, 1, 2, 3]),
        (["*"], [0, 1, 2, 3]),
        (["/a*"], [0, 1, 2]),
        (["/a/*"], [0, 2]),
        (["/b", "/a"], [0, 1, 3]),
    ];

    /// <summary>y: it holds, n: it does not, ?: nobody can say, a: a person has to approve.</summary>
    public static readonly (string Written, bool InDenyPolicies, Func<Question, int, char> Means)[] Rules =
    [
        ("""{"type":"time_window","config":{"allowedDays":[1,2,3,4,5],"startTimeUtc":"09:00","endTimeUtc":"17:00","timezone":"UTC"}}""", true,
            (question, _) => question.Moment == 0 ? 'y' : 'n'),
        ("""{"type":"time_window","config":{"allowedDays":[7],"startTimeUtc":"22:00","endTimeUtc":"06:00","timezone":"UTC"}}""", true,
            (question, _) => question.Moment == 3 ? 'y' : 'n'),
        ("""{"type":"period","config":{"notBefore":"2026-03-02T00:00:00Z"}}""", false, (question, _) => question.Moment == 1 ? 'n' : 'y'),
        ("""{"type":"period","config":{"notBefore":"2026-03-01T00:00:00Z","notAfter":"2026-03-02T10:00:00Z"}}""", false,
            (question, _) => question.Moment == 2 ? 'n' : 'y'),
        ("""{"type":"action_allowlist","config":{"actions":["crm.*"]}}""", true, (_, action) => "?yynnn"[action + 1]),
        ("""{"type":"action_blocklist","config":{"actions":["crm:*","crm"]}}""", true, (_, action) => "?yyynn"[action + 1]),
        ("""{"type":"ip_allowlist","config":{"cidrs":["10.0.0.0/8"]}}""", true, (question, _) => "?yynn"[question.Address]),
        ("""{"type":"ip_allowlist","config":{"cidrs":["::/0"]}}""", true, (question, _) => "?nnny"[question.Address]),
        ("""{"type":"max_risk","config":{"level":"standard"}}""", true, (_, action) => "?yn?ny"[action + 1]),
        ("""{"type":"max_risk","config":{"level":"critical"}}""", true, (_, action) => "?yy?yy"[action + 1]),
        ("""{"type":"require_approval","config":{}}""", false, (_, _) => 'a'),
        ("""{"type":"require_approval","config":{"actions":["crm.*"]}}""", false, (_, action) => "aaayyy"[action + 1]),
        ("""{"type":"expires_after","config":{"seconds":3600}}""", false, (question, _) => "?yn"[question.Consent]),
        ("""{"type":"expires_after","config":{"at":"2026-03-02T12:00:00Z"}}""", false, (question, _) => question.Moment == 2 ? 'n' : 'y'),
        ("""{"type":"budget","config":{"maxAmount":7,"windowSeconds":60,"scope":"per_user"}}""", false, (question, _) => "?yn"[question.Amount]),
        ("""{"type":"rate_limit","config":{"maxRequests":7,"windowSeconds":60,"scope":"per_user"}}""", false, (_, _) => 'y'),
    ];

    /// <summary>A question by the places of its parts in the lists above; no two actions alike.</summary>
    public sealed record Question(int Who, int[] Asked, int[] Granted, int Resource, int Address, int Moment, int Consent, int Amount)
    {
        public PolicyInput Input() => new()
        {
            Now = Moments[Moment],
            OrganizationId = "acct_1",
            AgentId = Who switch { UserAlone => null, OtherTool => "agt_2", _ => "agt_1" },
            AgentType = Who switch { UserAlone => null, OtherTool => "tool", _ => "assistant" },
            TrustLevel = Who switch { UserAlone => null, OtherTool => "delegated", _ => "root" },
            UserId = Who is AgentForUser or UserAlone ? "usr_1" : null,
            ClientId = "agc_1",
            Granted = [.. Granted.Select(action => Actions[action])],
            Required = [.. Asked.Select(action => Actions[action])],
            Risk = scope => Risks[Array.IndexOf(Actions, scope)],
            Resource = Resources[Resource],
            Address = Addresses[Address] is { } address ? IPAddress.Parse(address) : null,
            GrantedAt = ConsentAges[Consent] is { } ago ? Moments[Moment] - ago : null,
            Amount = Amounts[Amount],
        };
    }

    /// <summary>A policy by the places of its parts in the lists above.</summary>
    public sealed record Draft(string Id, bool Denies, bool Enabled, int Priority, int Subject, int ActionList, int ResourceList, int[] RuleList)
    {
        public Policy Policy()
        {
            var effect = Denies ? PolicyEffect.Deny : PolicyEffect.Allow;
            return new()
            {
                Id = Id,
                Name = "named " + Id,
                Effect = effect,
                Enabled = Enabled,
                Priority = Priority,
                Subjects = Subjects[Subject].Written,
                Actions = [.. ActionLists[ActionList].Written.Select(text => Pattern.Action(text)!)],
                Resources = [.. ResourceLists[ResourceList].Written.Select(text => Pattern.Resource(text)!)],
                Rules = Ask.Rules($"[{string.Join(',', RuleList.Select(rule => Rules[rule].Written))}]", effect),
            };
        }
    }
}
