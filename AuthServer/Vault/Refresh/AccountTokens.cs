using System.Collections.Concurrent;
using AuthServer.Http.Api;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Dialect;
using AuthServer.Vault.Usage;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Vault.Refresh;

/// <summary>Tokens of connected accounts that can be used now. They are refreshed on the way where that is due: once, for however many ask at the same time.</summary>
public sealed class AccountTokens
{
    private static readonly ConnectionSettings Usual = new();

    private readonly ConcurrentDictionary<(string AccountId, RefreshReason Reason), Lazy<Task<RefreshOutcome>>> _flights = new();
    private readonly RefreshEngine _engine;
    private readonly SealedTokens _seal;
    private readonly UsageBook _usage;
    private readonly TimeProvider _clock;

    internal AccountTokens(RefreshEngine engine, SealedTokens seal, UsageBook usage, TimeProvider clock) => (_engine, _seal, _usage, _clock) = (engine, seal, usage, clock);

    /// <summary>Fresh tokens of an account, or why there are none. Who asks is about to use them.</summary>
    /// <param name="account">As it was read a moment ago.</param>
    public async Task<Answer<TokenSet>> GetAsync(ConnectedAccount account, CancellationToken ct)
    {
        var now = _clock.GetUtcNow();
        _usage.CountUse(account, now);
        return IsFresh(account, now) && _seal.Open(account.Tokens, account.TokensPlace) is { } tokens
            ? tokens
            : AnswerOf(await FlyAsync(account.Id, RefreshReason.Use).WaitAsync(ct), now);
    }

    /// <summary>New tokens in the place of an access token that its API did not accept. The same again where it is too young to be the reason.</summary>
    public async Task<Answer<TokenSet>> RefreshAsync(string accountId, string failedAccessToken, CancellationToken ct) =>
        AnswerOf(await FlyAsync(accountId, RefreshReason.Refused(failedAccessToken)).WaitAsync(ct), _clock.GetUtcNow());

    /// <summary>What is due, ahead of its end.</summary>
    internal Task RefreshAheadAsync(string accountId, CancellationToken ct) => FlyAsync(accountId, RefreshReason.Ahead).WaitAsync(ct);

    /// <summary>For all who wait for it, so none of them can call it off.</summary>
    private async Task<RefreshOutcome> FlyAsync(string accountId, RefreshReason reason)
    {
        // Who says that a token fails does not wait for somebody who finds it young enough.
        var key = (accountId, reason);
        var flight = _flights.GetOrAdd(key, key => new(() => _engine.RefreshAsync(key.AccountId, key.Reason, CancellationToken.None)));
        try
        {
            return await flight.Value;
        }
        finally
        {
            _flights.TryRemove(new(key, flight));
        }
    }

    /// <summary>Whether nobody has to look closer.</summary>
    private static bool IsFresh(ConnectedAccount account, DateTimeOffset now) =>
        account is { Status: AccountStatus.Active, Failures: 0 } && (account.RefreshAt is null || account.RefreshAt > now)
        && (account.AccessExpiresAt is null || RefreshTimes.DueAt(account.AccessExpiresAt, RefreshTimes.Since(account), Usual) > now);

    private static Answer<TokenSet> AnswerOf(RefreshOutcome outcome, DateTimeOffset now) =>
        outcome.Tokens is { } tokens ? tokens : ProblemOf(outcome.Fault!, outcome.RetryAt - now);

    /// <summary>An account's fault as callers are told.</summary>
    /// <param name="wait">How long it makes no sense to come again.</param>
    internal static Problem ProblemOf(ProviderFault fault, TimeSpan? wait)
    {
        var (status, code) = fault.Kind switch
        {
            FaultKind.Transient => (StatusCodes.Status503ServiceUnavailable, "provider_unavailable"),
            FaultKind.Connection => (StatusCodes.Status424FailedDependency, "connection_unusable"),
            _ => (StatusCodes.Status424FailedDependency, "account_unusable"),
        };
        return new Problem(status, code, $"{fault.Words} {fault.NextStep}") { Reason = fault.Code, RetryAfter = fault.Kind == FaultKind.Transient ? wait : null };
    }
}
