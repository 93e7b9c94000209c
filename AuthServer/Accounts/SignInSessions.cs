using System.Globalization;
using System.Security.Claims;
using System.Text.Json;
using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Protocol;
using AuthServer.Protocol.Authorize;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Accounts;

/// <summary>Sign-in sessions: a row, and a cookie that names it. Reading one asks memory only.</summary>
public sealed class SignInSessions(ITokenFamilies families, AccountNotices notices, TimeProvider clock)
{
    private const int LongestUserAgent = 200;

    /// <summary>Begins a session and commits it, its audit event and whatever else waits in <paramref name="context"/>. The cookie is new, and
    /// so is the id: a session of somebody else, planted before the sign-in, is worth nothing. Who signs in once more goes on in the session they
    /// have, so that signing out ends everything that came from it. A person is told of a browser that is new to them.</summary>
    public async Task<SignedInPerson> StartAsync(HttpContext http, AuthDbContext context, User user, SignInMeans means, CancellationToken ct)
    {
        var present = await ReadAsync(http) is { } person && person.Subject == user.Id
            ? await context.Sessions.FirstOrDefaultAsync(row => row.Id == person.SessionId && row.EndedAt == null, ct)
            : null;
        await notices.OfSignInAsync(http, context, user, ct);
        return await StartAsync(http, context, user, means, present, clock.GetUtcNow(), ct);
    }

    /// <summary>Who is signed in, in this browser; null when nobody is, or the session was ended.</summary>
    public async Task<SignedInPerson?> ReadAsync(HttpContext http) =>
        PersonOf((await http.AuthenticateAsync(SessionCookie.Scheme)).Principal);

    /// <summary>Ends this browser's session and every token family that came from it.</summary>
    /// <param name="clientId">The application that asked for it.</param>
    public async Task EndAsync(HttpContext http, SignedInPerson person, string? clientId, CancellationToken ct)
    {
        var signedOut = http.Event(AuditEventTypes.UserSignedOut, AuditOutcomes.Success, clock.GetUtcNow());
        await families.EndSessionAsync(
            person.SessionId, signedOut with { Subject = person.Subject, Target = person.SessionId, ClientId = clientId }, ct);
        await http.SignOutAsync(SessionCookie.Scheme);
    }

    /// <summary>Takes the cookie away from a browser whose session leads nowhere.</summary>
    public static Task ForgetAsync(HttpContext http) => http.SignOutAsync(SessionCookie.Scheme);

    /// <summary>Ends everything of this person, who has just typed their password, and begins anew in this browser alone.</summary>
    /// <param name="means">What their sign-in had reached.</param>
    /// <param name="reason">One stable word for the trail.</param>
    public async Task RestartAsync(HttpContext http, AuthDbContext context, User user, SignInMeans means, string reason, CancellationToken ct)
    {
        var moment = WholeMillisecond(clock.GetUtcNow());
        var why = http.Event(AuditEventTypes.TokenRevoked, AuditOutcomes.Success, moment) with { Subject = user.Id, Target = user.Id, Reason = reason };
        await families.EndSubjectAsync(user.Id, moment, why, ct);

        // What began at the moment is dead too, so the new session begins after it.
        await StartAsync(http, context, user, means, null, moment.AddMilliseconds(1), ct);
    }

    /// <summary>The session has become stronger, by what its person has just shown to add it: whoever adds a second factor is not asked for it at once. The caller saves, and then
    /// <see cref="ShowAsync"/>s it.</summary>
    /// <param name="methods">RFC 8176's words for what was shown.</param>
    public static async Task<SignedInPerson> StrengthenAsync(AuthDbContext context, SignedInPerson person, IReadOnlyList<string> methods, CancellationToken ct)
    {
        var stronger = Acr.IsStrong(person.Acr) ? person : person with { Acr = Acr.TwoFactors, Amr = [.. person.Amr.Union([.. methods, "mfa"], StringComparer.Ordinal)] };
        if (await context.Sessions.FirstOrDefaultAsync(row => row.Id == person.SessionId && row.EndedAt == null, ct) is { } session)
        {
            (session.Acr, session.Amr) = (stronger.Acr, string.Join(' ', stronger.Amr));
        }

        return stronger;
    }

