using AuthServer.Data;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Accounts;

/// <summary>Tries an e-mail address and a password, for pages and the API alike. Whoever fails gets the same answer after the same work,
/// whether the account is unknown, disabled, or has another password.</summary>
public sealed class PasswordCheck(AuthDbContext context, PasswordHashes hashes, SignInPace pace, RefusedSignIns refused)
{
    public async Task<PasswordOutcome> TryAsync(HttpContext http, string email, string password, CancellationToken ct)
    {
        var attempt = pace.Attempt(http, EmailAddress.Read(email) ?? "");
        if (pace.WaitFor(attempt) is var early && early > TimeSpan.Zero)
        {
            return new PasswordOutcome.Wait(early);
        }

        using var turn = await hashes.TurnAsync(ct);

        // Others of the same address may have failed while this one waited for its turn.
        if (pace.WaitFor(attempt) is var late && late > TimeSpan.Zero)
        {
            return new PasswordOutcome.Wait(late);
        }

        pace.Started(attempt);
        var user = await context.Users.FirstOrDefaultAsync(user => user.NormalizedUserName == attempt.Account, ct);
        var verified = password.Length <= 2 * PasswordRules.Longest
            ? hashes.Verify(user, password)
            : hashes.Verify(null, "");
        if (user is null || verified == PasswordVerificationResult.Failed)
        {
            pace.Failed(attempt);
            await refused.RecordAsync(http, context, user, ct);
            return new PasswordOutcome.Wrong();
        }

        if (verified == PasswordVerificationResult.SuccessRehashNeeded)
        {
            user.PasswordHash = hashes.Hash(user, password);
        }

        return new PasswordOutcome.Right(user);
    }
}
