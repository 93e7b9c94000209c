using System.Text.Json;
using AuthServer.Agents;
using AuthServer.Approvals;
using AuthServer.Vault.Accounts;

namespace AuthServer.Accounts;

/// <summary>What is to be ended of a person.</summary>
public sealed class PersonEnding
{
    /// <summary>Only what began at or before this moment; null: everything until now, the caller's own sign-in included.</summary>
    public DateTimeOffset? Before { get; init; }
}

/// <summary>The password once more, of whoever has one. No record: it must never be printed.</summary>
public sealed class AccountRemoval
{
    public string? Password { get; init; }
}

/// <summary>Everything that is kept of a person.</summary>
/// <param name="Events">What the trail says of them, newest first.</param>
/// <param name="EventsComplete">False: there are older events than these.</param>
public sealed record AccountData(
    AccountProfile Profile,
    IReadOnlyList<AccountSession> Sessions,
    IReadOnlyList<AccountExternalLogin> ExternalSignIns,
    AccountAuthenticator? Authenticator,
    int RecoveryCodesLeft,
    IReadOnlyList<AccountPasskey> Passkeys,
    IReadOnlyList<AccountConsent> Consents,
    IReadOnlyList<AccountMembership> Memberships,
    IReadOnlyList<AccountInvitation> Invitations,
    IReadOnlyList<AccountKey> DeveloperKeys,
    IReadOnlyList<AccountCertificate> Certificates,
    IReadOnlyList<AccountLinked> ConnectedAccounts,
    IReadOnlyList<AnsweredAgent> Agents,
    IReadOnlyList<AccountDelegation> Delegations,
    IReadOnlyList<AccountMail> Mails,
    IReadOnlyList<AccountApproval> Approvals,
    IReadOnlyList<AccountEvent> Events,
    bool EventsComplete);

public sealed record AccountProfile(
    string Id, string? Email, bool EmailConfirmed, string? Name, string? GivenName, string? FamilyName, string? Picture, string? Locale, string? Address,
    string? PhoneNumber, bool IsAdministrator, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

public sealed record AccountSession(string Id, DateTimeOffset CreatedAt, DateTimeOffset AuthTime, DateTimeOffset? LastUsedAt, DateTimeOffset? EndedAt, string Address, string? UserAgent, string? Acr, string? Amr);

/// <param name="AgentId">The agent that acts through the application; absent: the application itself, or the agent that it is.</param>
/// <param name="Resources">The APIs that it is for; empty: this server's own.</param>
/// <param name="RedirectHost">Where the answer went.</param>
public sealed record AccountConsent(
    string Id, string? ClientId, string? Application, string? AgentId, IReadOnlyList<string> Scopes, IReadOnlyList<string> Resources, string? RedirectHost, string? Status, DateTime? CreatedAt,
    DateTimeOffset? ExpiresAt);

/// <summary>An agent that the person answers for.</summary>
public sealed record AnsweredAgent(string Id, string OrganizationId, string Name, AgentStatus Status, DateTimeOffset CreatedAt);

/// <summary>What one agent let another do in the person's name.</summary>
public sealed record AccountDelegation(string Id, string DelegatorId, string DelegateId, IReadOnlyList<string> Scopes, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt);

/// <summary>What an agent asked the person to approve, and what they answered.</summary>
/// <param name="Shown">What they were shown.</param>
public sealed record AccountApproval(
    string Id, string AgentId, ApprovalStatus Status, JsonElement Shown, DateTimeOffset CreatedAt, DateTimeOffset? DecidedAt, string? Note, int Uses);

/// <summary>An app whose codes are asked for after the password.</summary>
public sealed record AccountAuthenticator(DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt);

/// <param name="Id">The credential's, in base64url.</param>
public sealed record AccountPasskey(string Id, string? Name, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt);

/// <param name="Account">How it is called there.</param>
public sealed record AccountExternalLogin(string Id, string Provider, string Issuer, string Subject, string? Account, DateTimeOffset LinkedAt, DateTimeOffset LastUsedAt);

/// <summary>An invitation to the person's address.</summary>
public sealed record AccountInvitation(
    string Id, string OrganizationId, string Role, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, DateTimeOffset? AcceptedAt, DateTimeOffset? RevokedAt);

public sealed record AccountMembership(string OrganizationId, string Organization, string Role, DateTimeOffset JoinedAt);

public sealed record AccountKey(string Id, string OrganizationId, string Name, string Hint, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt);

public sealed record AccountCertificate(
    string Id, string OrganizationId, string Name, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, DateTimeOffset? RevokedAt);

/// <summary>An account elsewhere that the person linked here.</summary>
/// <param name="ProviderAccount">Its id there.</param>
/// <param name="Name">How it is called there.</param>
/// <param name="Scopes">What was granted there.</param>
public sealed record AccountLinked(
    string Id, string OrganizationId, string ConnectionId, string? ProviderAccount, string? Name, IReadOnlyList<string> Scopes, AccountStatus Status, DateTimeOffset CreatedAt, DateTimeOffset? ConnectedAt);

/// <summary>A mail about the account; what it said is not kept.</summary>
public sealed record AccountMail(string Id, string Kind, string Recipient, DateTimeOffset CreatedAt, DateTimeOffset? SentAt);

/// <param name="Address">Whence the person did it; absent where somebody else did it to them.</param>
/// <param name="UserAgent">With which program, likewise.</param>
public sealed record AccountEvent(
    string Id, DateTimeOffset At, string Type, string Outcome, string? ClientId, string? AgentId, string? OrganizationId, string? Target, string? Scope,
    string? Reason, string? Address, string? UserAgent);
