using System.Net.Mime;
using AuthServer.Accounts;
using AuthServer.Accounts.Strong;
using AuthServer.Endpoints;
using AuthServer.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.Strong;

/// <summary>Takes what a passkey answered. The page's script asks first what is to be answered.</summary>
public sealed class PasskeySignInModel(PasskeySignIn signIn, Interactions interactions) : PageModel
{
    /// <summary>WebAuthn's answer, as JSON; empty where no script ran.</summary>
    [BindProperty]
    public string? Credential { get; set; }

    /// <summary>What went wrong.</summary>
    public string? Said { get; private set; }

    public TimeSpan? Wait { get; private set; }

    public string At => Request.At(Routes.Passkey);

    public string SignInAt => Request.At(Routes.SignIn);

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        await AllowTargetAsync(ct);
        return Page();
    }

    public async Task<IActionResult> OnPostOptionsAsync() => Content(await signIn.AskAsync(HttpContext), MediaTypeNames.Application.Json);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await AllowTargetAsync(ct);
        if (string.IsNullOrEmpty(Credential))
        {
            Said = Texts.T("The browser sent no passkey");
            return Page();
        }

        switch (await signIn.TryAsync(HttpContext, Credential, ct))
        {
            case SignInOutcome.SignedIn:
                return this.SeeOther(Carried.Next(Carried.Of(Request)));
            case SignInOutcome.Wait wait:
                Wait = wait.For;
                return this.TooMany(wait.For);
            default:
                Said = Texts.T("This passkey was not accepted");
                return Page();
        }
    }

    private async Task AllowTargetAsync(CancellationToken ct)
    {
        if (this.RequestId() is { } id && await interactions.FindAsync(HttpContext, id, ct) is { } interaction)
        {
            PageHeaders.AllowFormTarget(HttpContext, interaction.Request.Redirect.Uri);
        }
    }
}
