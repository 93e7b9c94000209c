using AuthServer.Data;
using AuthServer.Organizations;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Providers;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Vault.Accounts;

/// <summary>A connection by which a person can link an account of theirs.</summary>
public sealed record PickableConnection(Connection Connection, Provider Provider, string Organization);

/// <summary>Whom to ask where nothing can be connected.</summary>
public sealed record OrganizationOwner(string Organization, string Owner);

/// <summary>By which connections of their organizations a person can link accounts.</summary>
public sealed class ConnectPicker(IDbContextFactory<AuthDbContext> contexts, Memberships memberships, ProviderCatalog catalog)
{
    /// <summary>Where a person picks one.</summary>
    public const string Path = "/auth";

    /// <summary>By the names that people know.</summary>
    /// <param name="provider">A provider, or a family of them; null: all.</param>
    public async Task<IReadOnlyList<PickableConnection>> ListAsync(string userId, string? provider, CancellationToken ct)
    {
        var roles = (await memberships.NamedAsync(userId, ct)).ToDictionary(member => member.OrganizationId);
        List<string> organizations = [.. roles.Keys];
        await using var context = await contexts.CreateDbContextAsync(ct);
        var rows = await context.Connections.AsNoTracking()
            .Where(row => organizations.Contains(row.OrganizationId) && row.Auth == ConnectionAuth.OAuth2 && row.Status != ConnectionStatus.Draft && row.Status != ConnectionStatus.Inactive)
            .ToListAsync(ct);
        List<PickableConnection> found = [];
        foreach (var row in rows.Where(row => row.ReadAccess().MayView(userId, roles[row.OrganizationId].Role)))
        {
            if (await catalog.FindAsync(row.OrganizationId, row.ProviderId, ct) is { Oauth: not null } known && (provider is null || ConnectedAccounts.IsOf(row.ProviderId, known, provider)))
            {
                found.Add(new PickableConnection(row, known, roles[row.OrganizationId].Name));
            }
        }

        return [.. found.OrderBy(one => one.Provider.Name, StringComparer.OrdinalIgnoreCase).ThenBy(one => one.Connection.Name, StringComparer.OrdinalIgnoreCase).ThenBy(one => one.Connection.Id)];
    }

    /// <summary>The one that is meant where a person names no other: the only one, or the only default; null: there is none, or they have to say.</summary>
    public static PickableConnection? Meant(IReadOnlyList<PickableConnection> found) =>
        found.Where(one => one.Connection.IsDefault).ToList() is [var preferred] ? preferred : found is [var only] ? only : null;

    /// <summary>The owners of a person's organizations.</summary>
    public async Task<IReadOnlyList<OrganizationOwner>> OwnersAsync(string userId, CancellationToken ct)
    {
        List<string> organizations = [.. (await memberships.OfAsync(userId, ct)).Select(member => member.OrganizationId)];
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await (
            from member in context.Members.AsNoTracking()
            join organization in context.Organizations.AsNoTracking() on member.OrganizationId equals organization.Id
            join user in context.Users.AsNoTracking() on member.UserId equals user.Id
            where organizations.Contains(member.OrganizationId) && member.Role == Role.Owner
            orderby organization.Name
            select new OrganizationOwner(organization.Name, user.Name ?? user.Email ?? "")).ToListAsync(ct);
    }
}
