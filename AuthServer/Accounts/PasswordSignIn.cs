using AuthServer.Data;
using AuthServer.Protocol.Authorize;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Accounts;

/// <summary>Sign-in with e-mail address and password. Whoever cannot sign in gets the same answer after the same work,
/// whether the account is unknown, disabled, or has another password.</summary>
public sealed class PasswordSignIn(
    AuthDbContext context, PasswordHashes hashes, SignInPace pace, KnownDevices devices, SignInSessions sessions, RefusedSignIns refused)
{
    public async Task<SignInOutcome> TryAsync(HttpContext http, string email, string password, CancellationToken ct)
    {
        var attempt = pace.Attempt(http, EmailAddress.Read(email) ?? "");
        if (pace.WaitFor(attempt) is var early && early > TimeSpan.Zero)
        {
            return new SignInOutcome.Wait(early);
        }

        using var turn = await hashes.TurnAsync(ct);

        // Others of the same address may have failed while this one waited for its turn.
        if (pace.WaitFor(attempt) is var late && late > TimeSpan.Zero)
        {
            return new SignInOutcome.Wait(late);
        }

        pace.Started(attempt);
        var user = await FindAsync(attempt.Account, ct);
        var verified = password.Length <= 2 * PasswordRules.Longest
            ? hashes.Verify(user, password)
            : hashes.Verify(null, "");
        if (user is null || verified == PasswordVerificationResult.Failed)
        {
            pace.Failed(attempt);
            await refused.RecordAsync(http, context, user, ct);
            return new SignInOutcome.Refused();
        }

        if (verified == PasswordVerificationResult.SuccessRehashNeeded)
        {
            user.PasswordHash = hashes.Hash(user, password);
        }

        return new SignInOutcome.SignedIn(await StartAsync(http, user, ct));
    }

    /// <summary>Signs in a person whose password is known to be right, or was made just now.</summary>
    public async Task<SignedInPerson> StartAsync(HttpContext http, User user, CancellationToken ct)
    {
        var person = await sessions.StartAsync(http, context, user, ct);
        devices.Remember(http, user.NormalizedUserName ?? "");
        return person;
    }

    private Task<User?> FindAsync(string account, CancellationToken ct) =>
        context.Users.FirstOrDefaultAsync(user => user.NormalizedUserName == account, ct);
}
