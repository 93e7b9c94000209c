using AuthServer.Endpoints;
using AuthServer.Http;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.SigningIn;

public sealed class SelectAccountModel(Interactions interactions, SignedInReader signedIn) : PageModel
{
    public Interaction Interaction { get; private set; } = null!;

    public PersonClaims Person { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await interactions.FindAsync(HttpContext, this.RequestId(), ct) is not { } interaction)
        {
            return this.Expired();
        }

        if (await signedIn.ReadAsync(HttpContext, ct) is not { } reader)
        {
            return this.SeeOther(interaction.ContinueAt);
        }

        (Interaction, Person) = (interaction, reader.Claims);
        PageHeaders.AllowFormTarget(HttpContext, interaction.Request.Redirect.Uri);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await interactions.FindAsync(HttpContext, this.RequestId(), ct) is not { } interaction)
        {
            return this.Expired();
        }

        if (await signedIn.ReadAsync(HttpContext, ct) is { } reader)
        {
            await interactions.SelectAccountAsync(interaction, reader.Person, ct);
        }

        return this.SeeOther(interaction.ContinueAt);
    }
}
