using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Mail;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AuthServer.Accounts;

/// <summary>Takes what people say who forgot their password, the same for every address; and every second looks up whom it was about, and has a link mailed to them.</summary>
public sealed partial class ForgottenPasswords(
    PasswordResets resets, AccountMails texts, Mails mails, Refusals refusals, AuthServerOptions options, TimeProvider clock, ILogger<ForgottenPasswords> logger)
    : BackgroundService
{
    private const int LongestUserAgent = 200;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private static readonly UpperInvariantLookupNormalizer Normalizer = new();

    // Per network alone: who could use up an account's attempts would keep its owner from asking. What an address is mailed has its own bound.
    private readonly AttemptLimit _networks = new(options.RateLimits.PerAddress, clock);

    /// <param name="email">An address that can be one.</param>
    /// <returns>How long to wait; zero: it was taken.</returns>
    public async Task<TimeSpan> AskAsync(HttpContext http, string email, CancellationToken ct)
    {
        var (account, network) = (Normalizer.NormalizeEmail(email), http.Network());
        if (_networks.Count(network) is var wait && wait > TimeSpan.Zero)
        {
            refusals.Count("forgotten_password", network, clock.GetUtcNow());
            return wait;
        }

        var now = clock.GetStoredNow();
        var (address, userAgent) = (http.Address(), http.UserAgent());
        await resets.AskAsync(
            new PasswordRequest
            {
                Id = Identifiers.New("pwr_", now),
                Account = account,
                Address = address,
                UserAgent = userAgent is { Length: > LongestUserAgent } ? userAgent[..LongestUserAgent] : userAgent,
                CreatedAt = now,
            },
            ct);
        return TimeSpan.Zero;
    }

    /// <summary>Everything that was asked is answered.</summary>
    internal async Task FinishAsync(CancellationToken ct)
    {
        while (await resets.AnyAskedAsync(ct) && await resets.AnswerAsync(Prepare, ct))
        {
        }
    }

    // What was asked waits in the database.
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Rounds.RunAsync(Interval, clock, FinishAsync, e => Log.Failed(logger, e), stoppingToken);

    private PreparedReset Prepare(User user, PasswordRequest request)
    {
        var (handle, now) = (Handle.New(), request.CreatedAt);
        var link = new MailedLink
        {
            UserId = user.Id,
            Kind = MailedLinkKind.Password,
            Hash = Handle.ReferenceId(handle),
            Email = user.Email!,
            Stamp = user.SecurityStamp!,
            Mailed = mails.AreSent,
            ExpiresAt = now + AccountMails.PasswordLinkLives,
        };
        var mail = texts.OfForgottenPassword(user, handle, new MailOrigin(now, request.Address, request.UserAgent));
        return new PreparedReset(link, mail, new AuditEvent
        {
            Id = Identifiers.New("aud_", clock.GetUtcNow()),
            At = clock.GetUtcNow(),
            Type = AccountEvents.PasswordForgotten,
            Outcome = AuditOutcomes.Success,
            Subject = user.Id,
            Target = mail.Id,
            Address = request.Address,
            UserAgent = request.UserAgent,
            CorrelationId = request.Id,
        });
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Who forgot their password could not be looked up.")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
