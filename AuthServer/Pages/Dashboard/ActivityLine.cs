using AuthServer.Accounts.Strong;
using AuthServer.Approvals;
using AuthServer.Audit;
using AuthServer.ExternalSignIn;
using AuthServer.Protocol.State;

namespace AuthServer.Pages.Dashboard;

/// <summary>One event of the trail as its person reads it.</summary>
/// <param name="Who">The agent or application; null: the person.</param>
/// <param name="What">A sentence without its subject.</param>
/// <param name="Refused">It was not allowed.</param>
/// <param name="Reason">Why, in the trail's own word.</param>
public sealed record ActivityLine(string Id, DateTimeOffset At, string? Who, string What, string? Scopes, bool Refused, string? Reason)
{
    private static readonly Dictionary<string, string> Words = new(StringComparer.Ordinal)
    {
        [AuditEventTypes.TokenIssued] = "got new tokens",
        [AuditEventTypes.TokenVerified] = "wanted to act",
        [AuditEventTypes.TokenRevoked] = "lost its tokens",
        [AuditEventTypes.TokenReplayed] = "used something twice, and lost its tokens",
        [AuditEventTypes.CodeIssued] = "may fetch its tokens",
        [AuditEventTypes.ConsentGranted] = "was allowed by you to act",
        [AuditEventTypes.ConsentDenied] = "was refused by you",
        [AuditEventTypes.ConsentRevoked] = "was stopped",
        [ApprovalEvents.Requested] = "asked for your approval",
        [ApprovalEvents.Approved] = "was approved by you",
        [ApprovalEvents.Denied] = "was not approved by you",
        [ApprovalEvents.Used] = "did what was approved",
        [ApprovalEvents.Revoked] = "lost an approval",
        [ApprovalEvents.Expired] = "got no answer in time, or its approval ran out",
        [AuditEventTypes.AuthorizationRefused] = "was refused",
        [AuditEventTypes.UserRegistered] = "Account made",
        [AuditEventTypes.UserSignedIn] = "Signed in",
        [AuditEventTypes.UserSignInRefused] = "A sign-in failed",
        [AuditEventTypes.UserSignedOut] = "Signed out",
        [AuditEventTypes.PasswordChanged] = "Password changed",
        [StrongEvents.AuthenticatorAdded] = "Authenticator app added",
        [StrongEvents.AuthenticatorRemoved] = "Authenticator app removed",
        [StrongEvents.RecoveryCodesMade] = "New recovery codes made",
        [StrongEvents.RecoveryCodeUsed] = "A recovery code was used",
        [StrongEvents.PasskeyAdded] = "Passkey added",
        [StrongEvents.PasskeyRenamed] = "Passkey renamed",
        [StrongEvents.PasskeyRemoved] = "Passkey removed",
        [ExternalSignInEvents.Linked] = "A sign-in by another provider was linked",
        [ExternalSignInEvents.Unlinked] = "A sign-in by another provider was unlinked",
        [ExternalSignInEvents.Refused] = "A sign-in by another provider was not linked",
    };

    /// <param name="names">Of agents and applications, by id.</param>
    public static ActivityLine Of(AuditEntry entry, IReadOnlyDictionary<string, string> names)
    {
        string? NameOf(string? id) => id is null ? null : names.GetValueOrDefault(id);
        var ofPerson = entry.Type.StartsWith("user.", StringComparison.Ordinal);
        return new ActivityLine(
            entry.Id,
            entry.Timestamp,
            ofPerson ? null : NameOf(entry.AgentId) ?? NameOf(entry.ClientId) ?? entry.AgentId ?? entry.ClientId,
            Words.GetValueOrDefault(entry.Type, entry.Type),
            entry.Scope,
            entry.Outcome == AuditOutcomes.Denied,
            entry.Outcome == AuditOutcomes.Denied ? entry.Reason : null);
    }
}
