using AuthServer.Docs;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.Docs;

/// <summary>The documentation: <c>/docs</c> and its pages.</summary>
public sealed class ReadModel(DocumentLibrary documents) : PageModel
{
    public Document Document { get; private set; } = null!;

    public string Name { get; private set; } = DocumentLibrary.Home;

    public bool IsHome => Name == DocumentLibrary.Home;

    public IActionResult OnGet(string? name)
    {
        // The first page has one address.
        if (name == DocumentLibrary.Home || documents.Find(name ?? DocumentLibrary.Home) is not { } document)
        {
            return NotFound();
        }

        (Document, Name) = (document, name ?? DocumentLibrary.Home);
        return Page();
    }
}
