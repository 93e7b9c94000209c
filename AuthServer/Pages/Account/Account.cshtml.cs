using System.Globalization;
using System.Net.Mime;
using System.Text.Json;
using AuthServer.Accounts;
using AuthServer.Http.Api;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.Account;

public sealed class AccountModel(SignedInReader signedIn, AccountDownload download, Administrators administrators) : PageModel
{
    private static readonly JsonSerializerOptions Readable = new(ApiJson.Options) { WriteIndented = true };

    public PersonClaims Person { get; private set; } = null!;

    public DateTimeOffset SignedInSince { get; private set; }

    public bool IsAdministrator { get; private set; }

    public bool PasswordChanged => Request.Query["password"] == "changed";

    public CultureInfo Culture => CultureInfo.InvariantCulture;

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await signedIn.ReadAsync(HttpContext, ct) is not { } reader)
        {
            return this.SeeOther("/sign-in");
        }

        (Person, SignedInSince) = (reader.Claims, reader.Person.AuthTime.ToUniversalTime());
        IsAdministrator = await administrators.IncludeAsync(reader.Person.Subject, ct);
        return Page();
    }

    /// <summary>Everything that is kept of the person, as a file for them.</summary>
    public async Task<IActionResult> OnGetDataAsync(CancellationToken ct)
    {
        if (await signedIn.ReadAsync(HttpContext, ct) is not { } reader)
        {
            return this.SeeOther("/sign-in");
        }

        var person = reader.Person;
        return (await download.ReadAsync(Http.Api.Person.Of(person), person.Subject, ct)).Failed(out _, out var data)
            ? NotFound()
            : File(JsonSerializer.SerializeToUtf8Bytes(data, Readable), MediaTypeNames.Application.Json, "authserver-data.json");
    }
}
