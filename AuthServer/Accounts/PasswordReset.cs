using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Mail;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Accounts;

/// <summary>Sets a password for whoever has the link that was mailed for it, and signs nobody in: what else a sign-in takes is asked for there.</summary>
public sealed class PasswordReset(
    IDbContextFactory<AuthDbContext> contexts, PasswordResets resets, PasswordHashes hashes, AccountMails texts, Mails mails, Refusals refusals,
    AuthServerOptions options, TimeProvider clock)
{
    private const int LongestHandle = 100;

    private readonly AttemptLimit _networks = new(options.RateLimits.PerAddress, clock);

    /// <summary>Whose password the link sets; null: it is not good any more.</summary>
    public async Task<User?> FindAsync(string? handle, CancellationToken ct)
    {
        if (handle is null or { Length: 0 or > LongestHandle })
        {
            return null;
        }

        var (hash, now) = (Handle.ReferenceId(handle), clock.GetUtcNow());
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.MailedLinks.AsNoTracking().Where(row => row.Hash == hash && row.Kind == MailedLinkKind.Password && row.ExpiresAt > now)
            .Join(context.Users, link => link.UserId, user => user.Id, (link, user) => new { link.Stamp, user })
            .Where(found => found.Stamp == found.user.SecurityStamp && !found.user.Disabled)
            .Select(found => found.user).FirstOrDefaultAsync(ct);
    }

    public async Task<PasswordResetOutcome> TryAsync(HttpContext http, string? handle, string wanted, CancellationToken ct)
    {
        if (_networks.Count(http.Network()) is var wait && wait > TimeSpan.Zero)
        {
            return new PasswordResetOutcome.Wait(wait);
        }

        if (await FindAsync(handle, ct) is not { } user)
        {
            return NotGood(http);
        }

        // Before the link is used up: whoever is refused tries again with the same one.
        if (PasswordRules.Refuse(wanted, user.Email, user.Name) is { } reason)
        {
            return new PasswordResetOutcome.Invalid(reason);
        }

        string hash;
        using (await hashes.TurnAsync(ct))
        {
            hash = hashes.Hash(user, wanted);
        }

        // A sign-in of this very moment ends too.
        var now = SignInSessions.WholeMillisecond(clock.GetUtcNow());
        var origin = MailOrigin.Of(http, now);
        var notice = !mails.AreSent ? null : user.PasswordHash is null ? texts.OfSignInMethod(user, null, origin) : texts.OfPasswordChanged(user, origin);
        var why = http.Event(AccountEvents.PasswordReset, AuditOutcomes.Success, now) with { Subject = user.Id, Target = user.Id, Reason = "link" };
        return await resets.TryResetAsync(Handle.ReferenceId(handle!), user, hash, notice, why, ct) ? new PasswordResetOutcome.Done(user.Email!) : NotGood(http);
    }

    private PasswordResetOutcome.NotGood NotGood(HttpContext http)
    {
        refusals.Count("password_link", http.Network(), clock.GetUtcNow());
        return new PasswordResetOutcome.NotGood();
    }
}

/// <summary>How an attempt to set a password by a link ended.</summary>
public abstract record PasswordResetOutcome
{
    private PasswordResetOutcome()
    {
    }

    public sealed record Done(string Email) : PasswordResetOutcome;

    /// <summary>The link was used, or a newer one was mailed, or it is too old; or the password or the address was changed since.</summary>
    public sealed record NotGood : PasswordResetOutcome;

    /// <param name="Reason">Why the password cannot be taken, in a sentence.</param>
    public sealed record Invalid(string Reason) : PasswordResetOutcome;

    public sealed record Wait(TimeSpan For) : PasswordResetOutcome;
}
