using AuthServer.Applications;
using AuthServer.Data;
using AuthServer.Data.OpenIddict;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Scopes;

/// <summary>The clients that may introspect an API's tokens: those whose applications have it as an audience.</summary>
internal static class Introspectors
{
    /// <summary>Those of these clients that are the organization's: its agents, and the credentials of its APIs.</summary>
    public static Task<Dictionary<string, OpenIddictApplication>> FindAsync(
        AuthDbContext context, string organizationId, IReadOnlyCollection<string> clientIds, CancellationToken ct) =>
        context.Applications
            .Where(application => clientIds.Contains(application.ClientId)
                && (context.Agents.Any(agent => agent.ApplicationId == application.Id && agent.OrganizationId == organizationId)
                    || context.ProtectedResources.Any(resource => resource.ApplicationId == application.Id && resource.OrganizationId == organizationId)))
            .ToDictionaryAsync(application => application.ClientId!, StringComparer.Ordinal, ct);

    public static void Allow(OpenIddictApplication application, string uri) => Change(application, audiences => audiences.Append(uri));

    public static void Forbid(OpenIddictApplication application, string uri) => Change(application, audiences => audiences.Where(other => other != uri));

    private static void Change(OpenIddictApplication application, Func<IEnumerable<string>, IEnumerable<string>> change)
    {
        var extras = ApplicationExtras.Read(application.Properties);
        application.Properties = (extras with { Audiences = [.. change(extras.Audiences).Distinct(StringComparer.Ordinal)] }).WriteTo(application.Properties);
        application.ConcurrencyToken = Guid.NewGuid().ToString();
    }
}
