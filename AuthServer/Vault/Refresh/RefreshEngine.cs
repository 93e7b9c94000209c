using AuthServer.Data;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Dialect;

namespace AuthServer.Vault.Refresh;

/// <summary>Refreshes one account, on one node at a time: a lease says whose turn it is, an attempt is written before the call, and only what was read is replaced. Nobody holds
/// a database connection while the provider is asked.</summary>
internal sealed class RefreshEngine(RefreshReading reading, AccountRefreshes refreshes, RefreshCall call, RefreshEnding ending, SecondTokens seconds, TokenEnds ends, TimeProvider clock)
{
    /// <summary>How long an account is one node's: longer than it asks the provider, twice, and saves what it got.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(45);

    /// <summary>An access token that is refused although it is younger than that is refused for another reason.</summary>
    public static readonly TimeSpan Young = TimeSpan.FromSeconds(30);

    // Another process's progress is not for this one's clock. Mostly it is done at once; one that died is not looked for all the time.
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan LongestLook = TimeSpan.FromMilliseconds(500);

    public async Task<RefreshOutcome> RefreshAsync(string accountId, RefreshReason reason, CancellationToken ct)
    {
        while (true)
        {
            if (await reading.FindAsync(accountId, ct) is not { } read)
            {
                return RefreshOutcome.Of(ProviderFaults.Disconnected);
            }

            var now = clock.GetStoredNow();
            if (Settled(read, reason, now) is { } settled)
            {
                return settled;
            }

            if (read.Account.LeaseUntil > now)
            {
                await WaitAsync(read.Account, ct);
            }
            else if (await TryAsync(read, reason, now, ct) is { } outcome)
            {
                return outcome;
            }
        }
    }

    /// <summary>What is to be said without asking anybody; null: the provider has to be asked.</summary>
    private static RefreshOutcome? Settled(ReadAccount read, RefreshReason reason, DateTimeOffset now)
    {
        var (account, tokens) = (read.Account, read.Tokens);
        if (read.Fault is { } fault)
        {
            return RefreshOutcome.Of(fault);
        }

        // Whoever looks ahead has put off the account's next look to make this one: a failure that stands is not left until then.
        var isYoung = now - account.LastRefreshedAt < Young;
        if (reason.IsAhead ? isYoung && account.Failures == 0 : reason.Failed is { } failed ? isYoung || tokens!.AccessToken != failed : !read.IsDue(now))
        {
            return RefreshOutcome.Of(tokens!);
        }

        var inForce = reason.Failed is null && read.IsAlive(now);
        if (read.Connection.Status != ConnectionStatus.Active)
        {
            return inForce ? RefreshOutcome.Of(tokens!) : RefreshOutcome.Of(ProviderFaults.Of(read.Connection.Fault) ?? ProviderFaults.ConnectionOff);
        }

        // Nobody asks a provider more often because it fails; whoever looks ahead has waited already. Where an answer was lost, there is nothing to lose once the
        // access token is dead.
        var isItsTurn = reason.IsAhead || (account.Fault == ProviderFaults.Uncertain.Code && reason.Failed is not null);
        return account.Failures > 0 && account.RefreshAt > now && !isItsTurn
            ? new RefreshOutcome { Tokens = inForce ? tokens : null, Fault = ProviderFaults.Of(account.Fault) ?? ProviderFaults.Unavailable, RetryAt = account.RefreshAt }
            : null;
    }

