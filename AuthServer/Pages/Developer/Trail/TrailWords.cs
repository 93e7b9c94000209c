using AuthServer.Audit;
using AuthServer.Pages.Developer.Policies;
using AuthServer.Protocol.State;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Developer.Trail;

/// <summary>Events of the trail in words.</summary>
internal static class TrailWords
{
    /// <summary>The kinds that can be chosen: what types begin with.</summary>
    public static IReadOnlyList<(string Kind, string Name)> Kinds { get; } =
    [
        ("token", "Tokens"), ("consent", "Consents"), ("access", "Decisions and refusals"), ("agent", "Agents"), ("delegation", "Delegations"), ("policy", "Policies"), ("approval", "Approvals"),
        ("connection", "Connections"), ("account", "Connected accounts"), ("certificate", "Certificates"), ("client", "Applications"), ("scope", "Scopes"),
        ("resource", "Resource servers"), ("webhook", "Webhooks"), ("member", "Members"), ("invitation", "Invitations"), ("developer_key", "Developer keys"),
        ("organization", "The organization"), ("audit", "The trail itself"),
    ];

    /// <summary><c>agent.key_created</c> as people write: Agent: key created.</summary>
    public static string Type(string type)
    {
        var dot = type.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? PolicyWords.Label(type) : T("{0}: {1}", PolicyWords.Label(type[..dot]), PolicyWords.Label(type[(dot + 1)..]).ToLowerInvariant());
    }

    public static bool IsDenied(AuditEntry entry) => entry.Outcome == AuditOutcomes.Denied;
}
