using AuthServer.Data;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Dialect;
using AuthServer.Vault.Providers;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Vault.Accounts;

/// <summary>A grant that somebody gives up.</summary>
/// <param name="ProviderAccount">Whose it is at the provider; null: unknown.</param>
public sealed record GivenUpGrant(Connection Connection, ProviderApp App, TokenSet Held, string? ProviderAccount)
{
    /// <summary>The attempt that brought it; null: an account held it.</summary>
    public AccountLink? Attempt { get; init; }

    public override string ToString() => "GivenUpGrant (redacted)";
}

/// <summary>Finds out whether others here live by what would end with a grant: what that is, providers see differently.</summary>
public sealed class SharedGrants(IDbContextFactory<AuthDbContext> contexts, ProviderApps apps, SealedTokens tokens)
{
    /// <param name="others">The accounts that stay.</param>
    /// <param name="attempts">The attempts that stay.</param>
    public async Task<bool> HasOthersAsync(
        GivenUpGrant given, Func<IQueryable<ConnectedAccount>, IQueryable<ConnectedAccount>> others, Func<IQueryable<AccountLink>, IQueryable<AccountLink>> attempts, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var accounts = others(context.ConnectedAccounts.AsNoTracking()).Where(row => row.Tokens != null);
        var links = attempts(context.AccountLinks.AsNoTracking()).Where(row => row.Tokens != null && (row.Stage == LinkStage.Waiting || row.Stage == LinkStage.Choosing));
        return given.App.OAuth.Revocation?.Ends switch
        {
            RevocationEffect.AccessToken or RevocationEffect.RefreshToken => await HoldSameAsync(given, accounts, links, ct),
            RevocationEffect.App => await AreOfAppAsync(context, given, await IdsAsync(accounts.Where(
                row => row.ConnectionId == given.Connection.Id || (given.ProviderAccount != null && row.ProviderAccount == given.ProviderAccount)).Select(row => row.ConnectionId), ct), ct),
            _ when given.ProviderAccount is null => await MayBeOwnersAsync(given, accounts, ct),
            _ => await AreOfAppAsync(context, given,
                [
                    .. await IdsAsync(accounts.Where(row => row.ProviderAccount == given.ProviderAccount).Select(row => row.ConnectionId), ct),
                    .. await IdsAsync(links.Where(row => row.ProviderAccount == given.ProviderAccount).Select(row => row.ConnectionId), ct),
                ], ct),
        };
    }

    /// <summary>Whose it is there was not found out. Most likely its owner came back for what they have already: that must not end by an attempt that failed.</summary>
    private static async Task<bool> MayBeOwnersAsync(GivenUpGrant given, IQueryable<ConnectedAccount> accounts, CancellationToken ct) => given.Attempt is { } attempt
        && await accounts.AnyAsync(row => row.ConnectionId == attempt.ConnectionId && row.IdentifierType == attempt.IdentifierType && row.Identifier == attempt.Identifier, ct);

    /// <summary>Ids of accounts are the provider's own: the same one at another provider, or by another app, is another grant.</summary>
    private async Task<bool> AreOfAppAsync(AuthDbContext context, GivenUpGrant given, IReadOnlyList<string> ids, CancellationToken ct)
    {
        foreach (var other in await context.Connections.AsNoTracking().Where(row => ids.Contains(row.Id)).ToListAsync(ct))
        {
            if ((await apps.OpenAsync(other, ct)).App is { } theirs && theirs.ClientId == given.App.ClientId && theirs.TokenUrl == given.App.TokenUrl)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A token ends alone, so that only who holds the very same one lives by it: as where a bot has one for all who install it.</summary>
    private async Task<bool> HoldSameAsync(GivenUpGrant given, IQueryable<ConnectedAccount> accounts, IQueryable<AccountLink> links, CancellationToken ct)
    {
        var (owner, connectionId, hasBot) = (given.ProviderAccount, given.Connection.Id, given.App.OAuth.Token.Answer.Second is not null);
        var ends = given.App.OAuth.Revocation!.Ends;
        var ending = TokensOf(given.Held, ends).ToHashSet(StringComparer.Ordinal);
        bool IsSame(TokenSet? held) => held is not null && TokensOf(held, ends).Any(ending.Contains);
        foreach (var row in await accounts.Where(row => (hasBot && row.ConnectionId == connectionId) || (owner == null ? row.ConnectionId == connectionId : row.ProviderAccount == owner)).ToListAsync(ct))
        {
            if (IsSame(tokens.Open(row.Tokens, row.TokensPlace)))
            {
                return true;
            }
        }

        foreach (var row in await links.Where(row => (hasBot && row.ConnectionId == connectionId) || (owner != null && row.ProviderAccount == owner)).ToListAsync(ct))
        {
            if (IsSame(tokens.Open(row.Tokens, row.TokensPlace)))
            {
                return true;
            }
        }

        return false;
    }

    private static IEnumerable<string> TokensOf(TokenSet held, RevocationEffect ends) =>
        new[] { held, held.Secondary }.Select(set => ends == RevocationEffect.AccessToken ? set?.AccessToken : set?.RefreshToken).OfType<string>();

    private static Task<List<string>> IdsAsync(IQueryable<string> ids, CancellationToken ct) => ids.Distinct().ToListAsync(ct);
}