    /// <summary>Null: the account is not as it was read; look again.</summary>
    private async Task<RefreshOutcome?> TryAsync(ReadAccount read, RefreshReason reason, DateTimeOffset now, CancellationToken ct)
    {
        var turn = new RefreshTurn(read, reason.Failed is null && read.IsAlive(now), !reason.IsAhead);
        if (read.Tokens!.RefreshToken is not { } refreshToken)
        {
            // It may do until its end. An API may refuse it for one call, and not for the next.
            return read.IsAlive(now) ? RefreshOutcome.Of(read.Tokens) : await ending.EndAsync(turn, ProviderFaults.NoRefreshToken, ct);
        }

        var (prepared, fault) = await call.PrepareAsync(read, refreshToken, ct);
        if (prepared is null)
        {
            return await ending.FailAsync(turn with { Attempt = KnownOf(read, refreshToken) }, fault!, isLost: false, ct);
        }

        var known = KnownOf(read, refreshToken);
        if (known is not null && !known.MaySendAgain(prepared.Rules, now) && turn.IsAlive)
        {
            // Somebody died while it was asked. A second use might end what still works.
            return await ending.FailAsync(turn with { Attempt = known }, ProviderFaults.Uncertain, isLost: true, ct);
        }

        var attempt = known?.Again ?? new RefreshAttempt(RefreshAttempt.Fingerprint(refreshToken), now, 1);
        var owner = Guid.NewGuid().ToString("N");
        return await refreshes.TryLeaseAsync(read.Account, owner, now, now + Lease, attempt, ct)
            ? await AskAsync(turn with { Attempt = attempt }, prepared, owner, ct)
            : null;
    }

    private async Task<RefreshOutcome?> AskAsync(RefreshTurn turn, PreparedRefresh prepared, string owner, CancellationToken ct)
    {
        while (true)
        {
            // From here on nobody calls it off: what the provider gives is kept.
            var answer = await call.SendAsync(prepared, turn.Read.Tokens!);
            if (answer.Tokens is { } tokens)
            {
                return await ends.LearnAsync(turn, prepared, await seconds.RefreshAsync(turn, prepared, await ending.SaveAsync(turn, prepared, tokens)));
            }

            var now = clock.GetStoredNow();
            if (!answer.IsLost || prepared.StaysGood || turn.Attempt!.Count > 1 || !turn.Attempt.MaySendAgain(prepared.Rules, now)
                || !await refreshes.TryAgainAsync(turn.Read.Account.Id, owner, now + Lease, turn.Attempt.Again, ct))
            {
                return await ending.FailAsync(turn, answer.Fault!, answer.IsLost && !prepared.StaysGood, ct);
            }

            turn = turn with { Attempt = turn.Attempt.Again };
        }
    }

    private static RefreshAttempt? KnownOf(ReadAccount read, string refreshToken) => RefreshAttempt.Known(read.Account, RefreshAttempt.Fingerprint(refreshToken));

    /// <summary>Until whoever refreshes it is done, or their time is over.</summary>
    private async Task WaitAsync(ConnectedAccount account, CancellationToken ct)
    {
        for (var pause = FirstLook; await refreshes.LookAsync(account.Id, ct) is { } state && state.Version == account.Version && state.Until > clock.GetStoredNow();)
        {
            await Task.Delay(pause, ct);
            pause = pause * 1.5 < LongestLook ? pause * 1.5 : LongestLook;
        }
    }
}

/// <summary>Why an account is looked at.</summary>
/// <param name="Failed">The access token that its API did not accept; null: time has passed.</param>
/// <param name="IsAhead">Whether nobody wants to use it now.</param>
internal readonly record struct RefreshReason(string? Failed, bool IsAhead)
{
    public static RefreshReason Use { get; } = new(null, false);

    public static RefreshReason Ahead { get; } = new(null, true);

    public static RefreshReason Refused(string accessToken) => new(accessToken, false);

    public override string ToString() => "RefreshReason (redacted)";
}

/// <summary>One node's turn with an account.</summary>
/// <param name="IsAlive">Whether its access token still works, as far as anybody knows.</param>
/// <param name="IsUse">Whether somebody wants to use it now.</param>
internal sealed record RefreshTurn(ReadAccount Read, bool IsAlive, bool IsUse)
{
    /// <summary>Null: the provider is not asked.</summary>
    public RefreshAttempt? Attempt { get; init; }

    public override string ToString() => $"RefreshTurn {Read.Account.Id} (redacted)";
}
