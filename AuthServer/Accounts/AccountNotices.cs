using AuthServer.Data;
using AuthServer.Mail;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Accounts;

/// <summary>Tells people by mail what happened to their account, in the commit of what happened. Nobody is told where no mail is sent.</summary>
public sealed class AccountNotices(AccountMails texts, Mails mails, KnownDevices devices, TimeProvider clock)
{
    public Task OfPasswordChangeAsync(HttpContext http, AuthDbContext context, User user, CancellationToken ct) =>
        AddAsync(context, user, () => texts.OfPasswordChanged(user, MailOrigin.Of(http, clock.GetStoredNow())), ct);

    /// <param name="method">What one can sign in with from now on, in words.</param>
    public Task OfSignInMethodAsync(HttpContext http, AuthDbContext context, User user, string method, CancellationToken ct) =>
        AddAsync(context, user, () => texts.OfSignInMethod(user, method, MailOrigin.Of(http, clock.GetStoredNow())), ct);

    /// <param name="method">What one cannot sign in with any more, in words.</param>
    public Task OfSignInMethodGoneAsync(HttpContext http, AuthDbContext context, User user, string method, CancellationToken ct) =>
        AddAsync(context, user, () => texts.OfSignInMethodGone(user, method, MailOrigin.Of(http, clock.GetStoredNow())), ct);

    /// <summary>Before the sign-in is saved, and before the browser is remembered. The first sign-in of an account is no news to its person.</summary>
    public async Task OfSignInAsync(HttpContext http, AuthDbContext context, User user, CancellationToken ct)
    {
        if (mails.AreSent && devices.Find(http, user.NormalizedUserName ?? "") is null && await context.Sessions.AnyAsync(row => row.UserId == user.Id, ct))
        {
            await AddAsync(context, user, () => texts.OfNewDevice(user, MailOrigin.Of(http, clock.GetStoredNow())), ct);
        }
    }

    /// <summary>The same through the API, from a program or a place that is new.</summary>
    public async Task OfApiSignInAsync(HttpContext http, AuthDbContext context, User user, CancellationToken ct)
    {
        if (mails.AreSent && (await context.ApiDevices.AnyAsync(row => row.UserId == user.Id, ct) || await context.Sessions.AnyAsync(row => row.UserId == user.Id, ct)))
        {
            await AddAsync(context, user, () => texts.OfNewProgram(user, MailOrigin.Of(http, clock.GetStoredNow())), ct);
        }
    }

    /// <summary>How the person signs in was changed.</summary>
    /// <param name="what">In a sentence.</param>
    public Task OfChangeAsync(HttpContext http, AuthDbContext context, User user, string what, CancellationToken ct) =>
        AddAsync(context, user, () => texts.OfSecondFactor(user, what, MailOrigin.Of(http, clock.GetStoredNow())), ct);

    /// <param name="left">How many are left.</param>
    public Task OfRecoveryCodeAsync(HttpContext http, AuthDbContext context, User user, int left, CancellationToken ct) =>
        AddAsync(context, user, () => texts.OfRecoveryCode(user, left, MailOrigin.Of(http, clock.GetStoredNow())), ct);

    /// <summary>Somebody knows the password, and tries code after code.</summary>
    public Task OfSecondFactorFailingAsync(HttpContext http, AuthDbContext context, User user, CancellationToken ct) =>
        AddAsync(context, user, () => texts.OfSecondFactorFailing(user, MailOrigin.Of(http, clock.GetStoredNow())), ct);

    /// <summary>A passkey counted backwards, as a copy of it would.</summary>
    public Task OfPasskeyCopyAsync(HttpContext http, AuthDbContext context, User user, CancellationToken ct) =>
        AddAsync(context, user, () => texts.OfPasskeyCopy(user, MailOrigin.Of(http, clock.GetStoredNow())), ct);

    private async Task AddAsync(AuthDbContext context, User user, Func<OutgoingMail> write, CancellationToken ct)
    {
        if (mails.AreSent && user.Email is not null)
        {
            await mails.TryAddAsync(context, write(), ct);
        }
    }
}
