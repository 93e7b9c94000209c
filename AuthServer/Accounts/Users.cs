using AuthServer.Data;
using AuthServer.Http.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Accounts;

/// <summary>People through the API: they make accounts, sign in, and ask who they are.</summary>
public sealed class Users(AuthDbContext context, Registration registration, ApiSignIn signIn)
{
    public async Task<Answer<SignedInProfile>> RegisterAsync(HttpContext http, NewAccount wanted, CancellationToken ct)
    {
        LoginToken? login = null;
        var request = new RegistrationRequest(wanted.Email, wanted.Name, wanted.Password, wanted.Invitation);
        var outcome = await registration.TryAsync(http, request, (_, user) => login = signIn.Begin(http, user, SignInMeans.Password, null), ct);
        if (outcome is not RegistrationOutcome.Registered registered)
        {
            return RegistrationProblem.Of(http, outcome);
        }

        await signIn.RememberAsync(http, registered.User, ct);
        return Answer.Created(new SignedInProfile(registered.User, login!), "/api/v1/users/me");
    }

    public async Task<Answer<SignedInProfile>> LoginAsync(HttpContext http, Credentials sent, CancellationToken ct)
    {
        return (await signIn.CheckAsync(http, sent, ct)).Failed(out var problem, out var person)
            ? problem
            : new SignedInProfile(person.User, await signIn.SignInAsync(http, person, null, ct));
    }

    public async Task<Answer<ProfileAnswer>> FindAsync(Person person, CancellationToken ct) =>
        await context.Users.AsNoTracking().FirstOrDefaultAsync(user => user.Id == person.UserId && !user.Disabled, ct) is { } user
            ? new ProfileAnswer(Profile.Of(user))
            : Problem.NotFound;
}
