using AuthServer.Applications;
using AuthServer.Configuration;
using AuthServer.Data;
using AuthServer.Protocol.Tokens;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Scopes;

/// <summary>Brings the configured protected APIs up to date. One that is no longer named takes no new tokens.</summary>
public sealed class ConfiguredResources(IDbContextFactory<AuthDbContext> contexts)
{
    public async Task ApplyAsync(
        IReadOnlyList<AuthServerOptions.ResourceSettings> configured, IReadOnlyList<AuthServerOptions.ResourceSettings> demo, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var rows = await context.ProtectedResources.ToDictionaryAsync(row => row.Uri, StringComparer.Ordinal, ct);
        foreach (var (resource, source) in configured.Select(resource => (resource, Sources.Configuration)).Concat(demo.Select(resource => (resource, Sources.Demo))))
        {
            var uri = ResourceServer.Canonical(resource.Url!)!;
            if (!rows.Remove(uri, out var row))
            {
                context.ProtectedResources.Add(row = new ProtectedResource { Uri = uri });
            }

            row.DisplayName = resource.DisplayName;
            row.Scopes = ApplicationMapping.Json(resource.Scopes) ?? "[]";
            row.Source = source;
        }

        context.ProtectedResources.RemoveRange(rows.Values.Where(row => row.Source is not null));
        await context.SaveChangesAsync(ct);
    }
}
