using AuthServer.Accounts.Strong;
using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Accounts;

/// <summary>Sign-in through the API: through the same door as the page, and for a token in place of a cookie.</summary>
public sealed class ApiSignIn(
    AuthDbContext context, PasswordCheck passwords, SecondFactors factors, LoginTokens tokens, ApiDevices devices, AccountNotices notices, TimeProvider clock)
{
    /// <summary>Whose e-mail address and password these are, with the code that their account asks for. Nothing is recorded yet where they are right: the caller begins the sign-in.</summary>
    public async Task<Answer<CheckedPerson>> CheckAsync(HttpContext http, Credentials sent, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(sent.Email) || string.IsNullOrEmpty(sent.Password))
        {
            return string.IsNullOrWhiteSpace(sent.Email)
                ? Problem.Invalid("email", "Give the e-mail address of the account.")
                : Problem.Invalid("password", "Give the password.");
        }

        switch (await passwords.TryAsync(http, sent.Email, sent.Password, ct))
        {
            case PasswordOutcome.Right right:
                return await factors.AreAskedAsync(right.User.Id, strong: false, ct)
                    ? await CheckCodeAsync(http, right.User, sent.Code, ct)
                    : new CheckedPerson(right.User, SignInMeans.Password);
            case PasswordOutcome.Wait wait:
                return TooMany(http, wait.For);
            default:
                return Refused(http, "unauthenticated", "The e-mail address or the password is wrong.");
        }
    }

    private async Task<Answer<CheckedPerson>> CheckCodeAsync(HttpContext http, User user, string? code, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(code))
        {
            // Told only to whoever knows the password.
            return Refused(http, "second_factor_required", "This account asks for a second factor: send a code of its authenticator app, or a recovery code, as code.");
        }

        return await factors.TryAsync(http, user, code, ct) switch
        {
            FactorOutcome.Right right => new CheckedPerson(user, SignInMeans.Of(right.Factor)),
            FactorOutcome.Wait wait => TooMany(http, wait.For),
            _ => Refused(http, "second_factor_wrong", "The code is wrong, or was used before."),
        };
    }

    /// <summary>Signs in, and tells the person where that is from a program or a place that is new to them.</summary>
    /// <param name="organizationId">Null: for the person's own matters only.</param>
    public async Task<LoginToken> SignInAsync(HttpContext http, CheckedPerson person, string? organizationId, CancellationToken ct)
    {
        var login = Begin(http, person.User, person.Means, organizationId);
        var known = await devices.FindAsync(http, context, person.User.Id, ct);
        if (known is null)
        {
            await notices.OfApiSignInAsync(http, context, person.User, ct);
        }

        await context.SaveChangesAsync(ct);
        await devices.RememberAsync(http, person.User.Id, known, ct);
        return login;
    }

    /// <summary>Whoever made the account from there is no news.</summary>
    public Task RememberAsync(HttpContext http, User user, CancellationToken ct) => devices.RememberAsync(http, user.Id, null, ct);

    /// <summary>The token of a sign-in whose event waits in the context: it is handed out after the caller has saved.</summary>
    /// <param name="organizationId">Null: for the person's own matters only.</param>
    public LoginToken Begin(HttpContext http, User user, SignInMeans means, string? organizationId)
    {
        var signedIn = http.Event(AuditEventTypes.UserSignedIn, AuditOutcomes.Success, clock.GetUtcNow()) with
        {
            Subject = user.Id,
            OrganizationId = organizationId,
            Target = user.Id,
            Reason = means.Word,
        };
        context.AuditEvents.Add(AuditEventRow.From(signedIn));
        var (token, expiresAt) = tokens.Create(signedIn, user.Id, organizationId, means.Acr);
        return new LoginToken(token, expiresAt);
    }

    private static Problem Refused(HttpContext http, string code, string detail)
    {
        http.Response.Headers.WWWAuthenticate = "Bearer realm=\"AuthServer\"";
        return Problem.Unauthenticated(detail) with { Code = code };
    }

    internal static Problem TooMany(HttpContext http, TimeSpan wait)
    {
        TooManyRequests.SetRetryAfter(http.Response, wait);
        return Problem.TooMany("Too many attempts. Wait as long as Retry-After says.");
    }
}

/// <summary>Somebody who may sign in, and what they showed for it.</summary>
public sealed record CheckedPerson(User User, SignInMeans Means);

/// <summary>A token of a sign-in, and when it ends.</summary>
public sealed class LoginToken(string token, DateTimeOffset expiresAt)
{
    public string Token { get; } = token;

    public DateTimeOffset ExpiresAt { get; } = expiresAt;
}
