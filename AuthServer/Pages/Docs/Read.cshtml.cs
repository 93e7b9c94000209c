using AuthServer.Docs;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.Docs;

/// <summary>The documentation: <c>/docs</c> and its pages.</summary>
public sealed class ReadModel(Documents documents) : PageModel
{
    public Document Document { get; private set; } = null!;

    public string Name { get; private set; } = Documents.Home;

    public bool IsHome => Name == Documents.Home;

    public IActionResult OnGet(string? name)
    {
        // The first page has one address.
        if (name == Documents.Home || documents.Find(name ?? Documents.Home) is not { } document)
        {
            return NotFound();
        }

        (Document, Name) = (document, name ?? Documents.Home);
        return Page();
    }

    public string TitleOf(string page) => documents.Find(page)!.Title;
}
