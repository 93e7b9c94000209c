using AuthServer.Applications;
using AuthServer.Configuration;
using AuthServer.Data;
using AuthServer.Protocol;
using AuthServer.Protocol.Tokens;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Scopes;

/// <summary>Brings the configured protected APIs up to date. One that is no longer named takes no new tokens.</summary>
public sealed class ConfiguredResources(IDbContextFactory<AuthDbContext> contexts, TimeProvider clock)
{
    /// <exception cref="StartRefusedException">An organization has registered one of the URLs.</exception>
    public async Task ApplyAsync(
        IReadOnlyList<AuthServerOptions.ResourceSettings> configured, IReadOnlyList<AuthServerOptions.ResourceSettings> demo, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var faults = new List<string>();
        await using var context = await contexts.CreateDbContextAsync(ct);
        var rows = await context.ProtectedResources.ToDictionaryAsync(row => row.Uri, StringComparer.Ordinal, ct);
        foreach (var (resource, source) in configured.Select(resource => (resource, Sources.Configuration)).Concat(demo.Select(resource => (resource, Sources.Demo))))
        {
            var uri = ResourceServer.Canonical(resource.Url!)!;
            if (!rows.Remove(uri, out var row))
            {
                context.ProtectedResources.Add(row = new ProtectedResource { Uri = uri, Id = Identifiers.New("res_", now), CreatedAt = now });
            }

            if (row.OrganizationId is not null)
            {
                faults.Add($"The resource '{uri}' is registered by an organization.");
                continue;
            }

            row.DisplayName = resource.DisplayName;
            row.Scopes = ApplicationMapping.Json(resource.Scopes) ?? "[]";
            row.Source = source;
        }

        if (faults.Count > 0)
        {
            throw new StartRefusedException(faults);
        }

        context.ProtectedResources.RemoveRange(rows.Values.Where(row => row.Source is not null));
        await context.SaveChangesAsync(ct);
    }
}
