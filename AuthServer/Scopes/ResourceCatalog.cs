using System.Collections.Frozen;
using AuthServer.Applications;
using AuthServer.Data;
using AuthServer.Protocol.Clients;
using AuthServer.Protocol.Tokens;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Scopes;

/// <summary>The protected APIs that tokens can be made for, kept in memory for a few seconds.</summary>
public sealed class ResourceCatalog(IDbContextFactory<AuthDbContext> contexts, OwnResources own, TimeProvider clock)
{
    private const string All = "";

    private readonly RecentReads<IReadOnlyDictionary<string, ResourceServer>> _known = new((_, _) => ReadAsync(contexts, own), clock);

    /// <summary>By canonical URI.</summary>
    public ValueTask<IReadOnlyDictionary<string, ResourceServer>> AllAsync(CancellationToken ct) => _known.FindAsync(All, ct)!;

    /// <summary>The organization one of whose APIs this client is; null: it is none. An agent's own secret is no API's, even where it may introspect:
    /// it could otherwise vouch for itself.</summary>
    public async ValueTask<string?> OwnerOfAsync(Client client, CancellationToken ct)
    {
        if (client.IsPublic || client.Agent is not null || client.Audiences.Count == 0)
        {
            return null;
        }

        var apis = await AllAsync(ct);
        return client.Audiences.Select(audience => apis.GetValueOrDefault(audience)?.OrganizationId).FirstOrDefault(organization => organization is not null);
    }

    /// <summary>What this process has changed itself is in force at once.</summary>
    public void Forget() => _known.Forget(All);

    private static async Task<IReadOnlyDictionary<string, ResourceServer>?> ReadAsync(IDbContextFactory<AuthDbContext> contexts, OwnResources own)
    {
        await using var context = await contexts.CreateDbContextAsync();
        var rows = await context.ProtectedResources.AsNoTracking().ToListAsync();

        // What is this server's own stays so, whatever a row says.
        var others = rows.Where(row => own.All.All(resource => resource.Uri != row.Uri)).Select(row =>
            new ResourceServer(row.Uri, row.DisplayName ?? row.Uri, ApplicationMapping.Strings(row.Scopes).ToFrozenSet(StringComparer.Ordinal))
            {
                OrganizationId = row.OrganizationId,
            });
        return new KnownResources(own.All.Concat(others).ToFrozenDictionary(resource => resource.Uri, StringComparer.Ordinal), own);
    }
}
