using AuthServer.Vault.Accounts;

namespace AuthServer.Vault.Refresh;

/// <summary>Asks a provider when a new token ends that did not say so itself. The token is kept by then: nothing is lost if nobody answers.</summary>
internal sealed class TokenEnds(RefreshReading reading, RefreshEnding ending, ProviderInquiries inquiries)
{
    /// <param name="saved">What came of the refresh.</param>
    public async Task<RefreshOutcome> LearnAsync(RefreshTurn turn, PreparedRefresh prepared, RefreshOutcome saved)
    {
        if (saved.Tokens is not { } tokens || !ProviderInquiries.NeedsEnd(prepared.App, tokens))
        {
            return saved;
        }

        var told = await inquiries.WithEndAsync(prepared.App, tokens);
        return told.ExpiresAt is not null && await reading.FindAsync(turn.Read.Account.Id, CancellationToken.None) is { Fault: null } read && read.Tokens!.AccessToken == tokens.AccessToken
            ? await ending.KeepAsync(turn with { Read = read }, prepared, read.Tokens with { ExpiresAt = told.ExpiresAt })
            : saved;
    }
}
