using AuthServer.Accounts;
using AuthServer.Http;
using AuthServer.Protocol.Tokens;
using AuthServer.SetUp;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages;

public sealed class IndexModel(SignInSessions sessions, People people, SignUp signUp, Administrators administrators, InstallationSetUp setUp, IssuerUri issuer) : PageModel
{
    public PersonClaims? Person { get; private set; }

    /// <summary>What is left of the set-up, for whoever administers.</summary>
    public IReadOnlyList<SetUpStep> Left { get; private set; } = [];

    /// <summary>Nobody administers, and nobody can just make an account.</summary>
    public bool WaitsForAdministrator { get; private set; }

    public bool MayRegister => signUp.IsOpen;

    public string Issuer => issuer.Value;

    public async Task OnGetAsync(CancellationToken ct)
    {
        if (await sessions.ReadAsync(HttpContext) is not { } person)
        {
            WaitsForAdministrator = !MayRegister && !await administrators.AnyAsync(ct);
            return;
        }

        Person = await people.ClaimsAsync(person.Subject, ct);
        if (await administrators.IncludeAsync(person.Subject, ct) && await setUp.ReadAsync(ct) is { IsOver: false } facts)
        {
            Left = facts.Left;
        }
    }
}
