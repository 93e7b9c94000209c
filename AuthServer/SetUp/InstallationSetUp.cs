using AuthServer.Accounts;
using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Mail;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.SetUp;

/// <summary>How far the installation is set up, and what an administrator does for it that has no other place. It keeps no state but that it is over.</summary>
public sealed class InstallationSetUp(
    IDbContextFactory<AuthDbContext> contexts, IReplayGuard used, AuditQuery trail, AccountMails texts, Mails mails, MailSettings mail, TimeProvider clock)
{
    private const string Over = "set-up:over";

    // It is over for good.
    private static readonly TimeSpan ForGood = TimeSpan.FromDays(36_500);

    public async Task<SetUpFacts> ReadAsync(CancellationToken ct)
    {
        if (await used.IsKnownAsync(Over, ct))
        {
            return new SetUpFacts(true, new MailFact(mails.AreSent, true, null), true, true, true);
        }

        await using var context = await contexts.CreateDbContextAsync(ct);
        var hasAgent = await context.Agents.AnyAsync(ct);
        return new SetUpFacts(
            false, await ReadMailAsync(context, ct), await context.Organizations.AnyAsync(ct), hasAgent,
            hasAgent && (await trail.FindAsync(new AuditFilter { Type = AuditEventTypes.TokenIssued }, 1, ct)).Entries.Count > 0);
    }

    /// <summary>A mail to the administrator's own address, by the mail server as it is set.</summary>
    public async Task<Answer<NoContent>> TestMailAsync(HttpContext http, string userId, CancellationToken ct)
    {
        var now = clock.GetStoredNow();
        await using var context = await contexts.CreateDbContextAsync(ct);
        if (!mails.AreSent || await context.Users.AsNoTracking().FirstOrDefaultAsync(row => row.Id == userId, ct) is not { Email: not null } user)
        {
            return Problem.NotFound;
        }

        var test = texts.OfTest(user, MailOrigin.Of(http, now));
        if (!await mails.TryAddAsync(context, test, ct))
        {
            return Problem.TooMany($"Your address had {Mails.MostInAnHour} test mails within an hour. Wait, and look at what became of them.");
        }

        context.AuditEvents.Add(AuditEventRow.From(http.Event(SetUpEvents.MailTested, AuditOutcomes.Success, now) with { Subject = userId, Target = test.Id }));
        await context.SaveChangesAsync(ct);
        return Answer.Done;
    }

    /// <summary>Ends it for every administrator. Twice is not worse than once.</summary>
    public async Task DismissAsync(HttpContext http, string userId, CancellationToken ct)
    {
        var now = clock.GetStoredNow();
        await using var context = await contexts.CreateDbContextAsync(ct);
        var handle = Handle.ReferenceId(Over);
        if (await context.Set<UsedHandleRow>().AnyAsync(row => row.Handle == handle, ct))
        {
            return;
        }

        context.Add(new UsedHandleRow { Handle = handle, ExpiresAt = now + ForGood });
        context.AuditEvents.Add(AuditEventRow.From(http.Event(SetUpEvents.Dismissed, AuditOutcomes.Success, now) with { Subject = userId }));
        try
        {
            await context.SaveChangesAsync(ct);
        }
        catch (DbUpdateException) when (!ct.IsCancellationRequested)
        {
            // Another administrator was first, or the same one pressed twice.
            if (!await used.IsKnownAsync(Over, ct))
            {
                throw;
            }
        }
    }

    private async Task<MailFact> ReadMailAsync(AuthDbContext context, CancellationToken ct)
    {
        if (mail.Server is null)
        {
            return new MailFact(false, false, null);
        }

        var test = await context.Mails.AsNoTracking().Where(row => row.Kind == AccountMails.Test).OrderByDescending(row => row.Id)
            .Select(row => new TestMail(row.Recipient, row.CreatedAt, row.SentAt, row.LastFailure)).FirstOrDefaultAsync(ct);
        return new MailFact(true, test is { SentAt: not null } || await context.Mails.AnyAsync(row => row.SentAt != null, ct), test);
    }
}
