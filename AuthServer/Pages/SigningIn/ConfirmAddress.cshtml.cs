using AuthServer.Accounts;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.SigningIn;

/// <summary>The page of a link that was mailed to an address: looking at it uses nothing up, since mail programs look at links too.</summary>
public sealed class ConfirmAddressModel(AddressConfirmation confirmation) : PageModel
{
    /// <summary>Null: the link is not good, or was used just now.</summary>
    public OpenAccountLink? Open { get; private set; }

    /// <summary>Null: nothing was done yet.</summary>
    public AddressOutcome? Outcome { get; private set; }

    private string? Link => Request.Query.TryGetValue("link", out var link) ? link.ToString() : null;

    public async Task OnGetAsync(CancellationToken ct) => Open = await confirmation.FindAsync(Link, ct);

    public async Task OnPostAsync(CancellationToken ct) => Outcome = await confirmation.TryAsync(HttpContext, Link, ct);
}
