using System.Data.Common;
using System.Text.Json;
using AuthServer.Data;
using AuthServer.Protocol.State;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Dialect;
using AuthServer.Vault.Usage;
using Microsoft.Extensions.Logging;

namespace AuthServer.Vault.Refresh;

/// <summary>Keeps what came of a turn, in one commit with its event: new tokens, or what the failure made of the account.</summary>
internal sealed partial class RefreshEnding(
    AccountRefreshes refreshes, RefreshReading reading, SealedTokens seal, GrantRevocations revocations, GrantEndings endings, RefreshSuccesses successes, UsageBook usage,
    TimeProvider clock, ILogger<RefreshEnding> logger)
{
    private const int MostSaves = 6;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);

    /// <summary>Keeps new tokens, whatever stands in the way: there may be no others.</summary>
    public async Task<RefreshOutcome> SaveAsync(RefreshTurn turn, PreparedRefresh prepared, TokenSet tokens)
    {
        successes.Count(turn.Read.Connection.Id, clock.GetStoredNow());
        usage.CountRefresh(turn.Read.Connection, turn.Read.Account, null);
        return await KeepAsync(turn, prepared, tokens);
    }

    /// <summary>The same of what is known better of tokens that were kept already.</summary>
    public async Task<RefreshOutcome> KeepAsync(RefreshTurn turn, PreparedRefresh prepared, TokenSet tokens)
    {
        var (read, now) = (turn.Read, clock.GetStoredNow());
        for (var save = 1; ; save++)
        {
            try
            {
                if (await TrySaveAsync(read, turn.IsUse, prepared, tokens, now))
                {
                    return RefreshOutcome.Of(tokens);
                }
            }
            catch (DbException e) when (save < MostSaves)
            {
                Log.NotSaved(logger, read.Account.Id, e);
                await Task.Delay(FirstPause * Math.Pow(2, save));
                continue;
            }

            // Somebody changed the account meanwhile. Where it still has the token that we sent, ours came of it; else theirs is newer.
            if (await reading.FindAsync(read.Account.Id, CancellationToken.None) is not { } later || later.Tokens?.RefreshToken != turn.Read.Tokens!.RefreshToken)
            {
                Log.Discarded(logger, read.Account.Id);
                await GiveBackAsync(turn.Read, tokens);
                return await reading.FindAsync(read.Account.Id, CancellationToken.None) is { Fault: null, Tokens: { } theirs } ? RefreshOutcome.Of(theirs) : RefreshOutcome.Of(ProviderFaults.Disconnected);
            }

            // What was chosen for it meanwhile holds.
            read = later;
            tokens = later.Tokens is { Labels: not null } known ? tokens with { Fields = known.Fields, Labels = known.Labels } : tokens;
        }
    }

    /// <summary>An account that ended while it was renewed: what came is not what was taken back with it.</summary>
    private async Task GiveBackAsync(ReadAccount read, TokenSet tokens)
    {
        // One that was linked again lives by the same grant, unless another account at the provider took its place.
        if (await reading.FindAsync(read.Account.Id, CancellationToken.None) is { Account.Tokens: not null } known && known.Account.ProviderAccount == read.Account.ProviderAccount)
        {
            return;
        }

        if (await revocations.EndAsync(read.Connection, tokens, read.Account.ProviderAccount, read.Account.Id, null, CancellationToken.None) == GrantEnd.Failed)
        {
            await endings.AddAsync(read.Connection, read.Account.Id, tokens, CancellationToken.None);
        }
    }

    /// <summary>What a failure makes of the account. Null: it is not as it was read.</summary>
    public async Task<RefreshOutcome?> FailAsync(RefreshTurn turn, ProviderFault fault, bool isLost, CancellationToken ct)
    {
        var (account, now) = (turn.Read.Account, clock.GetStoredNow());
        usage.CountRefresh(turn.Read.Connection, account, fault);
        var verdict = RefreshVerdict.Of(account, fault, turn.Attempt, isLost, turn.IsAlive, now, Random.Shared.NextDouble());
        switch (fault.Kind)
        {
            case FaultKind.Owner or FaultKind.Revoked:
                return await RefuseAsync(turn, verdict, fault, now, ct);
            case FaultKind.Connection:
                var failed = RefreshEvents.OfConnection(RefreshEvents.ConnectionFailed, account, now, fault);
                return await refreshes.TryFailConnectionAsync(account, verdict, now, failed, ct) ? Outcome(turn, fault, verdict) : null;
            default:
                return await refreshes.TrySettleAsync(account, verdict, now, EventOf(account, verdict, fault, now), ct) ? Outcome(turn, fault, verdict) : null;
        }
    }

    /// <summary>The account is over by time: the provider need not be asked.</summary>
    public async Task<RefreshOutcome?> EndAsync(RefreshTurn turn, ProviderFault fault, CancellationToken ct)
    {
        var (account, now) = (turn.Read.Account, clock.GetStoredNow());
        var verdict = RefreshVerdict.Of(account, fault, null, isLost: false, isAlive: false, now, 0);
        return await refreshes.TrySettleAsync(account, verdict, now, EventOf(account, verdict, fault, now), ct) ? Outcome(turn, fault, verdict) : null;
    }

    private async Task<RefreshOutcome?> RefuseAsync(RefreshTurn turn, RefreshVerdict verdict, ProviderFault fault, DateTimeOffset now, CancellationToken ct)
    {
        var account = turn.Read.Account;
        var circuit = new RefusalCircuit(
            successes.Of(account.ConnectionId, now), Random.Shared.NextDouble(), now,
            back => RefreshEvents.OfConnection(RefreshEvents.Held, account, now, fault, back + 1));
        return await refreshes.TryRefuseAsync(account, verdict, circuit, now, EventOf(account, verdict, fault, now)!, ct) switch
        {
            true => RefreshOutcome.Of(fault),
            null => new RefreshOutcome { Tokens = turn.IsAlive ? turn.Read.Tokens : null, Fault = ProviderFaults.Held },
            false => null,
        };
    }

    private Task<bool> TrySaveAsync(ReadAccount read, bool isUse, PreparedRefresh prepared, TokenSet tokens, DateTimeOffset now)
    {
        var account = read.Account;
        var stored = new RefreshedTokens(
            seal.Seal(tokens, account.TokensPlace),
            tokens.Scopes is null ? null : JsonSerializer.Serialize(tokens.Scopes),
            tokens.ExpiresAt,
            RefreshTimes.NextLook(tokens, read.Settings, prepared.Rules, isUse || read.IsUsed(now), now, Random.Shared.NextDouble()),
            now);
        var wasHeld = account.Fault == ProviderFaults.Held.Code;
        var recovered = !wasHeld && (account.Health == AccountHealth.Failing || account.Status != AccountStatus.Active)
            ? RefreshEvents.OfAccount(RefreshEvents.Recovered, account, now, null, account.Fault)
            : null;
        var released = wasHeld ? RefreshEvents.OfConnection(RefreshEvents.Released, account, now, null) : null;
        return refreshes.TrySaveAsync(account, stored, recovered, released, CancellationToken.None);
    }

    private static RefreshOutcome Outcome(RefreshTurn turn, ProviderFault fault, RefreshVerdict verdict) =>
        new() { Tokens = turn.IsAlive ? turn.Read.Tokens : null, Fault = fault, RetryAt = verdict.RefreshAt };

    private static AuditEvent? EventOf(ConnectedAccount account, RefreshVerdict verdict, ProviderFault fault, DateTimeOffset now) =>
        verdict.Event is null ? null : RefreshEvents.OfAccount(verdict.Event, account, now, fault with { Code = verdict.Fault ?? fault.Code });

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "New tokens of the account {AccountId} could not be saved yet.")]
        public static partial void NotSaved(ILogger logger, string accountId, Exception exception);

        [LoggerMessage(2, LogLevel.Warning, "New tokens of the account {AccountId} were not kept: it has others by now, or none any more.")]
        public static partial void Discarded(ILogger logger, string accountId);
    }
}
