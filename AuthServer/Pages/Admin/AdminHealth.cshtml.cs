using AuthServer.Administration;
using Microsoft.AspNetCore.Mvc;

namespace AuthServer.Pages.Admin;

/// <summary>Whether the server can do its work, and what of it waits.</summary>
public sealed class AdminHealthModel(AdminDesk desk, InstallationHealth health) : AdminPage(desk)
{
    public HealthFile Found { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await EnterAsync(ct) is { } elsewhere)
        {
            return elsewhere;
        }

        Found = await health.ReadAsync(ct);
        return Page();
    }

    public static string Size(long octets) => octets switch
    {
        >= 1L << 30 => Texts.T("{0} GB", (octets / (double)(1L << 30)).ToString("0.0", Texts.Language.Culture)),
        >= 1L << 20 => Texts.T("{0} MB", (octets / (double)(1L << 20)).ToString("0.0", Texts.Language.Culture)),
        _ => Texts.T("{0} KB", octets / 1024),
    };
}
