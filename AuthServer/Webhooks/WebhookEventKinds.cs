using System.Text.Json;
using AuthServer.Agents;
using AuthServer.Approvals;
using AuthServer.Branding;
using AuthServer.Certificates;
using AuthServer.Delegations;
using AuthServer.Notices;
using AuthServer.Organizations;
using AuthServer.Policies;
using AuthServer.Protocol.State;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Providers;
using AuthServer.Vault.Proxy;
using AuthServer.Vault.Refresh;

namespace AuthServer.Webhooks;

/// <summary>The events that webhooks may ask for, each with the events of the trail that it tells of. An event of the trail is one of these, or none.</summary>
public static class WebhookEventKinds
{
    /// <summary>What a test sends; nobody asks for it by name.</summary>
    public const string Test = "webhook.test";

    private static readonly WebhookEventKind[] All =
    [
        new("token.issued", [AuditEventTypes.TokenIssued]) { Fits = news => !IsRefresh(news) },
        new("token.refreshed", [AuditEventTypes.TokenIssued]) { Fits = IsRefresh },
        new("token.revoked", [AuditEventTypes.TokenRevoked, AgentEvents.TokensEnded]),
        new("token.replayed", [AuditEventTypes.TokenReplayed]),
        new("token.verified", [AuditEventTypes.TokenVerified]) { Fits = news => !IsDenied(news) },
        new("credential.created", [AgentEvents.KeyCreated]),
        new("credential.rotated", [AgentEvents.KeyRotated, AgentEvents.SecretRotated, AgentEvents.KeysReplaced]),
        new("credential.revoked", [AgentEvents.KeyRevoked]),
        new("credential.expiring", [ExpiryEvents.Expiring]),

        // By the name of the operation, and of the tool, that makes one.
        new("credential.creation_denied", [AuditEventTypes.AccessRefused]) { Fits = news => news.Target is "createCredential" or "create_credential" },
        new("agent.created", [AgentEvents.Registered, AgentEvents.QuickStarted]),
        new("agent.claimed", [AgentEvents.Claimed]),
        new("agent.updated", [AgentEvents.Updated]),
        new("agent.suspended", [AgentEvents.Suspended]),
        new("agent.resumed", [AgentEvents.Resumed]),
        new("agent.revoked", [AgentEvents.Revoked]),
        new("consent.granted", [AuditEventTypes.ConsentGranted]),
        new("consent.denied", [AuditEventTypes.ConsentDenied]),
        new("consent.revoked", [AuditEventTypes.ConsentRevoked]),
        new("delegation.created", [DelegationEvents.Created]),
        new("delegation.revoked", [DelegationEvents.Revoked]),
        new("policy.created", [PolicyEvents.Created]),
        new("policy.updated", [PolicyEvents.Updated]),
        new("policy.deleted", [PolicyEvents.Deleted]),
        new("policy.violated", [AuditEventTypes.TokenVerified, PolicyEvents.AccessEvaluated, ProxyEvents.Called, ProxyEvents.TokenReleased]) { Fits = news => IsDenied(news) && news.PolicyId is not null },
        new("approval.requested", [ApprovalEvents.Requested]),
        new("approval.approved", [ApprovalEvents.Approved]),
        new("approval.denied", [ApprovalEvents.Denied]),
        new("approval.used", [ApprovalEvents.Used]),
        new("approval.revoked", [ApprovalEvents.Revoked]),
        new("approval.expired", [ApprovalEvents.Expired]),
        new("certificate.created", [CertificateEvents.Created]),
        new("certificate.revoked", [CertificateEvents.Revoked]),
        new("certificate.deleted", [CertificateEvents.Deleted]),
        new("provider.created", [ProviderEvents.Created]),
        new("provider.updated", [ProviderEvents.Updated]),
        new("provider.deleted", [ProviderEvents.Deleted]),
        new("connection.created", [ConnectionEvents.Created]),
        new("connection.updated", [ConnectionEvents.Updated]),
        new("connection.restored", [ConnectionEvents.Restored]),
        new("connection.imported", [ConnectionEvents.Imported]),
        new("connection.secret_changed", [ConnectionEvents.SecretChanged]),
        new("connection.activated", [ConnectionEvents.Activated]),
        new("connection.deactivated", [ConnectionEvents.Deactivated]),
        new("connection.tested", [ConnectionEvents.Tested]),
        new("connection.deleted", [ConnectionEvents.Deleted]),
        new("connection.access_reviewed", [ConnectionEvents.AccessReviewed]),
        new("account.created", [AccountEvents.Created]),
        new("account.connected", [AccountEvents.Connected]),
        new("account.reauthorized", [AccountEvents.Reauthorized]),
        new("account.verified", [AccountEvents.Verified]),
        new("account.refused", [AccountEvents.Refused]),
        new("account.revoked", [AccountEvents.Revoked]),
        new("account.deleted", [AccountEvents.Deleted]),
        new("account.disconnected", [AccountEvents.Disconnected]),
        new("account.replaced", [AccountEvents.Replaced]),
        new("account.instance_chosen", [AccountEvents.InstanceChosen]),
        new("credentials.updated", [ConnectionEvents.CredentialsUpdated]),
        new("connection.called", [ProxyEvents.Called]) { Fits = news => !IsDenied(news) },
        new("connection.failed", [RefreshEvents.ConnectionFailed]),
        new("connection.refreshes_held", [RefreshEvents.Held]),
        new("connection.refreshes_released", [RefreshEvents.Released]),
        new("account.token_released", [ProxyEvents.TokenReleased]) { Fits = news => !IsDenied(news) },
        new("account.expired", [RefreshEvents.Expired]),
        new("account.access_revoked", [RefreshEvents.Revoked]),
        new("account.failed", [RefreshEvents.Failed]),
        new("account.failing", [RefreshEvents.Failing]),
        new("account.refresh_uncertain", [RefreshEvents.Uncertain]),
        new("account.second_token_lost", [RefreshEvents.SecondLost]),
        new("account.recovered", [RefreshEvents.Recovered]),
        new("branding.changed", [BrandEvents.Changed, BrandEvents.Reset]),
        new("branding.logo_changed", [BrandEvents.LogoChanged, BrandEvents.LogoRemoved]),
        new("developer_key.created", [OrganizationEvents.KeyCreated]),
        new("developer_key.rotated", [OrganizationEvents.KeyRotated]),
        new("developer_key.revoked", [OrganizationEvents.KeyRevoked]),
    ];

