using AuthServer.Vault.Accounts;
using AuthServer.Vault.Dialect;

namespace AuthServer.Vault.Refresh;

/// <summary>What a failure makes of an account.</summary>
/// <param name="Fault">As it is stored; null: none.</param>
/// <param name="Attempt">What stays known of a refresh token whose answer was lost; null: it was answered.</param>
/// <param name="Event">Of the transition; null: there is none.</param>
internal sealed record RefreshVerdict(
    AccountStatus Status, string? Fault, AccountHealth Health, int Failures, DateTimeOffset? RefreshAt, RefreshAttempt? Attempt, string? Event)
{
    private const int FailuresOfFailing = 5;
    private const int RefusalsOfError = 10;

    private static readonly TimeSpan ConnectionPause = TimeSpan.FromMinutes(15);

    /// <param name="isAlive">Whether the access token before still holds.</param>
    /// <param name="attempt">This one; null: the provider was not asked.</param>
    /// <param name="isLost">Whether it may have been done, although nobody knows.</param>
    public static RefreshVerdict Of(ConnectedAccount account, ProviderFault fault, RefreshAttempt? attempt, bool isLost, bool isAlive, DateTimeOffset now, double chance)
    {
        var failures = account.Failures + 1;
        var next = now + RefreshTimes.PauseAfter(failures, fault.RetryAfter, chance);

        // An earlier answer that was lost stays lost, whatever this call was answered.
        var left = isLost ? attempt : attempt?.Count > 1 ? attempt with { Count = attempt.Count - 1 } : null;
        return fault.Kind switch
        {
            FaultKind.Owner or FaultKind.Revoked => Ended(account, fault, wasUncertain: attempt?.Count > 1 || account.Fault == ProviderFaults.Uncertain.Code),
            FaultKind.Connection => new(account.Status, account.Fault, HealthOf(account, account.Failures, isAlive), account.Failures, now + ConnectionPause, left, null),
            FaultKind.Uncertain => Uncertain(account, fault, failures, isAlive, next, left),
            _ => Passing(account, fault, failures, isAlive, next, left),
        };
    }

    /// <summary>What was refused after an answer had been lost died of that.</summary>
    private static RefreshVerdict Ended(ConnectedAccount account, ProviderFault fault, bool wasUncertain) => fault.Kind == FaultKind.Revoked
        ? new(AccountStatus.Revoked, fault.Code, AccountHealth.Failing, account.Failures + 1, null, null, RefreshEvents.Revoked)
        : new(AccountStatus.Expired, wasUncertain ? ProviderFaults.Uncertain.Code : fault.Code, AccountHealth.Failing, account.Failures + 1, null, null, RefreshEvents.Expired);

    /// <summary>The access token that there is is used up first: a second use of a refresh token that is good once may end it too.</summary>
    private static RefreshVerdict Uncertain(ConnectedAccount account, ProviderFault fault, int failures, bool isAlive, DateTimeOffset next, RefreshAttempt? left) => new(
        account.Status, fault.Code, AccountHealth.Failing, failures, isAlive && account.AccessExpiresAt is { } end && end > next ? end : next, left,
        account.Fault == fault.Code ? null : RefreshEvents.Uncertain);

    private static RefreshVerdict Passing(ConnectedAccount account, ProviderFault fault, int failures, bool isAlive, DateTimeOffset next, RefreshAttempt? left)
    {
        var known = account.Fault == ProviderFaults.Uncertain.Code ? account.Fault : fault.Code;
        if (fault.Code == ProviderFaults.Refused.Code && failures >= RefusalsOfError && !isAlive)
        {
            return new(AccountStatus.Error, known, AccountHealth.Failing, failures, next, left, account.Status == AccountStatus.Error ? null : RefreshEvents.Failed);
        }

        var health = HealthOf(account, failures, isAlive);
        return new(account.Status, known, health, failures, next, left, health == AccountHealth.Failing && account.Health != health ? RefreshEvents.Failing : null);
    }

    private static AccountHealth HealthOf(ConnectedAccount account, int failures, bool isAlive) =>
        !isAlive || failures >= FailuresOfFailing ? AccountHealth.Failing
        : failures > 0 && account.Health == AccountHealth.Healthy ? AccountHealth.Degraded
        : account.Health;
}
