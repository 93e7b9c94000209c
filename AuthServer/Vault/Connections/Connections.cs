using AuthServer.Data;
using AuthServer.Protocol;
using AuthServer.Vault.Providers;
using AuthServer.Vault.Secrets;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Vault.Connections;

/// <summary>Connections for the rooms that make calls by them. Who may do so is theirs to ask: <see cref="ConnectionAccess"/>.</summary>
public sealed class Connections(IDbContextFactory<AuthDbContext> contexts, ConnectionApps apps, VaultSeal seal)
{
    /// <summary>Null: there is none, or it is another organization's.</summary>
    public async Task<Connection?> FindAsync(string organizationId, string id, CancellationToken ct)
    {
        if (Identifiers.Read(Connection.IdPrefix, id) is not { } known)
        {
            return null;
        }

        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.Connections.AsNoTracking().FirstOrDefaultAsync(row => row.Id == known && row.OrganizationId == organizationId, ct);
    }

    /// <summary>The organization's default of a provider; null: it has none.</summary>
    public async Task<Connection?> FindDefaultAsync(string organizationId, string providerId, ConnectionAuth auth, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.Connections.AsNoTracking().FirstOrDefaultAsync(
            row => row.OrganizationId == organizationId && row.ProviderId == providerId && row.Auth == auth && row.IsDefault, ct);
    }

    /// <summary>What it proves itself with, for as long as a call takes.</summary>
    /// <exception cref="InvalidDataException">It does not open.</exception>
    public ConnectionSecret OpenSecret(Connection row) => ConnectionSecret.Open(seal, row);

    /// <summary>Its OAuth app, its own or the installation's; null: it has none.</summary>
    /// <exception cref="InvalidDataException">Its secret does not open.</exception>
    public SharedApp? AppOf(Connection row, Provider provider) =>
        row.ClientId is { } clientId ? new SharedApp(clientId, OpenSecret(row).ClientSecret) : apps.FindShared(row, provider);
}
