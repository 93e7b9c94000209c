using System.Globalization;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages;

public sealed class AccountModel(SignedInReader signedIn) : PageModel
{
    public PersonClaims Person { get; private set; } = null!;

    public DateTimeOffset SignedInSince { get; private set; }

    public bool PasswordChanged => Request.Query["password"] == "changed";

    public CultureInfo Culture => CultureInfo.InvariantCulture;

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await signedIn.ReadAsync(HttpContext, ct) is not { } reader)
        {
            return this.SeeOther("/sign-in");
        }

        (Person, SignedInSince) = (reader.Claims, reader.Person.AuthTime.ToUniversalTime());
        return Page();
    }
}
