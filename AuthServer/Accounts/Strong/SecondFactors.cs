using System.Security.Cryptography;
using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Protocol.Authorize;
using AuthServer.Protocol.State;
using AuthServer.Vault.Secrets;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Accounts.Strong;

/// <summary>Tries what somebody typed as their second factor: a code of their app, or a recovery code. Each is accepted once. A right one is used up,
/// in a commit of its own, before its outcome is told.</summary>
public sealed class SecondFactors(
    AuthDbContext context, Strength strength, VaultSeal seal, SignInPace pace, RefusedSignIns refused, AccountNotices notices, TimeProvider clock)
{
    // An app's code is one of a million, and whoever gets as far as here knows the password: each further failure doubles the wait.
    private const int FreeFailures = 4;

    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    /// <summary>Whether the person's password is not enough to sign in.</summary>
    /// <param name="strong">What it is for asks for as strong a sign-in as this person's can be: so a passkey is asked for too.</param>
    public async Task<bool> AreAskedAsync(string userId, bool strong, CancellationToken ct) =>
        await strength.FactorsAsync(userId, ct) is var own && (own.HasFlag(Factors.Code) || (strong && own != Factors.None));

    /// <param name="user">As the scoped context tracks them, or not at all.</param>
    public async Task<FactorOutcome> TryAsync(HttpContext http, User user, string typed, CancellationToken ct)
    {
        var attempt = pace.Attempt(http, user.Email ?? "");
        if (pace.WaitFor(attempt) is var wait && wait > TimeSpan.Zero)
        {
            return new FactorOutcome.Wait(wait);
        }

        pace.Started(attempt);
        var outcome = AuthenticatorCodes.Read(typed) is { } code ? await TryCodeAsync(http, user, code, ct)
            : RecoveryCodes.Read(typed) is not null ? await TryRecoveryAsync(http, user, typed, ct)
            : await RefuseAsync(http, user, "no_code", ct);
        if (outcome is FactorOutcome.Wrong)
        {
            pace.Failed(attempt);
        }

        return outcome;
    }

    private async Task<FactorOutcome> TryCodeAsync(HttpContext http, User user, string code, CancellationToken ct)
    {
        var now = clock.GetStoredNow();
        var authenticator = await context.Authenticators.FirstOrDefaultAsync(row => row.UserId == user.Id, ct);
        if (authenticator is null)
        {
            return await RefuseAsync(http, user, "no_authenticator", ct);
        }

        if (authenticator.WaitUntil is { } until && until > now)
        {
            return new FactorOutcome.Wait(until - now);
        }

        if (!seal.TryOpen(authenticator.Secret, authenticator.SecretPlace, out var secret, out _))
        {
            return await RefuseAsync(http, user, "unreadable", ct);
        }

        var step = AuthenticatorCodes.StepOf(secret, code, authenticator.LastStep, now);
        CryptographicOperations.ZeroMemory(secret);

        // Right or wrong, it counts once it is stored: of many at once only one is told what became of it.
        authenticator.Version++;
        if (step is { } used)
        {
            (authenticator.LastStep, authenticator.LastUsedAt, authenticator.Failures, authenticator.WaitUntil) = (used, now, 0, null);
            return await context.TrySaveUnchangedAsync(ct) ? new FactorOutcome.Right(SecondFactor.Code) : new FactorOutcome.Wait(TimeSpan.FromSeconds(1));
        }

        authenticator.Failures++;
        authenticator.WaitUntil = WaitAfter(authenticator.Failures) is { } wait ? now + wait : null;
        if (authenticator.Failures == FreeFailures + 1)
        {
            await notices.OfSecondFactorFailingAsync(http, context, user, ct);
        }

        refused.Add(http, context, user, "code");
        return await context.TrySaveUnchangedAsync(ct) ? new FactorOutcome.Wrong() : new FactorOutcome.Wait(TimeSpan.FromSeconds(1));
    }

    private async Task<FactorOutcome> TryRecoveryAsync(HttpContext http, User user, string typed, CancellationToken ct)
    {
        var hash = RecoveryCodes.HashOf(typed);
        var codes = await context.RecoveryCodes.Where(row => row.UserId == user.Id).ToListAsync(ct);
        if (codes.Find(row => row.Hash == hash) is not { } code)
        {
            return await RefuseAsync(http, user, "recovery_code", ct);
        }

        context.RecoveryCodes.Remove(code);
        context.AuditEvents.Add(AuditEventRow.From(http.Event(StrongEvents.RecoveryCodeUsed, AuditOutcomes.Success, clock.GetUtcNow()) with
        {
            Subject = user.Id,
            Target = user.Id,
        }));
        await notices.OfRecoveryCodeAsync(http, context, user, codes.Count - 1, ct);

        // Of two who use the same one, the second deletes nothing.
        return await context.TrySaveUnchangedAsync(ct) ? new FactorOutcome.Right(SecondFactor.RecoveryCode) : await RefuseAsync(http, user, "recovery_code", ct);
    }

    private async Task<FactorOutcome> RefuseAsync(HttpContext http, User user, string reason, CancellationToken ct)
    {
        await refused.RecordAsync(http, context, user, reason, ct);
        return new FactorOutcome.Wrong();
    }

    private static TimeSpan? WaitAfter(int failures) => failures <= FreeFailures ? null
        : failures - FreeFailures > 8 ? LongestWait
        : TimeSpan.FromTicks(Math.Min(LongestWait.Ticks, FirstWait.Ticks << (failures - FreeFailures - 1)));
}

/// <summary>What came of trying a second factor.</summary>
public abstract record FactorOutcome
{
    private FactorOutcome()
    {
    }

    public sealed record Right(SecondFactor Factor) : FactorOutcome;

    public sealed record Wrong : FactorOutcome;

    public sealed record Wait(TimeSpan For) : FactorOutcome;
}

/// <summary>What was shown after the password.</summary>
public enum SecondFactor
{
    Code,
    RecoveryCode,
}
