using AuthServer.Data;
using AuthServer.Http.Api;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Agents;

/// <summary>What a caller's credential hangs on: nothing that is made with it lasts longer.</summary>
internal static class CredentialEnd
{
    /// <summary>The first end among that of the agent itself, those of the keys and certificates that its credential is or came by, and that of the consent by
    /// which a client calls for a person; null: there is none.</summary>
    public static async Task<DateTimeOffset?> FindAsync(AuthDbContext context, ActingParty caller, CancellationToken ct)
    {
        List<DateTimeOffset?> ends = [caller.Agent?.Client.ExpiresAt];
        IReadOnlyList<string> ids = caller.Agent?.KeyIds ?? (caller.Developer?.KeyId is { } own ? [own] : []);
        if (ids.Count > 0)
        {
            ends.AddRange(await context.ApiKeys.Where(key => ids.Contains(key.Id)).Select(key => key.ExpiresAt).ToListAsync(ct));
            ends.AddRange(await context.Certificates.Where(row => ids.Contains(row.Id)).Select(row => (DateTimeOffset?)row.ExpiresAt).ToListAsync(ct));
        }

        if (caller.AuthorizationId is { } consent)
        {
            ends.Add(await context.Consents.Where(row => row.AuthorizationId == consent).Select(row => row.ExpiresAt).FirstOrDefaultAsync(ct));
        }

        return ends.Min();
    }

    /// <summary>The authorization that a key hangs on which is made with it: the consent by which a client calls, or what the agent's own key hangs on.</summary>
    public static async Task<string?> GiverAsync(AuthDbContext context, ActingParty caller, CancellationToken ct) => caller.Agent is { KeyIds: { Count: > 0 } ids }
        ? await context.ApiKeys.Where(key => ids.Contains(key.Id) && key.GivenById != null).Select(key => key.GivenById).FirstOrDefaultAsync(ct)
        : caller.AuthorizationId;
}
