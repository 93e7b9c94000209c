using AuthServer.Accounts.Strong;
using AuthServer.Audit;
using AuthServer.ExternalSignIn;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Html;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Dashboard;

/// <summary>One event of the trail as its person reads it.</summary>
/// <param name="What">A sentence.</param>
/// <param name="Refused">It was not allowed.</param>
/// <param name="Reason">Why, in the trail's own word.</param>
public sealed record ActivityLine(string Id, DateTimeOffset At, IHtmlContent What, string? Scopes, bool Refused, string? Reason)
{
    /// <param name="names">Of agents and applications, by id.</param>
    public static ActivityLine Of(AuditEntry entry, IReadOnlyDictionary<string, string> names)
    {
        string? NameOf(string? id) => id is null ? null : names.GetValueOrDefault(id);
        return new ActivityLine(
            entry.Id,
            entry.Timestamp,
            OfPerson(entry.Type) ?? Said(entry.Type, Names.Shown(NameOf(entry.AgentId) ?? NameOf(entry.ClientId) ?? entry.AgentId ?? entry.ClientId ?? "")),
            entry.Scope,
            entry.Outcome == AuditOutcomes.Denied,
            entry.Outcome == AuditOutcomes.Denied ? entry.Reason : null);
    }

    /// <param name="who">The agent or application.</param>
    private static IHtmlContent Said(string type, string who) => type switch
    {
        AuditEventTypes.TokenIssued => H("<strong><bdi>{0}</bdi></strong> got new tokens", who),
        AuditEventTypes.TokenVerified => H("<strong><bdi>{0}</bdi></strong> wanted to act", who),
        AuditEventTypes.TokenRevoked => H("<strong><bdi>{0}</bdi></strong> lost its tokens", who),
        AuditEventTypes.TokenReplayed => H("<strong><bdi>{0}</bdi></strong> used something twice, and lost its tokens", who),
        AuditEventTypes.CodeIssued => H("<strong><bdi>{0}</bdi></strong> may fetch its tokens", who),
        AuditEventTypes.ConsentGranted => H("<strong><bdi>{0}</bdi></strong> was allowed by you to act", who),
        AuditEventTypes.ConsentDenied => H("<strong><bdi>{0}</bdi></strong> was refused by you", who),
        AuditEventTypes.ConsentRevoked => H("<strong><bdi>{0}</bdi></strong> was stopped", who),
        AuditEventTypes.AuthorizationRefused => H("<strong><bdi>{0}</bdi></strong> was refused", who),
        _ when who.Length == 0 || type.StartsWith("user.", StringComparison.Ordinal) => H("<code>{0}</code>", type),
        _ => H("<strong><bdi>{0}</bdi></strong>: <code>{1}</code>", who, type),
    };

    /// <summary>What the person did; null: somebody else did it.</summary>
    private static IHtmlContent? OfPerson(string type) => type switch
    {
        AuditEventTypes.UserRegistered => H("Account made"),
        AuditEventTypes.UserSignedIn => H("Signed in"),
        AuditEventTypes.UserSignInRefused => H("A sign-in failed"),
        AuditEventTypes.UserSignedOut => H("Signed out"),
        AuditEventTypes.PasswordChanged => H("Password changed"),
        StrongEvents.AuthenticatorAdded => H("Authenticator app added"),
        StrongEvents.AuthenticatorRemoved => H("Authenticator app removed"),
        StrongEvents.RecoveryCodesMade => H("New recovery codes made"),
        StrongEvents.RecoveryCodeUsed => H("A recovery code was used"),
        StrongEvents.PasskeyAdded => H("Passkey added"),
        StrongEvents.PasskeyRenamed => H("Passkey renamed"),
        StrongEvents.PasskeyRemoved => H("Passkey removed"),
        ExternalSignInEvents.Linked => H("A sign-in by another provider was linked"),
        ExternalSignInEvents.Unlinked => H("A sign-in by another provider was unlinked"),
        ExternalSignInEvents.Refused => H("A sign-in by another provider was not linked"),
        _ => null,
    };
}
