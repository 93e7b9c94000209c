using AuthServer.Data;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Applications;

/// <summary>Keeps the web origins of a client where its redirect URIs are.</summary>
public static class ApplicationOrigins
{
    public static async Task WriteAsync(AuthDbContext context, string applicationId, IEnumerable<string> redirectUris, CancellationToken ct)
    {
        var wanted = Of(redirectUris);
        foreach (var known in await context.ClientOrigins.Where(origin => origin.ApplicationId == applicationId).ToListAsync(ct))
        {
            if (!wanted.Remove(known.Origin))
            {
                context.ClientOrigins.Remove(known);
            }
        }

        context.ClientOrigins.AddRange(wanted.Select(origin => new ClientOrigin { Origin = origin, ApplicationId = applicationId }));
    }

    /// <summary>The same of a client that nobody here vouches for: what runs on people's own machines is no page of its.</summary>
    public static IReadOnlySet<string> OfStranger(IEnumerable<string> redirectUris) => Of(redirectUris.Where(uri => !new Uri(uri).IsLoopback));

    private static HashSet<string> Of(IEnumerable<string> redirectUris) => redirectUris
        .Where(uri => uri.StartsWith("http", StringComparison.Ordinal))
        .Select(uri => new Uri(uri).GetLeftPart(UriPartial.Authority))
        .ToHashSet(StringComparer.Ordinal);
}