    /// <summary>Gives the browser a cookie that says the same as the session does.</summary>
    public static Task ShowAsync(HttpContext http, SignedInPerson person) => http.SignInAsync(SessionCookie.Scheme, PrincipalOf(person));

    /// <param name="present">The session to go on in; null: a new one.</param>
    /// <param name="signedInAt">Never before the moment that ended everything else.</param>
    private async Task<SignedInPerson> StartAsync(
        HttpContext http, AuthDbContext context, User user, SignInMeans means, Session? present, DateTimeOffset signedInAt, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var session = present ?? context.Sessions.Add(new Session { Id = Identifiers.New("ses_", now), UserId = user.Id, CreatedAt = now }).Entity;
        (session.AuthTime, session.Acr, session.Amr) = (WholeMillisecond(signedInAt), means.Acr, string.Join(' ', means.Amr));
        (session.Address, session.UserAgent) = (http.Address(), UserAgent(http));

        // Who has shown a password since needs no other provider's word for it.
        session.ExternalLoginId = means.Provider is null ? null : present is null ? means.ExternalLoginId : session.ExternalLoginId;
        var person = new SignedInPerson(user.Id, session.Id, session.AuthTime, means.Acr, means.Amr) { ShownElsewhere = means.ShownAt };
        context.AuditEvents.Add(AuditEventRow.From(http.Event(AuditEventTypes.UserSignedIn, AuditOutcomes.Success, now) with
        {
            Subject = user.Id,
            Target = person.SessionId,
            Reason = means.Word,
            Detail = means.Provider is { } provider ? JsonSerializer.Serialize(new { provider }) : null,
        }));
        await context.SaveChangesAsync(ct);
        await ShowAsync(http, person);
        return person;
    }

    internal static SignedInPerson? PersonOf(ClaimsPrincipal? principal) =>
        principal?.FindFirst(SessionCookie.Subject)?.Value is { } subject
        && principal.FindFirst(SessionCookie.SessionId)?.Value is { } session
        && principal.FindFirst(SessionCookie.Acr)?.Value is { } acr
        && long.TryParse(principal.FindFirst(SessionCookie.AuthTime)?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            ? new SignedInPerson(
                subject, session, DateTimeOffset.FromUnixTimeMilliseconds(at), acr, [.. principal.FindAll(SessionCookie.Amr).Select(claim => claim.Value)])
            {
                ShownElsewhere = principal.FindFirst(SessionCookie.ShownAt)?.Value is not { } shown ? null
                    : long.TryParse(shown, NumberStyles.None, CultureInfo.InvariantCulture, out var shownAt) ? DateTimeOffset.FromUnixTimeMilliseconds(shownAt)
                    : SignedInPerson.Never,
            }
            : null;

    private static ClaimsPrincipal PrincipalOf(SignedInPerson person) => new(new ClaimsIdentity(
        [
            new(SessionCookie.Subject, person.Subject),
            new(SessionCookie.SessionId, person.SessionId),
            new(SessionCookie.AuthTime, person.AuthTime.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)),
            new(SessionCookie.Acr, person.Acr),
            .. person.ShownElsewhere is { } shown ? [new(SessionCookie.ShownAt, shown.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture))] : Array.Empty<Claim>(),
            .. person.Amr.Select(method => new Claim(SessionCookie.Amr, method)),
        ],
        SessionCookie.Scheme,
        SessionCookie.Subject,
        null));

    /// <summary>The cookie counts milliseconds. Rounded up, a sign-in is never before the request that asked for it.</summary>
    internal static DateTimeOffset WholeMillisecond(DateTimeOffset at)
    {
        var whole = DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds());
        return whole < at ? whole.AddMilliseconds(1) : whole;
    }

    private static string? UserAgent(HttpContext http)
    {
        var sent = http.Request.Headers.UserAgent.ToString();
        var clean = new string([.. sent.Take(LongestUserAgent).Where(c => c is >= ' ' and < (char)127)]);
        return clean.Length == 0 ? null : clean;
    }
}
