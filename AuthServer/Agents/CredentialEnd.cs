using AuthServer.Data;
using AuthServer.Http.Api;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Agents;

/// <summary>When a caller's credential ends: nothing that is made with it lasts longer.</summary>
internal static class CredentialEnd
{
    /// <summary>The first end among that of the agent itself and those of the keys that its credential is or came by; null: there is none.</summary>
    public static async Task<DateTimeOffset?> FindAsync(AuthDbContext context, ActingParty caller, CancellationToken ct)
    {
        if (caller.Agent is not { KeyIds: var ids } agent)
        {
            return null;
        }

        var keys = ids.Count == 0 ? [] : await context.ApiKeys.Where(key => ids.Contains(key.Id)).Select(key => key.ExpiresAt).ToListAsync(ct);
        return keys.Append(agent.Client.ExpiresAt).Min();
    }
}
