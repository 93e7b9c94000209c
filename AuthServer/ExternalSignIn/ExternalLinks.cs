using System.Text.Json;
using AuthServer.Accounts;
using AuthServer.Accounts.Strong;
using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Organizations;
using AuthServer.Protocol;
using AuthServer.Protocol.Authorize;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.ExternalSignIn;

/// <summary>Links accounts of providers to people here, and unlinks them: by a person who has just shown that they are there, and never by an address alone.</summary>
public sealed class ExternalLinks(
    AuthDbContext context, Registration registration, SignUp signUp, Joining joining, ExternalProviders providers, KeptAccess kept, AccountNotices notices, SessionEndings sessions,
    Strength strength, TimeProvider clock)
{
    private static Problem Gone { get; } = Problem.Conflict("gone", "This was done already, or it has expired. Begin again.");

    public static Problem LastWay { get; } = Problem.Conflict("last_way", "This is the only way in to your account. Set a password first.");

    /// <summary>Whether the person's sign-in is young enough to say how they sign in.</summary>
    public Task<Problem?> NotFreshAsync(SignedInPerson person, CancellationToken ct) => strength.MissingAsync(Person.Of(person), ct);

    public async Task<Answer<ExternalLogin>> LinkAsync(HttpContext http, OpenArrival open, SignedInPerson person, bool keep, CancellationToken ct)
    {
        if (await NotFreshAsync(person, ct) is { } stale)
        {
            return stale;
        }

        if (open.Arrival.UserId is { } only && only != person.Subject)
        {
            return Problem.Forbidden(ExternalFault.OtherPerson.Code, ExternalFault.OtherPerson.Words);
        }

        var login = await AddAsync(context, http, open, person.Subject, keep, ct);
        if (await context.Users.FirstOrDefaultAsync(row => row.Id == person.Subject, ct) is { } user)
        {
            await notices.OfSignInMethodAsync(http, context, user, WordsOf(login), ct);
        }

        try
        {
            await context.SaveChangesAsync(ct);
            return login;
        }
        catch (DbUpdateConcurrencyException)
        {
            context.ChangeTracker.Clear();
            return Gone;
        }
        catch (DbUpdateException)
        {
            context.ChangeTracker.Clear();
            if (!await context.ExternalLogins.AnyAsync(row => row.Provider == login.Provider && row.Issuer == login.Issuer && row.Subject == login.Subject, ct))
            {
                throw;
            }

            return Problem.Conflict(ExternalFault.LinkedElsewhere.Code, ExternalFault.LinkedElsewhere.Words);
        }
    }

    /// <summary>Makes an account for somebody with an address that the provider vouches for, with the link in the same commit.</summary>
    /// <param name="invitation">Of the server's, as it came.</param>
    /// <param name="join">Of an organization's, as it came.</param>
    public async Task<RegistrationOutcome> RegisterAsync(
        HttpContext http, OpenArrival open, string? name, bool keep, string? invitation, string? join, CancellationToken ct)
    {
        if (open.Arrival is not { EmailVerified: true, Email: { } email, UserId: null })
        {
            return new RegistrationOutcome.NotAllowed();
        }

        var (token, invited) = (join ?? invitation, join is null ? null : await joining.FindAsync(join, ct));
        return await registration.TryAsync(
            http,
            new VerifiedRegistration(email, name, token),
            join is null ? signUp.AskAsync : joining.AskAsync,
            async (context, user) =>
            {
                await AddAsync(context, http, open, user.Id, keep, ct);
                if (invited is not null)
                {
                    joining.Add(context, http, invited, user);
                }
            },
            ct);
    }

    public Task<List<ExternalLogin>> ListAsync(string userId, CancellationToken ct) =>
        context.ExternalLogins.AsNoTracking().Where(row => row.UserId == userId).OrderBy(row => row.LinkedAt).ThenBy(row => row.Id).ToListAsync(ct);

    /// <summary>Ends the sessions that were begun by it. Refused for the last way in. Of two that are unlinked at once, one loses and is asked again.</summary>
    public async Task<Answer<NoContent>> UnlinkAsync(HttpContext http, SignedInPerson person, string? id, CancellationToken ct)
    {
        if (await NotFreshAsync(person, ct) is { } stale)
        {
            return stale;
        }

        var user = await context.Users.FirstOrDefaultAsync(row => row.Id == person.Subject, ct);
        var logins = await context.ExternalLogins.Where(row => row.UserId == person.Subject).ToListAsync(ct);
        if (user is null || logins.Find(row => row.Id == id) is not { } login)
        {
            return Problem.NotFound;
        }

        // A link to a provider that is not offered any more opens nothing.
        if (user.PasswordHash is null && !logins.Exists(other => other != login && providers.Find(other.Provider) is not null)
            && !await context.Passkeys.AnyAsync(row => row.UserId == user.Id, ct))
        {
            return LastWay;
        }

        context.ExternalLogins.Remove(login);
        user.ConcurrencyStamp = Guid.NewGuid().ToString();
        context.AuditEvents.Add(AuditEventRow.From(Event(http, ExternalSignInEvents.Unlinked, login)));
        await notices.OfSignInMethodGoneAsync(http, context, user, WordsOf(login), ct);
        try
        {
            await context.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            context.ChangeTracker.Clear();
            return Gone;
        }

        // Whoever came in by it is out: this browser too, if that is how it came in.
        var signedOut = http.Event(AuditEventTypes.UserSignedOut, AuditOutcomes.Success, clock.GetUtcNow()) with { Subject = user.Id, Target = login.Id, Reason = "unlinked" };
        await sessions.EndOfLoginAsync(user.Id, login.Id, signedOut, CancellationToken.None);
        return Answer.Done;
    }

    private string WordsOf(ExternalLogin login) =>
        (providers.Find(login.Provider)?.Name ?? login.Provider) + (login.Name is { } name ? $" ({name})" : "");

    /// <summary>Adds the link, and uses the arrival up: the caller saves, and loses to whoever used it meanwhile.</summary>
    private async Task<ExternalLogin> AddAsync(AuthDbContext context, HttpContext http, OpenArrival open, string userId, bool keep, CancellationToken ct)
    {
        var (arrival, now) = (open.Arrival, clock.GetStoredNow());
        var login = new ExternalLogin
        {
            Id = Identifiers.New(ExternalLogin.IdPrefix, now),
            UserId = userId,
            Provider = arrival.Provider,
            Issuer = arrival.Issuer,
            Subject = arrival.Subject,
            Name = arrival.Email ?? arrival.Name,
            LinkedAt = now,
            LastUsedAt = now,
        };
        context.ExternalLogins.Add(login);
        context.ExternalArrivals.Remove(arrival);
        context.AuditEvents.Add(AuditEventRow.From(Event(http, ExternalSignInEvents.Linked, login)));
        if (!keep || open.Keeping is not { } keeping || !await kept.TryAddAsync(context, http, arrival, userId, keeping, ct))
        {
            await kept.GiveUpAsync(context, arrival, open.Provider, ct);
        }

        return login;
    }

    private AuditEvent Event(HttpContext http, string type, ExternalLogin login) => http.Event(type, AuditOutcomes.Success, clock.GetUtcNow()) with
    {
        Subject = login.UserId,
        Target = login.Id,
        Personal = login.Name is null ? null : JsonSerializer.Serialize(new { account = login.Name }),
        Detail = JsonSerializer.Serialize(new { provider = login.Provider, issuer = login.Issuer }),
    };
}
