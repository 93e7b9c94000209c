using AuthServer.Accounts;
using AuthServer.Http;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages;

public sealed class IndexModel(SignInSessions sessions, People people, SignUp signUp, IssuerUri issuer) : PageModel
{
    public PersonClaims? Person { get; private set; }

    public bool MayRegister => signUp.IsOpen;

    public string Issuer => issuer.Value;

    public async Task OnGetAsync(CancellationToken ct) =>
        Person = await sessions.ReadAsync(HttpContext) is { } person ? await people.ClaimsAsync(person.Subject, ct) : null;
}
