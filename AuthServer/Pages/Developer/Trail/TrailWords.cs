using AuthServer.Audit;
using AuthServer.Pages.Developer.Policies;
using AuthServer.Protocol.State;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Developer.Trail;

/// <summary>Events of the trail in words.</summary>
internal static class TrailWords
{
    /// <summary>The kinds that can be chosen: what types begin with.</summary>
    public static IReadOnlyList<(string Kind, string Name)> Kinds =>
    [
        ("token", T("Tokens")), ("consent", T("Consents")), ("access", T("Decisions and refusals")), ("agent", T("Agents")), ("delegation", T("Delegations")), ("policy", T("Policies")), ("approval", T("Approvals")),
        ("connection", T("Connections")), ("account", T("Connected accounts")), ("certificate", T("Certificates")), ("client", T("Applications")), ("scope", T("Scopes")),
        ("resource", T("Resource servers")), ("webhook", T("Webhooks")), ("member", T("Members")), ("invitation", T("Invitations")), ("developer_key", T("Developer keys")),
        ("organization", T("The organization")), ("audit", T("The trail itself")),
    ];

    /// <summary><c>agent.key_created</c> as people write: Agent: key created.</summary>
    public static string Type(string type)
    {
        var dot = type.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? PolicyWords.Label(type) : T("{0}: {1}", Noun(type[..dot]), PolicyWords.Within(type[(dot + 1)..]));
    }

    /// <summary>Why, in the reader's words; null: the reason is a code that has none there.</summary>
    public static string? Reason(string reason) =>
        reason.All(letter => char.IsAsciiLetterLower(letter) || letter == '_') && PolicyWords.Label(reason) is var words
        && (Language == AuthServer.Languages.Language.English || !words.Equals(reason.Replace('_', ' '), StringComparison.OrdinalIgnoreCase))
            ? words
            : null;

    public static bool IsDenied(AuditEntry entry) => entry.Outcome == AuditOutcomes.Denied;

    // The members of JSON are called so too, and are something else in other languages.
    private static string Noun(string noun) => noun == "member" ? T("Member of the organization") : PolicyWords.Label(noun);
}
