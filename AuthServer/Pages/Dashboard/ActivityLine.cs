using AuthServer.Accounts;
using AuthServer.Accounts.Strong;
using AuthServer.Agents;
using AuthServer.Approvals;
using AuthServer.Audit;
using AuthServer.Delegations;
using AuthServer.ExternalSignIn;
using AuthServer.Pages.Developer.Trail;
using AuthServer.Protocol.State;
using AuthServer.Vault.Proxy;
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
        ApprovalEvents.Requested => H("<strong><bdi>{0}</bdi></strong> asked for your approval", who),
        ApprovalEvents.Approved => H("<strong><bdi>{0}</bdi></strong> was approved by you", who),
        ApprovalEvents.Denied => H("<strong><bdi>{0}</bdi></strong> was not approved by you", who),
        ApprovalEvents.Used => H("<strong><bdi>{0}</bdi></strong> did what was approved", who),
        ApprovalEvents.Revoked => H("<strong><bdi>{0}</bdi></strong> lost an approval", who),
        ApprovalEvents.Expired => H("<strong><bdi>{0}</bdi></strong> got no answer in time, or its approval ran out", who),
        AuditEventTypes.AuthorizationRefused => H("<strong><bdi>{0}</bdi></strong> was refused", who),
        AgentEvents.Claimed => H("You answer for <strong><bdi>{0}</bdi></strong>", who),
        AgentEvents.ClaimDenied => H("You did not answer for <strong><bdi>{0}</bdi></strong>", who),
        DelegationEvents.Created => H("<strong><bdi>{0}</bdi></strong> passed on what it may do", who),
        DelegationEvents.Revoked => H("What was passed on to <strong><bdi>{0}</bdi></strong> ended", who),
        ProxyEvents.Called => H("<strong><bdi>{0}</bdi></strong> used a connected account", who),
        ProxyEvents.TokenReleased => H("<strong><bdi>{0}</bdi></strong> was given a connected account's token", who),
        _ when who.Length == 0 || type.StartsWith("user.", StringComparison.Ordinal) => H("{0}", TrailWords.Type(type)),
        _ => H("<strong><bdi>{0}</bdi></strong>: {1}", who, TrailWords.Type(type)),
    };

    /// <summary>What the person did; null: somebody else did it.</summary>
    private static IHtmlContent? OfPerson(string type) => type switch
    {
        AuditEventTypes.UserRegistered => H("Account made"),
        AuditEventTypes.UserSignedIn => H("Signed in"),
        AuditEventTypes.UserSignInRefused => H("A sign-in failed"),
        AuditEventTypes.UserSignedOut => H("Signed out"),
        AuditEventTypes.PasswordChanged => H("Password changed"),
        AccountEvents.PasswordForgotten => H("A link for a new password was asked for"),
        AccountEvents.PasswordReset => H("A new password was set by a link"),
        AccountEvents.AddressConfirmed => H("E-mail address confirmed"),
        AccountEvents.AddressChangeAsked => H("Another e-mail address was asked for"),
        AccountEvents.AddressChanged => H("E-mail address changed"),
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
