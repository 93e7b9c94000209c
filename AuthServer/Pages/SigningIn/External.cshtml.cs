using AuthServer.Accounts;
using AuthServer.Endpoints;
using AuthServer.ExternalSignIn;
using AuthServer.Http;
using AuthServer.Protocol.Authorize;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.SigningIn;

/// <summary>Sends the browser to a provider. A page of its own, since Chromium holds all that follows a form to that page's <c>form-action</c>, and nobody knows where a provider leads.</summary>
public sealed class ExternalModel(
    ExternalProviders providers, ExternalStarts starts, ExternalLinks links, Interactions interactions, SignInSessions sessions, PreAuthenticationLimit limit) : PageModel
{
    public const string Linking = "link";

    /// <summary><see cref="Linking"/>: to link what it brings; else to sign in.</summary>
    [BindProperty]
    public string? Purpose { get; set; }

    public string ProviderName { get; private set; } = "";

    public string Address { get; private set; } = "";

    public string BackAt => Request.At(Purpose == Linking ? "/account/sign-ins" : "/sign-in");

    /// <summary>Nothing begins by following a link.</summary>
    public IActionResult OnGet() => this.SeeOther(Request.At("/sign-in"));

    public async Task<IActionResult> OnPostAsync(string provider, CancellationToken ct)
    {
        if (providers.Find(provider) is not { } found)
        {
            return NotFound();
        }

        if (limit.WaitFor(HttpContext) is { } tooMany)
        {
            DisplayedError.Show(HttpContext, tooMany);
            return new EmptyResult();
        }

        var interaction = this.RequestId() is { } id ? await interactions.FindAsync(HttpContext, id, ct) : null;
        if (this.RequestId() is not null && interaction is null)
        {
            return this.Expired();
        }

        var (person, linking) = (await sessions.ReadAsync(HttpContext), Purpose == Linking);
        if (linking && (person is null || await links.NotFreshAsync(person, ct) is not null))
        {
            return this.SeeOther("/sign-in?again=sign-ins");
        }

        var carried = Carried.Of(Request);
        var isNew = !linking && (person is not null || carried.ContainsKey(Carried.Link) || AsksForNew(interaction));
        var (address, fault) = await starts.BeginAsync(HttpContext, found, linking ? person : null, isNew, carried, ct);
        if (address is null)
        {
            DisplayedError.Show(HttpContext, Texts.T("{0} could not be asked", found.Name), fault!.Words);
            return new EmptyResult();
        }

        (ProviderName, Address) = (found.Name, address.AbsoluteUri);
        Response.Headers["Refresh"] = $"0; url={Address}";
        return Page();
    }

    private static bool AsksForNew(Interaction? interaction) =>
        interaction is not null && (interaction.Request.IsCritical || interaction.Request.MaxAge is not null || interaction.Request.Prompt.HasFlag(Prompts.Login));
}
