using AuthServer.Accounts.Strong;
using AuthServer.Data;
using AuthServer.Protocol.Authorize;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Accounts;

/// <summary>Sign-in of a browser with e-mail address and password, which for some is the first of two steps.</summary>
public sealed class PasswordSignIn(
    AuthDbContext context, PasswordCheck passwords, SecondFactors factors, SecondStep second, KnownDevices devices, SignInSessions sessions)
{
    /// <param name="strong">What it is for asks for as strong a sign-in as this person's can be.</param>
    public async Task<SignInOutcome> TryAsync(HttpContext http, string email, string password, bool strong, CancellationToken ct) =>
        await passwords.TryAsync(http, email, password, ct) switch
        {
            PasswordOutcome.Right right when await factors.AreAskedAsync(right.User.Id, strong, ct) => await BeginAsync(http, right.User, ct),
            PasswordOutcome.Right right => new SignInOutcome.SignedIn(await StartAsync(http, right.User, ct)),
            PasswordOutcome.Wait wait => new SignInOutcome.Wait(wait.For),
            _ => new SignInOutcome.Refused(),
        };

    /// <summary>Signs in a person whose password is known to be right, or was made just now.</summary>
    public async Task<SignedInPerson> StartAsync(HttpContext http, User user, CancellationToken ct)
    {
        var person = await sessions.StartAsync(http, context, user, SignInMeans.Password, ct);
        devices.Remember(http, user.NormalizedUserName ?? "");
        return person;
    }

    private async Task<SignInOutcome> BeginAsync(HttpContext http, User user, CancellationToken ct)
    {
        // Nobody is signed in yet; a hash that was made anew is kept all the same.
        await context.SaveChangesAsync(ct);
        second.Begin(http, user);
        return new SignInOutcome.SecondStep();
    }
}
