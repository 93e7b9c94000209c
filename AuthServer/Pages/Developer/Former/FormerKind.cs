using System.Text.Json;
using AuthServer.Audit;
using AuthServer.Certificates;
using AuthServer.Organizations;
using AuthServer.Policies;
using AuthServer.Protocol;
using AuthServer.Scopes;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Providers;
using AuthServer.Webhooks;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Developer.Former;

/// <summary>A kind of thing that leaves nothing but what the trail says of it.</summary>
/// <param name="Name">In addresses.</param>
/// <param name="Type">The event that tells of its end.</param>
/// <param name="Prefix">Of its ids; null: they are names.</param>
/// <param name="Page">Where those are that still exist.</param>
public sealed record FormerKind(string Name, string Type, string? Prefix, string Page)
{
    private const int LongestName = 200;

    public static FormerKind Certificate { get; } = new("certificate", CertificateEvents.Deleted, AuthServer.Certificates.Certificate.IdPrefix, "/developer/certificates");

    public static FormerKind Connection { get; } = new("connection", ConnectionEvents.Deleted, "conn_", "/developer/connections");

    public static FormerKind Member { get; } = new("member", OrganizationEvents.MemberRemoved, "usr_", "/developer/members");

    public static FormerKind Policy { get; } = new("policy", PolicyEvents.Deleted, "pol_", "/developer/policies");

    public static FormerKind Provider { get; } = new("provider", ProviderEvents.Deleted, null, "/developer/providers");

    public static FormerKind ResourceServer { get; } = new("resource-server", ScopeEvents.ResourceDeleted, "res_", "/developer/resource-servers");

    public static FormerKind Scope { get; } = new("scope", ScopeEvents.Deleted, null, "/developer/scopes");

    public static FormerKind Webhook { get; } = new("webhook", WebhookEvents.Deleted, AuthServer.Webhooks.Webhook.IdPrefix, "/developer/webhooks");

    public static IReadOnlyList<FormerKind> All { get; } = [Certificate, Connection, Member, Policy, Provider, ResourceServer, Scope, Webhook];

    /// <summary>What is gone, as a title.</summary>
    public string Title => Name switch
    {
        "certificate" => T("This certificate is gone"),
        "connection" => T("This connection is gone"),
        "member" => T("They are no member any more"),
        "policy" => T("This policy is gone"),
        "provider" => T("This provider is gone"),
        "resource-server" => T("This API is gone"),
        "scope" => T("This scope is gone"),
        _ => T("This webhook is gone"),
    };

    /// <summary>The way to those that there are.</summary>
    public string Others => Name switch
    {
        "certificate" => T("All certificates"),
        "connection" => T("All connections"),
        "member" => T("All members"),
        "policy" => T("All policies"),
        "provider" => T("All providers"),
        "resource-server" => T("All resource servers"),
        "scope" => T("All scopes"),
        _ => T("All webhooks"),
    };

    /// <summary>An id as the trail writes it; null: it can be none.</summary>
    internal string? Read(string? id) => id is null or { Length: 0 or > LongestName } ? null
        : Prefix is not null ? Identifiers.Read(Prefix, id)
        : id.AsSpan().ContainsAnyExceptInRange('!', '~') ? null : id;

    /// <summary>How it was called.</summary>
    internal static string NameOf(AuditEntry end)
    {
        var about = end.Details is { ValueKind: JsonValueKind.Object } detail
            ? detail.TryGetProperty("policy", out var policy) ? policy : detail
            : default;
        foreach (var member in new[] { "name", "host" })
        {
            if (about.ValueKind == JsonValueKind.Object && about.TryGetProperty(member, out var said) && said.ValueKind == JsonValueKind.String)
            {
                return said.GetString()!;
            }
        }

        return end.Target ?? "";
    }
}
