using AuthServer.Endpoints;
using AuthServer.ExternalSignIn;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.SigningIn;

/// <summary>Where people come back to from a provider.</summary>
public sealed class ExternalReturnModel(ExternalSignIns signIns) : PageModel
{
    /// <summary>Null: it is not known who was asked.</summary>
    public string? ProviderName { get; private set; }

    public string Words { get; private set; } = "";

    public string Code { get; private set; } = "";

    public string BackAt { get; private set; } = "/sign-in";

    public async Task<IActionResult> OnGetAsync(string provider, CancellationToken ct)
    {
        switch (await signIns.EnterAsync(HttpContext, provider, ct))
        {
            case ExternalOutcome.SignedIn signedIn:
                return this.SeeOther(Carried.Next(signedIn.Carried));
            case ExternalOutcome.SecondStep second:
                return this.SeeOther(Carried.At(Routes.SecondStep, second.Carried));
            case ExternalOutcome.LinkedAlready:
                return this.SeeOther("/account/sign-ins");
            case ExternalOutcome.Arrived arrived:
                return this.SeeOther(Carried.At("/link", new Dictionary<string, string>(arrived.Carried) { [Carried.Link] = arrived.Handle }));
            case ExternalOutcome.Refused refused:
                (ProviderName, Words, Code) = (refused.Provider, refused.Fault.Words, refused.Fault.Code);
                BackAt = refused.Carried is { } carried ? Carried.At("/sign-in", carried) : "/sign-in";
                Response.StatusCode = refused.Fault == ExternalFault.TooMany ? StatusCodes.Status429TooManyRequests : StatusCodes.Status400BadRequest;
                return Page();
            default:
                throw new InvalidOperationException("An outcome that nobody knows.");
        }
    }
}
