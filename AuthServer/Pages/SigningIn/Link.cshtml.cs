using AuthServer.Accounts;
using AuthServer.Endpoints;
using AuthServer.ExternalSignIn;
using AuthServer.Http;
using AuthServer.Organizations;
using AuthServer.Pages.Forms;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.SigningIn;

/// <summary>Where somebody whom a provider vouches for, and whom nobody here knows by that, says who they are here.</summary>
public sealed class LinkModel(
    SignedInReader signedIn, ExternalArrivals arrivals, ExternalLinks links, ExternalSignIns signIns, Interactions interactions, SignUp signUp, Joining joining) : PageModel
{
    [BindProperty]
    public string? Name { get; set; }

    /// <summary>Whether the access is kept that the provider gave.</summary>
    [BindProperty]
    public bool Keep { get; set; }

    [BindProperty]
    public string? Decision { get; set; }

    /// <summary>Null: it was done, has expired, or is another browser's.</summary>
    public OpenArrival? Open { get; private set; }

    /// <summary>Null: nobody is signed in.</summary>
    public PersonClaims? Person { get; private set; }

    public bool MustSignIn { get; private set; }

    /// <summary>Whether an account may be made by what the provider vouches for.</summary>
    public bool MayCreate { get; private set; }

    /// <summary>Whether one may be made with a password.</summary>
    public bool MayRegister { get; private set; }

    public FormFaults Faults { get; } = new();

    public TimeSpan? Wait { get; private set; }

    public string SignInAt => Request.At("/sign-in");

    public string RegisterAt => Request.At("/register");

    private string? Join => Errand.Of(Request, Errand.Join)?.Token;

    private string? Invitation => Request.Query[Carried.Invitation] is [{ } token] ? token : null;

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        await LoadAsync(ct);
        Name = Open?.Arrival.Name;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var reader = await LoadAsync(ct);
        if (Open is null)
        {
            return Page();
        }

        if (Decision == "create")
        {
            return reader is null && MayCreate ? await CreateAsync(Open, ct) : Page();
        }

        if (reader is not { } person || MustSignIn)
        {
            return this.SeeOther(SignInAt);
        }

        if (Decision != "link")
        {
            return this.SeeOther(Next("/account/sign-ins"));
        }

        if ((await links.LinkAsync(HttpContext, Open, person.Person, Keep, ct)).Problem is not { } problem)
        {
            return this.SeeOther(Next("/account/sign-ins?linked=1"));
        }

        Response.StatusCode = problem.Status;
        Faults.Add(problem);
        return Page();
    }

    private async Task<IActionResult> CreateAsync(OpenArrival open, CancellationToken ct)
    {
        switch (await links.RegisterAsync(HttpContext, open, Name, Keep, Invitation, Join, ct))
        {
            case RegistrationOutcome.Registered registered:
                await signIns.StartAsync(HttpContext, registered.User, open.Arrival, ct);

                // An organization's invitation was accepted with the account.
                return this.SeeOther(Next("/account"));
            case RegistrationOutcome.Wait wait:
                Wait = wait.For;
                return this.TooMany(wait.For);
            case RegistrationOutcome.Invalid { Faults: var faults } when faults.TryGetValue("Name", out var fault):
                Faults.Add("Name", fault);
                return Page();
            case RegistrationOutcome.Invalid:
                Faults.Add("", Texts.T("An account with this address cannot be made here. If you have one, sign in to it first, then you can link it."));
                return Page();
            default:
                Faults.Add("", Texts.T("The invitation is not good any more, or is for another address."));
                return Page();
        }
    }

    private async Task<(Protocol.Authorize.SignedInPerson Person, PersonClaims Claims)?> LoadAsync(CancellationToken ct)
    {
        Open = await arrivals.FindAsync(HttpContext, Request.Query[Carried.Link] is [{ } handle] ? handle : null, ct);
        var reader = await signedIn.ReadAsync(HttpContext, ct);
        Person = reader?.Claims;
        MustSignIn = reader is { } person && await links.NotFreshAsync(person.Person, ct) is not null;
        MayRegister = (Join is { } join ? await joining.AskAsync(join, ct) : await signUp.AskAsync(Invitation, ct)).Allowed;
        MayCreate = MayRegister && Open?.Arrival is { EmailVerified: true, UserId: null };
        if (this.RequestId() is { } id && await interactions.FindAsync(HttpContext, id, ct) is { } interaction)
        {
            PageHeaders.AllowFormTarget(HttpContext, interaction.Request.Redirect.Uri);
        }

        return reader;
    }

    /// <summary>What they came for, once they are signed in.</summary>
    private string Next(string otherwise)
    {
        var carried = Carried.Of(Request).Where(pair => pair.Key is not (Carried.Link or Carried.Invitation or Carried.Again) && (Person is not null || pair.Key != Errand.Join)).ToDictionary();
        return carried.Count == 0 ? otherwise : Carried.Next(carried);
    }
}
