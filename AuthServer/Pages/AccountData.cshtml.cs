using System.Net.Mime;
using System.Text.Json;
using AuthServer.Accounts;
using AuthServer.Http.Api;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages;

/// <summary>Everything that is kept of the person, as a file for them.</summary>
public sealed class AccountDataModel(SignedInReader signedIn, AccountDownload download) : PageModel
{
    private static readonly JsonSerializerOptions Readable = new(ApiJson.Options) { WriteIndented = true };

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await signedIn.ReadAsync(HttpContext, ct) is not { } reader)
        {
            return this.SeeOther("/sign-in");
        }

        var person = reader.Person;
        return (await download.ReadAsync(new Person(person.Subject, person.AuthTime, byBrowser: true), person.Subject, ct)).Failed(out _, out var data)
            ? NotFound()
            : File(JsonSerializer.SerializeToUtf8Bytes(data, Readable), MediaTypeNames.Application.Json, "authserver-data.json");
    }
}
