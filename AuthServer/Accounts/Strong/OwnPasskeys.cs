using System.Text.Json;
using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.ExternalSignIn;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Languages;
using AuthServer.Protocol.Authorize;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Accounts.Strong;

/// <summary>A person's own passkeys: adding, naming, taking away, by somebody who has just shown that they are there.</summary>
public sealed class OwnPasskeys(
    AuthDbContext context, IPasskeyHandler<User> handler, PasskeyChallenges challenges, Strength strength, ExternalProviders providers, AccountNotices notices, TimeProvider clock)
{
    public const int Most = 20;
    public const int LongestName = 60;

    public static Problem TooMany { get; } = Problem.Conflict("too_many", $"You have {Most} passkeys, and can have no more. Remove one first.");

    private static Problem NotAdded { get; } = Problem.Forbidden("passkey", "The passkey was not accepted. Add it once more: a page that is open for more than five minutes is too old.");

    private static Problem LastWay { get; } = Problem.Conflict("last_way", "This is the only way in to your account. Set a password, or add another passkey, first.");

    private static Problem Gone { get; } = Problem.Conflict("gone", "This was changed meanwhile. Look at it again.");

    private static string PurposeFor(SignedInPerson person) => $"add:{person.Subject}:{person.SessionId}";

    public async Task<IReadOnlyList<PasskeyItem>> ListAsync(string userId, CancellationToken ct)
    {
        var passkeys = await context.Passkeys.AsNoTracking().Where(row => row.UserId == userId).ToListAsync(ct);
        var ids = passkeys.Select(row => row.CredentialId).ToList();
        var uses = await context.PasskeyUses.AsNoTracking().Where(row => ids.Contains(row.CredentialId)).ToListAsync(ct);
        return
        [
            .. passkeys.Select(row => new PasskeyItem(
                    PasskeyIds.Write(row.CredentialId), row.Data.Name ?? "Passkey", row.Data.CreatedAt, uses.Find(use => use.CredentialId.AsSpan().SequenceEqual(row.CredentialId))?.LastUsedAt, row.Data.IsBackupEligible))
                .OrderBy(item => item.CreatedAt).ThenBy(item => item.Id, StringComparer.Ordinal),
        ];
    }

    /// <summary>What a browser asks to make one (WebAuthn's creation options).</summary>
    public async Task<Answer<PasskeyOptions>> AskAsync(HttpContext http, SignedInPerson person, CancellationToken ct)
    {
        if (await strength.MissingAsync(Person.Of(person), ct) is { } missing)
        {
            return missing;
        }

        if (await context.Users.AsNoTracking().FirstOrDefaultAsync(row => row.Id == person.Subject, ct) is not { } user)
        {
            return Problem.NotFound;
        }

        if (await context.Passkeys.CountAsync(row => row.UserId == user.Id, ct) >= Most)
        {
            return TooMany;
        }

        var account = user.Email ?? user.Id;
        var asked = await handler.MakeCreationOptionsAsync(new PasskeyUserEntity { Id = user.Id, Name = account, DisplayName = user.Name ?? account }, http);
        challenges.Add(http, PurposeFor(person), asked.AttestationState!);
        return new PasskeyOptions(asked.CreationOptionsJson);
    }

    /// <param name="credential">WebAuthn's answer, as JSON.</param>
    /// <param name="name">As its person calls it; null: by the device.</param>
    public async Task<Answer<NoContent>> AddAsync(HttpContext http, SignedInPerson person, string credential, string? name, CancellationToken ct)
    {
        if (await strength.MissingAsync(Person.Of(person), ct) is { } missing)
        {
            return missing;
        }

        if (credential.Length > PasskeySignIn.LongestCredential || await challenges.TakeAsync(http, PurposeFor(person), ct) is not { } state)
        {
            return NotAdded;
        }

        var result = await handler.PerformAttestationAsync(new PasskeyAttestationContext { HttpContext = http, CredentialJson = credential, AttestationState = state });
        if (!result.Succeeded || result.UserEntity.Id != person.Subject || await context.Users.FirstOrDefaultAsync(row => row.Id == person.Subject, ct) is not { } user
            || await context.Passkeys.AnyAsync(row => row.CredentialId == result.Passkey.CredentialId, ct))
        {
            return NotAdded;
        }

        if (await context.Passkeys.CountAsync(row => row.UserId == user.Id, ct) >= Most)
        {
            return TooMany;
        }

        context.Passkeys.Add(RowOf(user, result.Passkey, NameOf(name) ?? DeviceName.Of(http.UserAgent(), Language.Current), clock.GetStoredNow()));
        Add(http, StrongEvents.PasskeyAdded, user, result.Passkey.CredentialId);
        await notices.OfChangeAsync(http, context, user, "A passkey was added: from now on one can sign in with it alone.", ct);
        var stronger = await SignInSessions.StrengthenAsync(context, person, PasskeySignIn.MethodsOf(result.Passkey), ct);
        if ((await SaveAsync(ct)).Problem is { } problem)
        {
            return problem;
        }

        await SignInSessions.ShowAsync(http, stronger);
        return Answer.Done;
    }

    public async Task<Answer<NoContent>> RenameAsync(HttpContext http, SignedInPerson person, string? id, string? name, CancellationToken ct)
    {
        if (await FindAsync(person, id, ct) is not (var user, var passkey))
        {
            return Problem.NotFound;
        }

        if (NameOf(name) is not { } wanted)
        {
            return Problem.Invalid("name", $"Give it a name of at most {LongestName} visible characters, on one line.");
        }

        passkey.Data.Name = wanted;
        Add(http, StrongEvents.PasskeyRenamed, user, passkey.CredentialId);
        return await SaveAsync(ct);
    }

    /// <summary>Refused for the last way in. Recovery codes go with the last thing that they could stand in for.</summary>
    public async Task<Answer<NoContent>> RemoveAsync(HttpContext http, SignedInPerson person, string? id, CancellationToken ct)
    {
        if (await strength.MissingAsync(Person.Of(person), ct) is { } missing)
        {
            return missing;
        }

        if (await FindAsync(person, id, ct) is not (var user, var passkey))
        {
            return Problem.NotFound;
        }

        var isLast = await context.Passkeys.CountAsync(row => row.UserId == user.Id, ct) == 1;
        if (isLast && user.PasswordHash is null && !(await context.ExternalLogins.Where(row => row.UserId == user.Id).Select(row => row.Provider).ToListAsync(ct)).Exists(provider => providers.Find(provider) is not null))
        {
            return LastWay;
        }

        context.Passkeys.Remove(passkey);
        if (isLast && !await context.Authenticators.AnyAsync(row => row.UserId == user.Id, ct))
        {
            context.RecoveryCodes.RemoveRange(await context.RecoveryCodes.Where(row => row.UserId == user.Id).ToListAsync(ct));
        }

        Add(http, StrongEvents.PasskeyRemoved, user, passkey.CredentialId);
        await notices.OfChangeAsync(http, context, user, "A passkey was removed.", ct);
        return await SaveAsync(ct);
    }

    private async Task<(User User, IdentityUserPasskey<string> Passkey)?> FindAsync(SignedInPerson person, string? id, CancellationToken ct) =>
        PasskeyIds.Read(id) is { } credentialId
        && await context.Passkeys.FirstOrDefaultAsync(row => row.CredentialId == credentialId && row.UserId == person.Subject, ct) is { } passkey
        && await context.Users.FirstOrDefaultAsync(row => row.Id == person.Subject, ct) is { } user
            ? (user, passkey)
            : null;

    internal static IdentityUserPasskey<string> RowOf(User user, UserPasskeyInfo made, string name, DateTimeOffset now) => new()
    {
        UserId = user.Id,
        CredentialId = made.CredentialId,
        Data = new IdentityPasskeyData
        {
            PublicKey = made.PublicKey,
            Name = name,
            CreatedAt = now,
            SignCount = made.SignCount,
            Transports = made.Transports,
            IsUserVerified = made.IsUserVerified,
            IsBackupEligible = made.IsBackupEligible,
            IsBackedUp = made.IsBackedUp,
            AttestationObject = made.AttestationObject,
            ClientDataJson = made.ClientDataJson,
        },
    };

    private void Add(HttpContext http, string type, User user, byte[] credentialId)
    {
        // Of two changes at once, one loses.
        user.ConcurrencyStamp = Guid.NewGuid().ToString();
        context.AuditEvents.Add(AuditEventRow.From(EventOf(http, type, user, credentialId, clock.GetUtcNow())));
    }

    internal static AuditEvent EventOf(HttpContext http, string type, User user, byte[] credentialId, DateTimeOffset now) => http.Event(type, AuditOutcomes.Success, now) with
    {
        Subject = user.Id,
        Target = user.Id,
        Personal = JsonSerializer.Serialize(new { passkey = PasskeyIds.Write(credentialId) }),
    };

    private async Task<Answer<NoContent>> SaveAsync(CancellationToken ct) => await context.TrySaveUnchangedAsync(ct) ? Answer.Done : Gone;

    private static string? NameOf(string? typed) =>
        typed?.Trim() is { Length: > 0 and <= LongestName } name && !name.Any(char.IsControl) && VisibleText.IsSeen(name) ? name : null;
}

/// <summary>WebAuthn's options, as JSON.</summary>
public sealed record PasskeyOptions(string Json);

/// <param name="Id">The credential's, in base64url.</param>
/// <param name="IsSynced">Its device may copy it to others of its person.</param>
public sealed record PasskeyItem(string Id, string Name, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt, bool IsSynced);
