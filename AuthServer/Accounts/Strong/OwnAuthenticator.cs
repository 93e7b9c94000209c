using System.Security.Cryptography;
using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Protocol.Authorize;
using AuthServer.Protocol.State;
using AuthServer.Vault.Secrets;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Accounts.Strong;

/// <summary>A person's own authenticator app and recovery codes: adding, taking away, making anew. All of it takes somebody who has just shown that they are there.</summary>
public sealed class OwnAuthenticator(
    AuthDbContext context, Enrolment enrolment, VaultSeal seal, Strength strength, SignInPace pace, AccountNotices notices, IssuerUri issuer, TimeProvider clock)
{
    private static Problem WrongCode { get; } = Problem.Forbidden("code", "This is not the code that the app shows now. Wait for the next one, and check the clock of the device.");

    private static Problem Gone { get; } = Problem.Conflict("gone", "This was changed meanwhile. Look at it again.");

    private static Problem TooOld { get; } = Problem.Conflict("expired", "This page was open for too long. Here is a new picture.");

    public Task<Authenticator?> FindAsync(string userId, CancellationToken ct) => context.Authenticators.AsNoTracking().FirstOrDefaultAsync(row => row.UserId == userId, ct);

    public Task<int> CountCodesAsync(string userId, CancellationToken ct) => context.RecoveryCodes.CountAsync(row => row.UserId == userId, ct);

    /// <summary>What an app needs to know, and what the form carries until it does.</summary>
    /// <param name="sealed">What the form carried before; a new secret where it is not good any more.</param>
    public OfferedSecret Offer(SignedInPerson person, string account, string? @sealed = null)
    {
        var secret = enrolment.Open(person, @sealed) is { } known ? known : AuthenticatorCodes.NewSecret();
        var host = new Uri(issuer.Value).Authority;
        return new OfferedSecret(enrolment.Seal(person, secret), AuthenticatorCodes.Shown(secret), AuthenticatorCodes.AddressOf(secret, host, account));
    }

    /// <summary>Adds the app that shows this code; the recovery codes that come with it are told this once.</summary>
    public async Task<Answer<NewRecoveryCodes>> AddAsync(HttpContext http, SignedInPerson person, string? @sealed, string typed, CancellationToken ct)
    {
        if (await strength.MissingAsync(Person.Of(person), ct) is { } missing)
        {
            return missing;
        }

        if (enrolment.Open(person, @sealed) is not { } secret)
        {
            return TooOld;
        }

        if (await context.Users.FirstOrDefaultAsync(row => row.Id == person.Subject, ct) is not { } user || await context.Authenticators.AnyAsync(row => row.UserId == user.Id, ct))
        {
            return Gone;
        }

        var (now, attempt) = (clock.GetStoredNow(), pace.Attempt(http, user.Email ?? ""));
        if (pace.WaitFor(attempt) is var wait && wait > TimeSpan.Zero)
        {
            return Problem.TooMany("Too many attempts.") with { RetryAfter = wait };
        }

        pace.Started(attempt);
        if (AuthenticatorCodes.Read(typed) is not { } code || AuthenticatorCodes.StepOf(secret, code, 0, now) is not { } step)
        {
            return WrongCode;
        }

        context.Authenticators.Add(new Authenticator
        {
            UserId = user.Id,
            Secret = seal.Seal(secret, Authenticator.PlaceOf(user.Id)),
            LastStep = step,
            CreatedAt = now,
        });
        CryptographicOperations.ZeroMemory(secret);
        Add(http, StrongEvents.AuthenticatorAdded, user);
        var codes = await RenewAsync(http, user, now, ct);
        await notices.OfChangeAsync(http, context, user, "An authenticator app was added: from now on signing in with the password takes a code of it.", ct);
        var stronger = await SignInSessions.StrengthenAsync(context, person, ["otp"], ct);
        if (!await context.TrySaveUnchangedAsync(ct))
        {
            return Gone;
        }

        await SignInSessions.ShowAsync(http, stronger);
        return codes;
    }

    /// <summary>From now on the password is enough again. Recovery codes stay while there is a passkey that they may stand in for.</summary>
    public async Task<Answer<NoContent>> RemoveAsync(HttpContext http, SignedInPerson person, CancellationToken ct)
    {
        if (await strength.MissingAsync(Person.Of(person), ct) is { } missing)
        {
            return missing;
        }

        if (await context.Authenticators.FirstOrDefaultAsync(row => row.UserId == person.Subject, ct) is not { } authenticator
            || await context.Users.FirstOrDefaultAsync(row => row.Id == person.Subject, ct) is not { } user)
        {
            return Problem.NotFound;
        }

        context.Authenticators.Remove(authenticator);
        if (!(await strength.FactorsAsync(user.Id, ct)).HasFlag(Factors.Passkey))
        {
            context.RecoveryCodes.RemoveRange(await context.RecoveryCodes.Where(row => row.UserId == user.Id).ToListAsync(ct));
        }

        Add(http, StrongEvents.AuthenticatorRemoved, user);
        await notices.OfChangeAsync(http, context, user, "The authenticator app was removed: from now on the password is enough to sign in.", ct);
        return await context.TrySaveUnchangedAsync(ct) ? Answer.Done : Gone;
    }

    /// <summary>Ten new recovery codes, told this once, in place of all before them. Only who has something that they can stand in for has any.</summary>
    public async Task<Answer<NewRecoveryCodes>> RenewCodesAsync(HttpContext http, SignedInPerson person, CancellationToken ct)
    {
        if (await strength.MissingAsync(Person.Of(person), ct) is { } missing)
        {
            return missing;
        }

        if (await strength.FactorsAsync(person.Subject, ct) == Factors.None || await context.Users.FirstOrDefaultAsync(row => row.Id == person.Subject, ct) is not { } user)
        {
            return Problem.NotFound;
        }

        var codes = await RenewAsync(http, user, clock.GetStoredNow(), ct);
        await notices.OfChangeAsync(http, context, user, "New recovery codes were made. The old ones are worth nothing any more.", ct);
        return await context.TrySaveUnchangedAsync(ct) ? codes : Gone;
    }

    private async Task<NewRecoveryCodes> RenewAsync(HttpContext http, User user, DateTimeOffset now, CancellationToken ct)
    {
        context.RecoveryCodes.RemoveRange(await context.RecoveryCodes.Where(row => row.UserId == user.Id).ToListAsync(ct));
        var codes = RecoveryCodes.New();
        context.RecoveryCodes.AddRange(codes.Select(code => new RecoveryCode { UserId = user.Id, Hash = RecoveryCodes.HashOf(code), CreatedAt = now }));
        Add(http, StrongEvents.RecoveryCodesMade, user);
        return new NewRecoveryCodes(codes);
    }

    private void Add(HttpContext http, string type, User user)
    {
        // Of two changes at once, one loses.
        user.ConcurrencyStamp = Guid.NewGuid().ToString();
        context.AuditEvents.Add(AuditEventRow.From(http.Event(type, AuditOutcomes.Success, clock.GetUtcNow()) with { Subject = user.Id, Target = user.Id }));
    }
}

/// <summary>Recovery codes, told this once. No record: they must never be printed.</summary>
public sealed class NewRecoveryCodes(IReadOnlyList<string> codes)
{
    public IReadOnlyList<string> Codes { get; } = codes;
}

/// <summary>A secret that an app may learn. No record: it must never be printed.</summary>
public sealed class OfferedSecret(string @sealed, string shown, string address)
{
    /// <summary>For the form.</summary>
    public string Sealed { get; } = @sealed;

    /// <summary>To be typed.</summary>
    public string Shown { get; } = shown;

    /// <summary>To be scanned.</summary>
    public string Address { get; } = address;
}
