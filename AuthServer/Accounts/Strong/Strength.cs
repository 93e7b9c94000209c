using AuthServer.Data;
using AuthServer.Http.Api;
using AuthServer.Protocol.Authorize;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Accounts.Strong;

/// <summary>Whether a sign-in is as strong and as young as what it is for. Who has something stronger than a password must have used it.</summary>
public sealed class Strength(IDbContextFactory<AuthDbContext> contexts, TimeProvider clock)
{
    /// <summary>What the person can sign in with beside a password. Read anew each time.</summary>
    public async Task<Factors> FactorsAsync(string userId, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return (await context.Authenticators.AnyAsync(row => row.UserId == userId, ct) ? Factors.Code : Factors.None)
            | (await context.Passkeys.AnyAsync(row => row.UserId == userId, ct) ? Factors.Passkey : Factors.None);
    }

    /// <summary>Whether the sign-in is as strong as this person's can be, however old.</summary>
    public async Task<bool> IsMetAsync(SignedInPerson person, CancellationToken ct) =>
        Acr.IsStrong(person.Acr) || await FactorsAsync(person.Subject, ct) == Factors.None;

    /// <summary>Whether they have just shown, as well as they can, that they are there.</summary>
    public async Task<bool> IsShownAsync(SignedInPerson person, CancellationToken ct) => await MissingAsync(Person.Of(person), ct) is null;

    /// <summary>The problem of a person whose sign-in is too old, or weaker than they can sign in.</summary>
    public async Task<Problem?> MissingAsync(Person person, CancellationToken ct) =>
        FreshSignIn.Missing(person, clock.GetUtcNow()) is { } old ? old
        : person.IsStrong || await FactorsAsync(person.UserId, ct) == Factors.None ? null
        : Problem.Forbidden("sign_in_again", "This takes a sign-in with your passkey or a second factor. Sign in again with it, and repeat it.");
}
