using AuthServer.Data;
using AuthServer.Protocol.Authorize;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Accounts;

/// <summary>Whether the person is there right now: they signed in a moment ago, or type their password once more.</summary>
public sealed class Presence(AuthDbContext context, PasswordCheck passwords, TimeProvider clock)
{
    public bool IsShown(SignedInPerson person) => FreshSignIn.Missing(new Http.Api.Person(person.Subject, person.AuthTime, byBrowser: true), clock.GetUtcNow()) is null;

    /// <param name="password">What they typed; null where nothing was asked.</param>
    public async Task<PresenceOutcome> ShowAsync(HttpContext http, SignedInPerson person, string? password, CancellationToken ct)
    {
        if (IsShown(person))
        {
            return new PresenceOutcome.Shown();
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

    public sealed record Wait(TimeSpan For) : PresenceOutcome;
}
