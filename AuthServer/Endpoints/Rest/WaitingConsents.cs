using AuthServer.Data;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Endpoints.Rest;

/// <summary>The requests that agents filed for one person, and that wait for their answer.</summary>
public sealed class WaitingConsents(IDbContextFactory<AuthDbContext> contexts, ConsentRequests requests, TimeProvider clock)
{
    /// <summary>Anybody can file one for anybody, so a person is shown the newest of them only.</summary>
    public const int Most = 10;

    /// <summary>Newest first. Those whose agent may not ask any more are left out.</summary>
    public async Task<IReadOnlyList<FiledConsent>> OfAsync(string userId, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var context = await contexts.CreateDbContextAsync(ct);
        var ids = await context.AuthorizationRequests.AsNoTracking()
            .Where(row => row.ForSubject == userId && row.RequiredScopes != null && row.ConsentSubject == null && row.ExpiresAt > now)
            .OrderByDescending(row => row.CreatedAt).Select(row => row.Id).Take(Most).ToListAsync(ct);
        var found = new List<FiledConsent>(ids.Count);
        foreach (var id in ids)
        {
            if ((await requests.FindAsync(id, ct)).Value is { } filed)
            {
                found.Add(filed);
            }
        }

        return found;
    }
}
