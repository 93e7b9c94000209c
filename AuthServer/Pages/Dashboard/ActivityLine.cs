using System.Text.Json;
using AuthServer.Accounts.Strong;
using AuthServer.Approvals;
using AuthServer.Audit;
using AuthServer.Delegations;
using AuthServer.ExternalSignIn;
using AuthServer.Figures;
using AuthServer.Pages.Developer.Trail;
using AuthServer.Policies;
using AuthServer.Protocol.State;
using AuthServer.Vault.Proxy;
using Microsoft.AspNetCore.Html;
using static AuthServer.Pages.Texts;
using OfAccount = AuthServer.Accounts.AccountEvents;

namespace AuthServer.Pages.Dashboard;

/// <summary>One event of the trail as its person reads it.</summary>
/// <param name="What">A sentence.</param>
/// <param name="About">The scopes, or what was called; null: the sentence says it all.</param>
/// <param name="Refused">It was not allowed.</param>
/// <param name="Reason">Why, in the trail's own word.</param>
public sealed record ActivityLine(string Id, DateTimeOffset At, IHtmlContent What, string? About, bool Refused, string? Reason)
{
    /// <param name="names">Of agents, applications and connections, by id.</param>
    public static ActivityLine Of(AuditEntry entry, IReadOnlyDictionary<string, string> names)
    {
        string? NameOf(string? id) => id is null ? null : names.GetValueOrDefault(id);
        var who = Names.Shown(NameOf(entry.AgentId) ?? NameOf(entry.ClientId) ?? entry.AgentId ?? entry.ClientId ?? "");
        return new ActivityLine(
            entry.Id,
            entry.Timestamp,
            (IsOfAnother(entry) ? null : OfPerson(entry.Type)) ?? (who.Length == 0 ? null : OfAgent(entry.Type, who, NameOf(entry.Target))) ?? Other(entry, who),
            CalledBy(entry) ?? entry.Scope,
            entry.Outcome == AuditOutcomes.Denied,
            entry.Outcome == AuditOutcomes.Denied ? entry.Reason : null);
    }

    /// <summary>Whether an agent or an application did something in the person's name, or wanted to.</summary>
    public static bool IsAct(AuditEntry entry) => TrailFigures.IsDecision(entry.Type) && (entry.AgentId ?? entry.ClientId) is not null;

    /// <summary>Whether it tells of those who act for the person: what the person did to agents of their own is no deed of these.</summary>
    public static bool IsOfAgent(AuditEntry entry) => (entry.AgentId ?? entry.ClientId) is { } who && OfAgent(entry.Type, who, null) is not null;

    /// <summary>What an administrator did to somebody else's account was not done to theirs.</summary>
    private static bool IsOfAnother(AuditEntry entry) => entry.Target?.StartsWith("usr_", StringComparison.Ordinal) == true && entry.Target != entry.UserId;

    /// <param name="who">The agent or application.</param>
    /// <param name="where">The connection; null: there is none, or it is gone.</param>
    private static IHtmlContent? OfAgent(string type, string who, string? where) => type switch
    {
        AuditEventTypes.TokenIssued => H("<strong><bdi>{0}</bdi></strong> got new tokens", who),
        AuditEventTypes.TokenRefused => H("<strong><bdi>{0}</bdi></strong> got no tokens", who),
        AuditEventTypes.TokenVerified or PolicyEvents.AccessEvaluated => H("<strong><bdi>{0}</bdi></strong> wanted to act", who),
        AuditEventTypes.TokenRevoked => H("<strong><bdi>{0}</bdi></strong> lost its tokens", who),
        AuditEventTypes.TokenReplayed => H("<strong><bdi>{0}</bdi></strong> used something twice, and lost its tokens", who),
        AuditEventTypes.CodeIssued => H("<strong><bdi>{0}</bdi></strong> may fetch its tokens", who),
        AuditEventTypes.ConsentGranted => H("<strong><bdi>{0}</bdi></strong> was allowed by you to act", who),
        AuditEventTypes.ConsentDenied => H("<strong><bdi>{0}</bdi></strong> was refused by you", who),
        AuditEventTypes.ConsentRevoked => H("<strong><bdi>{0}</bdi></strong> was stopped", who),
        ProxyEvents.Called => where is null ? H("<strong><bdi>{0}</bdi></strong> made a call", who) : H("<strong><bdi>{0}</bdi></strong> made a call by <bdi>{1}</bdi>", who, Names.Shown(where)),
        ProxyEvents.TokenReleased => where is null
            ? H("<strong><bdi>{0}</bdi></strong> took an access token out of the vault", who)
            : H("<strong><bdi>{0}</bdi></strong> took an access token of <bdi>{1}</bdi> out of the vault", who, Names.Shown(where)),
        DelegationEvents.Created => H("<strong><bdi>{0}</bdi></strong> passed rights on", who),
        DelegationEvents.Revoked => H("<strong><bdi>{0}</bdi></strong> lost rights that were passed on", who),
        ApprovalEvents.Requested => H("<strong><bdi>{0}</bdi></strong> asked for your approval", who),
        ApprovalEvents.Approved => H("You approved what <strong><bdi>{0}</bdi></strong> asked for", who),
        ApprovalEvents.Denied => H("You denied what <strong><bdi>{0}</bdi></strong> asked for", who),
        ApprovalEvents.Used => H("<strong><bdi>{0}</bdi></strong> did what was approved", who),
        ApprovalEvents.Revoked => H("<strong><bdi>{0}</bdi></strong> lost an approval", who),
        ApprovalEvents.Expired => H("<strong><bdi>{0}</bdi></strong> got no answer in time, or its approval ran out", who),
        AuditEventTypes.AuthorizationRefused or AuditEventTypes.AccessRefused => H("<strong><bdi>{0}</bdi></strong> was refused", who),
        _ => null,
    };

    /// <summary>Who did it, the agent or the person with it, the type alone does not say.</summary>
    private static IHtmlContent Other(AuditEntry entry, string who) =>
        who.Length == 0 ? H("{0}", TrailWords.Type(entry.Type)) : H("{0} (<bdi>{1}</bdi>)", TrailWords.Type(entry.Type), who);

    /// <summary>Method and path of a call through the vault; null: it is none.</summary>
    private static string? CalledBy(AuditEntry entry) =>
        entry.Type == ProxyEvents.Called && entry.Details is { ValueKind: JsonValueKind.Object } details
        && details.TryGetProperty("decision", out var decision) && decision.ValueKind == JsonValueKind.Object
        && decision.TryGetProperty("resource", out var resource) && resource.ValueKind == JsonValueKind.String
        && resource.GetString()!.Split('/', 5) is ["", "connections", _, var method, var path] ? $"{method} /{path}" : null;

    /// <summary>What the person did; null: somebody else did it.</summary>
    private static IHtmlContent? OfPerson(string type) => type switch
    {
        AuditEventTypes.UserRegistered => H("Account made"),
        AuditEventTypes.UserSignedIn => H("Signed in"),
        AuditEventTypes.UserSignInRefused => H("A sign-in failed"),
        AuditEventTypes.UserSignedOut => H("Signed out"),
        AuditEventTypes.PasswordChanged => H("Password changed"),
        OfAccount.PasswordForgotten => H("A link to a new password was asked for"),
        OfAccount.PasswordReset => H("Password set by a link"),
        OfAccount.AddressChangeAsked => H("Another address was asked for"),
        OfAccount.AddressChanged => H("Address changed"),
        OfAccount.AddressConfirmed => H("Address confirmed"),
        OfAccount.NameChanged => H("Name changed"),
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
