using AuthServer.Branding;
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

    /// <summary>An organization's, as pages wear it.</summary>
    public ShownBrand Brand { get; } = new("acct_01", "Acme", new ShownLogo("/logo.svg", 32, 32), new AccentColour(0x0b7a4b), "en", new Dictionary<string, BrandTexts>
    {
        ["en"] = new() { Headline = "We sort your mail, and delete nothing.", Help = "Ask us if this comes as a surprise.", Support = "mailto:help@acme.example", Privacy = "https://acme.example/privacy" },
    });

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
