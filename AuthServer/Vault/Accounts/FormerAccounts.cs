using System.Text.Json;
using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.Organizations;
using AuthServer.Protocol;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Providers;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Vault.Accounts;

/// <summary>What the trail says of accounts that their organizations deleted.</summary>
public sealed class FormerAccounts(AuditQuery trail, ProviderCatalog catalog, IDbContextFactory<AuthDbContext> contexts)
{
    /// <summary>One that this person linked; null: no end of such a one is told.</summary>
    public async Task<FormerAccount?> FindAsync(string userId, string? id, CancellationToken ct)
    {
        if (id is null || Identifiers.Read(ConnectedAccount.IdPrefix, id) is not { } known)
        {
            return null;
        }

        var told = await trail.OfGoneAsync(known, null, ct);
        if (told.FirstOrDefault(one => one.Type == AccountEvents.Connected && one.UserId == userId) is not { OrganizationId: { } organizationId } linked
            || (told.FirstOrDefault(one => one.Type == AccountEvents.Deleted) ?? await EndOfAllAsync(organizationId, Text(linked, "connection"), ct)) is not { } end)
        {
            return null;
        }

        await using var context = await contexts.CreateDbContextAsync(ct);
        var organization = await context.Organizations.AsNoTracking().Where(row => row.Id == organizationId).Select(row => row.Name).FirstOrDefaultAsync(ct);
        var provider = Text(linked, "provider") is { } providerId ? await catalog.FindAsync(organizationId, providerId, ct) : null;
        return new FormerAccount(known, provider?.Name, organization, end.Timestamp, end.Type switch
        {
            ConnectionEvents.Deleted => FormerAccountEnd.WithConnection,
            OrganizationEvents.Closed => FormerAccountEnd.WithOrganization,
            _ => FormerAccountEnd.Deleted,
        });
    }

    /// <summary>The end of what it hung on.</summary>
    private async Task<AuditEntry?> EndOfAllAsync(string organizationId, string? connectionId, CancellationToken ct) =>
        (connectionId is null ? null : await NewestAsync(connectionId, ConnectionEvents.Deleted, organizationId, ct)) ?? await NewestAsync(organizationId, OrganizationEvents.Closed, organizationId, ct);

    private async Task<AuditEntry?> NewestAsync(string target, string type, string organizationId, CancellationToken ct) =>
        (await trail.OfGoneAsync(target, organizationId, ct)).FirstOrDefault(told => told.Type == type);

    private static string? Text(AuditEntry told, string member) =>
        told.Details is { ValueKind: JsonValueKind.Object } details && details.TryGetProperty(member, out var said) && said.ValueKind == JsonValueKind.String ? said.GetString() : null;
}

/// <summary>An account that was connected.</summary>
/// <param name="ProviderName">Null: the provider is gone too.</param>
/// <param name="Organization">For whose agents; null: it has no name any more.</param>
public sealed record FormerAccount(string Id, string? ProviderName, string? Organization, DateTimeOffset EndedAt, FormerAccountEnd End);

/// <summary>How an account came to its end.</summary>
public enum FormerAccountEnd
{
    Deleted,
    WithConnection,
    WithOrganization,
}
