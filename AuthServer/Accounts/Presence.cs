using AuthServer.Accounts.Strong;
using AuthServer.Data;
using AuthServer.Protocol.Authorize;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Accounts;

/// <summary>Whether the person is there right now: they showed a moment ago that it is them, or type their password once more.</summary>
/// <remarks>Who has something stronger than a password, or none, signs in again instead. Where another provider vouched for them, it is the time of their sign-in there that
/// counts: a session there may be days old, and whoever sits at that screen is let in here at once.</remarks>
public sealed class Presence(AuthDbContext context, PasswordCheck passwords, Strength strength, TimeProvider clock)
{
    /// <summary>How this person can show it here and now.</summary>
    public async Task<PresenceNeed> NeedAsync(SignedInPerson person, CancellationToken ct) =>
        !FreshSignIn.IsYoung(person.ShownAt, clock.GetUtcNow())
            ? await HasFactorsAsync(person, ct) || !await context.Users.AnyAsync(row => row.Id == person.Subject && row.PasswordHash != null, ct) ? PresenceNeed.SignIn : PresenceNeed.Password
        : !Acr.IsStrong(person.Acr) && await HasFactorsAsync(person, ct) ? PresenceNeed.SignIn
        : PresenceNeed.Nothing;

    /// <param name="password">What they typed; null where nothing was asked.</param>
    public async Task<PresenceOutcome> ShowAsync(HttpContext http, SignedInPerson person, string? password, CancellationToken ct)
    {
        switch (await NeedAsync(person, ct))
        {
            case PresenceNeed.Nothing:
                return new PresenceOutcome.Shown();
            case PresenceNeed.SignIn:
                return new PresenceOutcome.SignIn();
        }

        if (string.IsNullOrEmpty(password))
        {
            return new PresenceOutcome.NotShown("Enter your password.");
        }

        var email = await context.Users.Where(row => row.Id == person.Subject).Select(row => row.Email).FirstOrDefaultAsync(ct);
        return await passwords.TryAsync(http, email ?? "", password, ct) switch
        {
            PasswordOutcome.Right => new PresenceOutcome.Shown(),
            PasswordOutcome.Wait wait => new PresenceOutcome.Wait(wait.For),
            _ => new PresenceOutcome.NotShown("This is not your password."),
        };
    }

    private async Task<bool> HasFactorsAsync(SignedInPerson person, CancellationToken ct) => await strength.FactorsAsync(person.Subject, ct) != Factors.None;
}

/// <summary>What somebody has to do to show that they are there.</summary>
public enum PresenceNeed
{
    /// <summary>They have just signed in, as well as they can.</summary>
    Nothing,

    Password,

    /// <summary>Again, with what is stronger than a password, or where they have none.</summary>
    SignIn,
}

/// <summary>Whether somebody showed that they are there.</summary>
public abstract record PresenceOutcome
{
    private PresenceOutcome()
    {
    }

    public sealed record Shown : PresenceOutcome;

    /// <param name="Reason">What to do, in a sentence.</param>
    public sealed record NotShown(string Reason) : PresenceOutcome;

    /// <summary>They have to sign in again.</summary>
    public sealed record SignIn : PresenceOutcome;

    public sealed record Wait(TimeSpan For) : PresenceOutcome;
}
