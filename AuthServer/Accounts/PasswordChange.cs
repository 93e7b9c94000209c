using AuthServer.Accounts.Strong;
using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Protocol.Authorize;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Accounts;

/// <summary>Changes a password for whoever knows the present one, and ends everything that began before.</summary>
public sealed class PasswordChange(
    AuthDbContext context, UserManager<User> users, PasswordHashes hashes, SignInPace pace, SignInSessions sessions, AccountNotices notices, Strength strength,
    TimeProvider clock)
{
    public async Task<PasswordChangeOutcome> TryAsync(HttpContext http, SignedInPerson person, string present, string wanted, CancellationToken ct)
    {
        var user = await context.Users.FirstOrDefaultAsync(row => row.Id == person.Subject, ct);
        var attempt = pace.Attempt(http, user?.Email ?? "");
        if (pace.WaitFor(attempt) is var early && early > TimeSpan.Zero)
        {
            return new PasswordChangeOutcome.Wait(early);
        }

        if (await MustSignInAsync(person, ct))
        {
            return new PasswordChangeOutcome.SignIn();
        }

        if (PasswordRules.Refuse(wanted, user?.Email, user?.Name) is { } reason)
        {
            return new PasswordChangeOutcome.Invalid(reason);
        }

        if (wanted == present)
        {
            return new PasswordChangeOutcome.Invalid("The new password is the present one.");
        }

        using var turn = await hashes.TurnAsync(ct);
        if (pace.WaitFor(attempt) is var late && late > TimeSpan.Zero)
        {
            return new PasswordChangeOutcome.Wait(late);
        }

        pace.Started(attempt);
        if (hashes.Verify(user, present) == PasswordVerificationResult.Failed || user is null)
        {
            pace.Failed(attempt);
            await RecordAsync(http, person, AuditOutcomes.Denied, ct);
            return new PasswordChangeOutcome.WrongPassword();
        }

        user.PasswordHash = hashes.Hash(user, wanted);
        context.AuditEvents.Add(AuditEventRow.From(Event(http, person, AuditOutcomes.Success)));
        await notices.OfPasswordChangeAsync(http, context, user, ct);

        // Writes the change, its event, the mail about it and a new stamp in one commit; loses against a change made meanwhile.
        if (!(await users.UpdateSecurityStampAsync(user)).Succeeded)
        {
            context.ChangeTracker.Clear();
            return new PasswordChangeOutcome.WrongPassword();
        }

        // Who had just shown more than a password goes on with that.
        var means = Acr.IsStrong(person.Acr) ? SignInMeans.Password with { Acr = person.Acr, Amr = person.Amr } : SignInMeans.Password;
        await sessions.RestartAsync(http, context, user, means, "password_changed", ct);
        return new PasswordChangeOutcome.Changed();
    }

    /// <summary>A first password for somebody who has none and has signed in just now, by whatever vouches for them. Nothing ends with it: there was nothing that somebody else could know.</summary>
    public async Task<PasswordChangeOutcome> SetFirstAsync(HttpContext http, SignedInPerson person, string wanted, CancellationToken ct)
    {
        var user = await context.Users.FirstOrDefaultAsync(row => row.Id == person.Subject, ct);
        if (user is not { PasswordHash: null } || !FreshSignIn.IsYoung(person.ShownAt, clock.GetUtcNow()))
        {
            await RecordAsync(http, person, AuditOutcomes.Denied, ct);
            return new PasswordChangeOutcome.WrongPassword();
        }

        if (await MustSignInAsync(person, ct))
        {
            return new PasswordChangeOutcome.SignIn();
        }

        if (PasswordRules.Refuse(wanted, user.Email, user.Name) is { } reason)
        {
            return new PasswordChangeOutcome.Invalid(reason);
        }

        using (await hashes.TurnAsync(ct))
        {
            user.PasswordHash = hashes.Hash(user, wanted);
        }

        context.AuditEvents.Add(AuditEventRow.From(Event(http, person, AuditOutcomes.Success) with { Reason = "first" }));
        if ((await users.UpdateSecurityStampAsync(user)).Succeeded)
        {
            return new PasswordChangeOutcome.Changed();
        }

        context.ChangeTracker.Clear();
        return new PasswordChangeOutcome.WrongPassword();
    }

    /// <summary>No password any more, for somebody who has a passkey and has just used it. False: it is not for them.</summary>
    public async Task<bool> TryRemoveAsync(HttpContext http, SignedInPerson person, CancellationToken ct)
    {
        if (!await strength.IsShownAsync(person, ct) || !(await strength.FactorsAsync(person.Subject, ct)).HasFlag(Factors.Passkey)
            || await context.Users.FirstOrDefaultAsync(row => row.Id == person.Subject && row.PasswordHash != null, ct) is not { } user)
        {
            return false;
        }

        user.PasswordHash = null;
        context.AuditEvents.Add(AuditEventRow.From(Event(http, person, AuditOutcomes.Success) with { Reason = "removed" }));
        await notices.OfChangeAsync(http, context, user, "The password was removed: one signs in with a passkey now.", ct);
        if ((await users.UpdateSecurityStampAsync(user)).Succeeded)
        {
            return true;
        }

        context.ChangeTracker.Clear();
        return false;
    }

    /// <summary>Whether there is one to change.</summary>
    public Task<bool> HasPasswordAsync(string userId, CancellationToken ct) => context.Users.AnyAsync(row => row.Id == userId && row.PasswordHash != null, ct);

    /// <summary>Whether they have something stronger than the password, and did not show it just now: whoever finds a browser open may know the password.</summary>
    public async Task<bool> MustSignInAsync(SignedInPerson person, CancellationToken ct) =>
        await strength.FactorsAsync(person.Subject, ct) != Factors.None && !await strength.IsShownAsync(person, ct);

    private async Task RecordAsync(HttpContext http, SignedInPerson person, string outcome, CancellationToken ct)
    {
        context.AuditEvents.Add(AuditEventRow.From(Event(http, person, outcome)));
        await context.SaveChangesAsync(ct);
    }

    private AuditEvent Event(HttpContext http, SignedInPerson person, string outcome) =>
        http.Event(AuditEventTypes.PasswordChanged, outcome, clock.GetUtcNow()) with
        {
            Subject = person.Subject,
            Target = person.Subject,
            Reason = outcome == AuditOutcomes.Denied ? "password" : null,
        };
}
