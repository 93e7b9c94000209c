using AuthServer.Data;
using AuthServer.Outbound;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Dialect;
using AuthServer.Vault.Providers;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Vault.Accounts;

/// <summary>What became of a grant at its provider.</summary>
public enum GrantEnd
{
    Revoked,

    /// <summary>Another account here lives by the same grant.</summary>
    Shared,

    /// <summary>The provider has no call for that.</summary>
    NotOffered,

    /// <summary>The provider could not be asked, or refused.</summary>
    Failed,

    /// <summary>There was none.</summary>
    None,
}

/// <summary>Takes grants back at their provider. Some providers keep one grant for all that a person lets one app do: as long as another account here lives by it, it stays.</summary>
public sealed class GrantRevocations(IDbContextFactory<AuthDbContext> contexts, ProviderApps apps, OutboundRequests requests)
{
    /// <param name="providerAccount">Whose grant it is there; null: unknown.</param>
    /// <param name="exceptAccount">The account that gives it up.</param>
    /// <param name="exceptLink">The attempt that gives it up.</param>
    public async Task<GrantEnd> EndAsync(
        Connection connection, TokenSet? tokens, string? providerAccount, string? exceptAccount, string? exceptLink, CancellationToken ct)
    {
        if (tokens is null || (await apps.OpenAsync(connection, ct)).App is not { } app)
        {
            return tokens is null ? GrantEnd.None : GrantEnd.Failed;
        }

        if (await IsSharedAsync(connection, app, providerAccount, exceptAccount, exceptLink, ct))
        {
            return GrantEnd.Shared;
        }

        var calls = RevocationCalls.Write(app, tokens);
        if (calls.Count == 0)
        {
            return app.OAuth.Revocation is null ? GrantEnd.NotOffered : GrantEnd.Failed;
        }

        var done = true;
        foreach (var call in calls)
        {
            done &= RevocationCalls.IsDone(app, await requests.SendAsync(call, ct));
        }

        return done ? GrantEnd.Revoked : GrantEnd.Failed;
    }

    public static string WordsOf(GrantEnd end) => end switch
    {
        GrantEnd.Revoked => "The access was taken back at the provider too.",
        GrantEnd.Shared => "The access stays at the provider: another account here lives by the same grant.",
        GrantEnd.NotOffered => "The provider has no way to take the access back from here: its owner can remove the app in their settings there.",
        GrantEnd.Failed => "The provider could not be asked to take the access back: its owner can remove the app in their settings there.",
        _ => "There was nothing to take back at the provider.",
    };

    private async Task<bool> IsSharedAsync(Connection connection, ProviderApp app, string? providerAccount, string? exceptAccount, string? exceptLink, CancellationToken ct)
    {
        // An app that is uninstalled is so for everybody there.
        var ofApp = app.OAuth.Revocation?.Ends == RevocationEffect.App;
        if (providerAccount is null && !ofApp)
        {
            return false;
        }

        await using var context = await contexts.CreateDbContextAsync(ct);
        var others = await context.ConnectedAccounts.AsNoTracking()
            .Where(row => row.Id != exceptAccount && row.Tokens != null && (ofApp ? row.ConnectionId == connection.Id : row.ProviderAccount == providerAccount))
            .Select(row => row.ConnectionId).Distinct().ToListAsync(ct);
        others.AddRange(await context.AccountLinks.AsNoTracking()
            .Where(row => row.Id != exceptLink && row.Tokens != null && row.Stage == LinkStage.Waiting && row.ProviderAccount == providerAccount && providerAccount != null)
            .Select(row => row.ConnectionId).Distinct().ToListAsync(ct));
        var connections = await context.Connections.AsNoTracking().Where(row => others.Contains(row.Id)).ToListAsync(ct);
        foreach (var other in connections)
        {
            // Ids of accounts are the provider's own: the same one at another provider, or by another app, is another grant.
            if ((await apps.OpenAsync(other, ct)).App is { } theirs && theirs.ClientId == app.ClientId && theirs.TokenUrl == app.TokenUrl)
            {
                return true;
            }
        }

        return false;
    }
}
