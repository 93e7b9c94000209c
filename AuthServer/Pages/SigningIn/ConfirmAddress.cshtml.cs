using AuthServer.Accounts;
using AuthServer.Http.Api;
using AuthServer.Pages.Forms;
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

    /// <summary>A second click uses the link that the first one has used up.</summary>
    public async Task OnPostAsync()
    {
        var outcome = AddressOutcome.NotGood;
        var done = await HttpContext.OnceAsync<Used>(async once =>
            (outcome = await confirmation.TryAsync(HttpContext, Link, once)) is AddressOutcome.Confirmed or AddressOutcome.Changed ? new Used(outcome) : Problem.NotFound);
        Outcome = done.Value?.Outcome ?? outcome;
    }

    private sealed record Used(AddressOutcome Outcome);
}
