using AuthServer.Data;
using AuthServer.Protocol.Authorize;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Accounts;

/// <summary>Sign-in of a browser with e-mail address and password.</summary>
public sealed class PasswordSignIn(AuthDbContext context, PasswordCheck passwords, KnownDevices devices, SignInSessions sessions)
{
    public async Task<SignInOutcome> TryAsync(HttpContext http, string email, string password, CancellationToken ct) =>
        await passwords.TryAsync(http, email, password, ct) switch
        {
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
}
