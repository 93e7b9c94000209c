using AuthServer.Accounts;
using AuthServer.Protocol.Authorize;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Pages;

/// <summary>Who a page is shown to. A session whose person was disabled or removed is dropped, or the page and the sign-in would send each other around.</summary>
public sealed class SignedInReader(SignInSessions sessions, People people)
{
    public async Task<(SignedInPerson Person, PersonClaims Claims)?> ReadAsync(HttpContext http, CancellationToken ct)
    {
        if (await sessions.ReadAsync(http) is not { } person)
        {
            return null;
        }

        if (await people.ClaimsAsync(person.Subject, ct) is { } claims)
        {
            return (person, claims);
        }

        await SignInSessions.ForgetAsync(http);
        return null;
    }
}
