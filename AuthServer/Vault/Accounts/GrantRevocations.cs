using AuthServer.Data;
using AuthServer.Outbound;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Dialect;
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

    /// <summary>Nobody had confirmed it: the provider is asked in a moment, and again until it has heard.</summary>
    Queued,
}

/// <summary>Takes grants back at their provider. Some providers keep one grant for all that a person lets one app do: as long as another account here lives by it, it stays.</summary>
public sealed class GrantRevocations(IDbContextFactory<AuthDbContext> contexts, ProviderApps apps, SharedGrants shared, OutboundRequests requests)
{
    /// <param name="providerAccount">Whose grant it is there; null: unknown.</param>
    /// <param name="exceptAccount">The account that gives it up.</param>
    /// <param name="exceptLink">The attempt that gives it up.</param>
    public async Task<GrantEnd> EndAsync(
        Connection connection, TokenSet? tokens, string? providerAccount, string? exceptAccount, string? exceptLink, CancellationToken ct)
    {
        var (end, app) = await ForeseeAsync(connection, tokens, providerAccount, exceptAccount, exceptLink, ct);
        if (end != GrantEnd.Revoked)
        {
            return end;
        }

        var done = true;
        foreach (var call in RevocationCalls.Write(app!, tokens!))
        {
            done &= RevocationCalls.IsDone(app!.OAuth.Revocation!, await requests.SendAsync(call, ct));
        }

        return done ? GrantEnd.Revoked : GrantEnd.Failed;
    }

    /// <summary>What would become of it, as far as nobody has to be asked.</summary>
    public async Task<GrantEnd> ForeseeAsync(Connection connection, TokenSet? tokens, string? providerAccount, string exceptAccount, CancellationToken ct) =>
        (await ForeseeAsync(connection, tokens, providerAccount, exceptAccount, null, ct)).End;

    private async Task<(GrantEnd End, ProviderApp? App)> ForeseeAsync(
        Connection connection, TokenSet? tokens, string? providerAccount, string? exceptAccount, string? exceptLink, CancellationToken ct)
    {
        if (tokens is null || (await apps.OpenAsync(connection, ct)).App is not { } app)
        {
            return (tokens is null ? GrantEnd.None : GrantEnd.Failed, null);
        }

        // What is on its way for an account goes with it: nobody lives by that.
        await using var context = await contexts.CreateDbContextAsync(ct);
        var own = await (
            from account in context.ConnectedAccounts
            join link in context.AccountLinks on new { account.ConnectionId, account.IdentifierType, account.Identifier } equals new { link.ConnectionId, link.IdentifierType, link.Identifier }
            where account.Id == exceptAccount
            select link.Id).ToListAsync(ct);
        var attempt = exceptLink is null ? null : await context.AccountLinks.AsNoTracking().FirstOrDefaultAsync(row => row.Id == exceptLink, ct);
        var given = new GivenUpGrant(connection, app, tokens, providerAccount) { Attempt = attempt };
        if (await shared.HasOthersAsync(given, rows => rows.Where(row => row.Id != exceptAccount), rows => rows.Where(row => row.Id != exceptLink && !own.Contains(row.Id)), ct))
        {
            return (GrantEnd.Shared, app);
        }

        var end = RevocationCalls.Write(app, tokens).Count > 0 ? GrantEnd.Revoked : app.OAuth.Revocation is null ? GrantEnd.NotOffered : GrantEnd.Failed;
        return (end, app);
    }

    public static string WordsOf(GrantEnd end) => end switch
    {
        GrantEnd.Revoked => "The access was taken back at the provider too.",
        GrantEnd.Shared => "The access stays at the provider: another account here lives by the same grant.",
        GrantEnd.NotOffered => "The provider has no way to take the access back from here: its owner can remove the app in their settings there.",
        GrantEnd.Failed => "The provider could not be asked to take the access back. It is asked again for three days, where that is possible; its owner can remove the app in their settings there.",
        GrantEnd.Queued => "What was granted and not confirmed yet is taken back at the provider in a moment.",
        _ => "There was nothing to take back at the provider.",
    };
}
