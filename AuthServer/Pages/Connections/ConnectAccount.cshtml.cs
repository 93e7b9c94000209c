using AuthServer.Accounts;
using AuthServer.Branding;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Dialect;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.Connections;

/// <summary>Where the owner of an account reads what it is to be linked for, and goes out to the provider.</summary>
[TypeFilter<ConnectTicksFilter>]
public sealed class ConnectAccountModel(SignInSessions sessions, People people, LinkVisits visits, LinkOutcomes outcomes, ShownBrands brands, ConnectTicks ticks) : PageModel
{
    public LinkVisit Visit { get; private set; } = new(LinkAnswer.NotGood);

    public OpenLink Open => Visit.Link!;

    /// <summary>The provider's address, on the way there.</summary>
    public Uri? GoingTo { get; private set; }

    /// <summary>Why the way out is closed.</summary>
    public ProviderFault? Fault { get; private set; }

    /// <summary>How the organization shows itself for which it is; null: it shows nothing, or this browser is not the one.</summary>
    public ShownBrand? Brand { get; private set; }

    /// <summary>Who is signed in, by their address.</summary>
    public string? SignedInAs { get; private set; }

    /// <summary>Whose account it is to be, by their address where they are a person of this server.</summary>
    public string Owner { get; private set; } = "";

    /// <summary>What the person has left ticked; null: all, as at first.</summary>
    public IReadOnlyList<string>? Ticked { get; private set; }

    public async Task<IActionResult> OnGetAsync(string token, CancellationToken ct)
    {
        Ticked = ticks.Read(HttpContext, token);
        return await LoadAsync(token, ct) ?? Page();
    }

    public async Task<IActionResult> OnPostAsync(string token, string? decision, string[] scope, string? window, CancellationToken ct)
    {
        if (await LoadAsync(token, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        if (Visit.Answer != LinkAnswer.Open)
        {
            return Page();
        }

        if (decision == "cancel")
        {
            var ended = await outcomes.FailAsync(HttpContext, Open.Link, Open.Connection, LinkFaults.Cancelled, ct);
            return ended.RedirectTo is { } back ? Leave(new Uri(back)) : this.SeeOther($"{ConnectDoneModel.Path}?link={Open.Link.Id}");
        }

        if (decision == "look")
        {
            Ticked = scope;
            return Page();
        }

        if (await visits.SendAsync(Open, scope, window == "1", ct) is { } address)
        {
            return Leave(address);
        }

        Fault = ProviderFaults.NoApp;
        Response.StatusCode = StatusCodes.Status400BadRequest;
        return Page();
    }

    /// <summary>Null: the page is shown.</summary>
    private async Task<IActionResult?> LoadAsync(string token, CancellationToken ct)
    {
        var person = await sessions.ReadAsync(HttpContext);
        Visit = await visits.OpenAsync(HttpContext, token, person, ct);
        if (Visit.Answer == LinkAnswer.SignIn)
        {
            return this.SeeOther(new Errand(Errand.Connect, token).At("/sign-in"));
        }

        Response.StatusCode = Visit.Answer switch
        {
            LinkAnswer.Open => StatusCodes.Status200OK,
            LinkAnswer.NotGood => StatusCodes.Status404NotFound,
            LinkAnswer.Unusable => StatusCodes.Status400BadRequest,
            _ => StatusCodes.Status403Forbidden,
        };
        if (Visit.Link is { Link: var link })
        {
            SignedInAs = person is null ? null : (await people.ClaimsAsync(person.Subject, ct))?.Email;
            Owner = link.UserId is { } owner && (await people.ClaimsAsync(owner, ct))?.Email is { } email ? email : link.Identifier;
        }

        Brand = Visit is { Answer: LinkAnswer.Open or LinkAnswer.Unusable, Link: { } open } ? await brands.OfAsync(open.Connection.OrganizationId, ct) : null;
        return null;
    }

    // A redirect would be part of the form's own way, which the page's policy ends at hosts that it does not name; and the provider leads on to hosts that nobody knows.
    private PageResult Leave(Uri address)
    {
        GoingTo = address;
        Response.Headers["Refresh"] = $"0; url={address.AbsoluteUri}";
        return Page();
    }
}
