using AuthServer.Pages.Forms;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.Design;

/// <summary>Every part that pages are made of, in every state. For whoever makes pages, in Development.</summary>
public sealed class DesignModel(AuthServerSettings settings, IWebHostEnvironment environment) : PageModel
{
    public Palette Light { get; private set; } = null!;

    public Palette Dark { get; private set; } = null!;

    public FormFaults Faults { get; } = new();

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (!settings.IsDevelopment)
        {
            return NotFound();
        }

        await using var file = environment.WebRootFileProvider.GetFileInfo("site.css").CreateReadStream();
        using var reader = new StreamReader(file);
        (Light, Dark) = Palette.Read(await reader.ReadToEndAsync(ct));
        Faults.Add("Wrong", "Use an address such as name@example.com.");
        Faults.Add("", "Something that belongs to no field.");
        return Page();
    }
}
