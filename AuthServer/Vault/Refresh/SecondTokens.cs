using AuthServer.Data;
using AuthServer.Outbound;
using AuthServer.Protocol.State;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Dialect;

namespace AuthServer.Vault.Refresh;

/// <summary>Renews the second token of an account, such as the user's beside the bot's, in the turn of the first. It has a refresh token of its own, which is as good as
/// once: it is sent under the same lease rules, and what comes of it is saved before anything else. What becomes of it never touches the first.</summary>
internal sealed class SecondTokens(RefreshReading reading, AccountRefreshes refreshes, RefreshEnding ending, OutboundRequests requests, IAuditTrail trail, TimeProvider clock)
{
    /// <param name="saved">What came of the first.</param>
    public async Task<RefreshOutcome> RefreshAsync(RefreshTurn turn, PreparedRefresh prepared, RefreshOutcome saved)
    {
        var now = clock.GetStoredNow();
        if (saved.Tokens?.Secondary is null || await reading.FindAsync(turn.Read.Account.Id, CancellationToken.None) is not { Fault: null } read
            || read.Tokens!.Secondary is not { RefreshToken: { } refreshToken } second || !ReadAccount.IsSecondDue(second, RefreshTimes.Since(turn.Read.Account), read.Settings, now)
            || TokenCalls.Refresh(prepared.App, refreshToken) is not { } request)
        {
            return saved;
        }

        // Somebody died while it was asked: a second use might end what still works.
        var known = RefreshAttempt.Known(turn.Read.Account, RefreshAttempt.Fingerprint(refreshToken));
        if (known is not null && !known.MaySendAgain(prepared.Rules, now))
        {
            return await LoseAsync(turn with { Read = read }, prepared, second, ProviderFaults.Uncertain, now);
        }

        var attempt = known?.Again ?? new RefreshAttempt(RefreshAttempt.Fingerprint(refreshToken), now, 1);
        var owner = Guid.NewGuid().ToString("N");
        if (!await refreshes.TryLeaseAsync(read.Account, owner, now, now + RefreshEngine.Lease, attempt, CancellationToken.None))
        {
            return saved;
        }

        var answer = await requests.SendAsync(request, CancellationToken.None);
        var outcome = TokenReading.ReadSecond(prepared.App, answer, now, second);
        if (outcome.Tokens is { } renewed)
        {
            return await ending.SaveAsync(turn with { Read = read }, prepared, read.Tokens with { Secondary = renewed });
        }

        if (outcome.Fault!.Kind is FaultKind.Owner or FaultKind.Revoked)
        {
            return await LoseAsync(turn with { Read = read }, prepared, second, outcome.Fault, now);
        }

        // It is tried again in the account's next turn.
        await refreshes.ReleaseAsync(read.Account.Id, owner, RefreshCall.IsLost(answer, outcome) ? attempt : null, CancellationToken.None);
        return saved;
    }

    /// <summary>It lives until its end, and nobody renews it any more: its owner is to link the account again.</summary>
    private async Task<RefreshOutcome> LoseAsync(RefreshTurn turn, PreparedRefresh prepared, TokenSet second, ProviderFault fault, DateTimeOffset now)
    {
        var outcome = await ending.SaveAsync(turn, prepared, turn.Read.Tokens! with { Secondary = second with { RefreshToken = null } });
        await trail.AppendAsync(RefreshEvents.OfAccount(RefreshEvents.SecondLost, turn.Read.Account, now, fault), CancellationToken.None);
        return outcome;
    }
}
