using AuthServer.Administration;
using Microsoft.AspNetCore.Mvc;

namespace AuthServer.Pages.Admin;

/// <summary>The installation at a glance: what is wrong first, then how much there is.</summary>
public sealed class AdminModel(AdminDesk desk, Installation installation) : AdminPage(desk)
{
    public InstallationState State { get; private set; } = null!;

    public IReadOnlyList<Trouble> Troubles { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await EnterAsync(ct) is { } elsewhere)
        {
            return elsewhere;
        }

        State = await installation.ReadAsync(ct);
        Troubles = TroubleWords.Of(State);
        return Page();
    }
}
