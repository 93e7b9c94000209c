using AuthServer.Data;
using AuthServer.Http.Api;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Agents;

/// <summary>When a caller's credential ends: nothing that is made with it lasts longer.</summary>
internal static class CredentialEnd
{
    /// <summary>The first end among that of the agent itself and those of the keys and certificates that its credential is or came by; null: there is none.</summary>
    public static async Task<DateTimeOffset?> FindAsync(AuthDbContext context, ActingParty caller, CancellationToken ct)
    {
        var ids = caller.Agent?.KeyIds ?? (caller.Developer?.KeyId is { } own ? [own] : []);
        if (ids.Count == 0)
        {
            return caller.Agent?.Client.ExpiresAt;
        }

        var keys = await context.ApiKeys.Where(key => ids.Contains(key.Id)).Select(key => key.ExpiresAt).ToListAsync(ct);
        var certificates = await context.Certificates.Where(row => ids.Contains(row.Id)).Select(row => (DateTimeOffset?)row.ExpiresAt).ToListAsync(ct);
        return keys.Concat(certificates).Append(caller.Agent?.Client.ExpiresAt).Min();
    }
}
