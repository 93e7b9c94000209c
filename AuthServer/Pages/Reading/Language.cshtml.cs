using System.Text;
using AuthServer.Accounts;
using AuthServer.Languages;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.Reading;

/// <summary>Where somebody chooses in which language they read; every page leads here by the buttons at its end.</summary>
public sealed class LanguageModel(ReaderLanguage reader, SignInSessions sessions, PersonLanguages people) : PageModel
{
    private const int LongestWay = 2000;

    public IReadOnlyList<Language> All => reader.All;

    public void OnGet()
    {
    }

    /// <param name="back">Where they were.</param>
    public async Task<IActionResult> OnPostAsync(string? language, string? back, CancellationToken ct)
    {
        if (reader.Keep(HttpContext, language) is { } chosen && await sessions.ReadAsync(HttpContext) is { } person)
        {
            await people.KeepAsync(person.Subject, chosen, ct);
        }

        // Never but to a page of ours, and by no address that cannot stand in a header as it is.
        return this.SeeOther(back is not { Length: <= LongestWay } || !Url.IsLocalUrl(back) || back[0] != '/' ? "/language" : Ascii.IsValid(back) ? back : "/");
    }
}
