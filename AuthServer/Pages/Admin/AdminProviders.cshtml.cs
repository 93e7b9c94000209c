using AuthServer.Administration;
using AuthServer.Vault.Providers;
using Microsoft.AspNetCore.Mvc;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Admin;

/// <summary>The providers that ship, and how they fare for everybody together.</summary>
public sealed class AdminProvidersModel(AdminDesk desk, AdminProviders providers) : AdminPage(desk)
{
    public IReadOnlyList<ProviderLine> Items { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await EnterAsync(ct) is { } elsewhere)
        {
            return elsewhere;
        }

        Items = await providers.ListAsync(ct);
        return Page();
    }

    public static (string Words, string Look, string Icon) Said(ProviderLine line) => line switch
    {
        { Status.State: ProviderState.Down } => (T("Down"), "critical", "warning"),
        { Status.State: ProviderState.Degraded } => (T("Has trouble"), "high", "warning"),
        { IsHeld: true } => (T("Refreshes are held"), "high", "warning"),
        { Broken: > 0 } or { Failing: > 0 } => (T("Fails for some"), "high", "warning"),
        { Status.State: ProviderState.Operational } => (T("Works"), "low", "check"),
        { Status: null } => (T("Not connected"), "standard", "info"),
        _ => (T("Nothing known"), "standard", "clock"),
    };
}
