using AuthServer.Data;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Dialect;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Vault.Refresh;

/// <summary>Reads an account with all that its refresh depends on.</summary>
internal sealed class RefreshReading(IDbContextFactory<AuthDbContext> contexts, SealedTokens seal)
{
    /// <summary>Null: it is gone.</summary>
    public async Task<ReadAccount?> FindAsync(string accountId, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var found = await (from account in context.ConnectedAccounts.AsNoTracking()
                           join connection in context.Connections.AsNoTracking() on account.ConnectionId equals connection.Id
                           where account.Id == accountId
                           select new { account, connection }).FirstOrDefaultAsync(ct);
        return found is null ? null : new ReadAccount(found.account, found.connection, seal.Open(found.account.Tokens, found.account.TokensPlace));
    }
}

/// <param name="Tokens">Null: there are none, or they cannot be opened.</param>
internal sealed record ReadAccount(ConnectedAccount Account, Connection Connection, TokenSet? Tokens)
{
    // The first is renewed along with it: not at every call while the second cannot be.
    private static readonly TimeSpan SecondPause = TimeSpan.FromMinutes(5);

    public ConnectionSettings Settings { get; } = Connection.ReadSettings();

    /// <summary>Whether the access token holds still, as far as its own end says.</summary>
    public bool IsAlive(DateTimeOffset now) => Tokens is not null && (Tokens.ExpiresAt is null || Tokens.ExpiresAt > now);

    public bool IsUsed(DateTimeOffset now) => now - (Account.LastUsedAt ?? Account.CreatedAt) < RefreshTimes.Used;

    public bool IsDue(DateTimeOffset now) => RefreshTimes.DueAt(Tokens?.ExpiresAt, RefreshTimes.Since(Account), Settings) <= now
        || (Tokens?.Secondary is { } second && now - RefreshTimes.Since(Account) >= SecondPause && IsSecondDue(second, RefreshTimes.Since(Account), Settings, now));

    /// <summary>Whether the second token is to be renewed.</summary>
    /// <param name="since">Since when it lives.</param>
    public static bool IsSecondDue(TokenSet second, DateTimeOffset since, ConnectionSettings settings, DateTimeOffset now) =>
        second.RefreshToken is not null && RefreshTimes.DueAt(second.ExpiresAt, since, settings) <= now;

    /// <summary>Why nothing can be done with it, whatever the provider says; null: nothing stands against it.</summary>
    public ProviderFault? Fault => Account.Status switch
    {
        AccountStatus.Pending => ProviderFaults.NotVerified,
        AccountStatus.Expired => ProviderFaults.Of(Account.Fault) ?? ProviderFaults.Expired,
        AccountStatus.Revoked => ProviderFaults.Of(Account.Fault) ?? ProviderFaults.Revoked,
        _ => Tokens is null ? ProviderFaults.Sealed : null,
    };

    public override string ToString() => $"ReadAccount {Account.Id} (redacted)";
}