    private static readonly Dictionary<string, WebhookEventKind> ByName = All.ToDictionary(kind => kind.Name, StringComparer.Ordinal);

    private static readonly ILookup<string, WebhookEventKind> ByType =
        All.SelectMany(kind => kind.Types.Select(type => (type, kind))).ToLookup(pair => pair.type, pair => pair.kind, StringComparer.Ordinal);

    public static IReadOnlyList<string> Names { get; } = [.. All.Select(kind => kind.Name)];

    /// <summary>What webhooks call this event; null: they are not told of it.</summary>
    public static string? NameOf(TrailNews news) => ByType[news.Type].FirstOrDefault(kind => kind.Fits(news))?.Name;

    /// <summary>The types of the trail among which these names are found, each with a space before and after it.</summary>
    /// <param name="names">Separated by spaces; one that this version does not know counts for nothing.</param>
    internal static string TypesOf(string names) =>
        $" {string.Join("  ", names.Split(' ').SelectMany(name => ByName.GetValueOrDefault(name)?.Types ?? []).Distinct(StringComparer.Ordinal))} ";

    private static bool IsDenied(TrailNews news) => news.Outcome == AuditOutcomes.Denied;

    private static bool IsRefresh(TrailNews news)
    {
        if (news.Detail is null)
        {
            return false;
        }

        try
        {
            using var detail = JsonDocument.Parse(news.Detail);
            return detail.RootElement.ValueKind == JsonValueKind.Object
                && detail.RootElement.TryGetProperty("grant_type", out var grant) && grant.ValueEquals("refresh_token");
        }
        catch (JsonException)
        {
            // Somebody else wrote it.
            return false;
        }
    }

    /// <param name="Types">The events of the trail.</param>
    private sealed record WebhookEventKind(string Name, string[] Types)
    {
        /// <summary>Which of those events.</summary>
        public Func<TrailNews, bool> Fits { get; init; } = static _ => true;
    }
}

/// <summary>What of an event decides whether a webhook is told.</summary>
public sealed record TrailNews(string Id, string Type, string Outcome, string? Target, string? PolicyId, string? Detail);
