using AuthServer.Vault.Refresh;

namespace AuthServer.Vault.Accounts;

/// <summary>Accounts that are looked at while their tokens are due: renewed first, so that what is shown is what holds. What cannot be renewed is shown as it is.</summary>
public sealed class DueAccounts(AccountTokens tokens, TimeProvider clock)
{
    /// <summary>True: it may have changed, and is to be read again.</summary>
    public async Task<bool> RenewAsync(ConnectedAccount account, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (account.Status != AccountStatus.Active || !(account.AccessExpiresAt <= now || account.RefreshAt <= now))
        {
            return false;
        }

        await tokens.RefreshAheadAsync(account.Id, ct);
        return true;
    }
}
