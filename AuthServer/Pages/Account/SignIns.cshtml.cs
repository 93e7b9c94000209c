using AuthServer.Accounts;
using AuthServer.Accounts.Strong;
using AuthServer.ExternalSignIn;
using AuthServer.Pages.Forms;
using AuthServer.Protocol.Authorize;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Account;

/// <summary>By what a person signs in: their password and the accounts of other providers.</summary>
public sealed class SignInsModel(SignedInReader signedIn, ExternalLinks links, ExternalProviders providers, PasswordChange passwords, OwnAuthenticator authenticators, OwnPasskeys passkeys,
    Strength strength) : PageModel
{
    /// <summary>What is to be unlinked.</summary>
    [BindProperty]
    public string? Id { get; set; }

    public bool HasPassword { get; private set; }

    /// <summary>Null: there is none.</summary>
    public Authenticator? App { get; private set; }

    public IReadOnlyList<PasskeyItem> Passkeys { get; private set; } = [];

    /// <summary>How many recovery codes are left; null: there is nothing that they could stand in for.</summary>
    public int? CodesLeft { get; private set; }

    public IReadOnlyList<ExternalLogin> Logins { get; private set; } = [];

    public IReadOnlyList<ExternalProvider> Providers => providers.All;

    /// <summary>The sign-in is too old to change anything.</summary>
    public bool MustSignIn { get; private set; }

    public FormFaults Faults { get; } = new();

    public string? Changed => Request.Query["changed"].ToString() switch
    {
        "password-removed" => T("The password is removed"),
        "unlinked" => T("It is unlinked"),
        "authenticator-removed" => T("The authenticator app is removed"),
        "passkey-renamed" => T("The passkey has its new name"),
        _ => null,
    };

    /// <summary>The password is to go, if the person means it; only where something is left that signs them in.</summary>
    public bool AsksToRemovePassword => HttpMethods.IsGet(Request.Method) && Request.Query["ask"] == "password" && HasPassword && Passkeys.Count > 0 && !MustSignIn;

    public bool Linked => Request.Query["linked"] == "1" && HttpContext.Request.Method == "GET";

    /// <summary>Null: it is not offered any more.</summary>
    public ExternalProvider? ProviderOf(ExternalLogin login) => providers.Find(login.Provider);

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => await LoadAsync(ct) ? Page() : this.SeeOther("/sign-in?again=sign-ins");

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await signedIn.ReadAsync(HttpContext, ct) is not { } reader)
        {
            return this.SeeOther("/sign-in?again=sign-ins");
        }

        if ((await HttpContext.OnceAsync(once => links.UnlinkAsync(HttpContext, reader.Person, Id, once))).Problem is not { } problem)
        {
            return this.SeeOther("/account/sign-ins?changed=unlinked");
        }

        Response.StatusCode = problem.Status;
        Faults.Add(problem);
        return await LoadAsync(ct) ? Page() : this.SeeOther("/sign-in?again=sign-ins");
    }

    public async Task<IActionResult> OnPostPasswordAsync(CancellationToken ct)
    {
        if (await signedIn.ReadAsync(HttpContext, ct) is not { } reader || !await strength.IsShownAsync(reader.Person, ct))
        {
            return this.SeeOther("/sign-in?again=sign-ins");
        }

        return this.SeeOther("/account/sign-ins" + (await passwords.TryRemoveAsync(HttpContext, reader.Person, ct) ? "?changed=password-removed" : ""));
    }

    private async Task<bool> LoadAsync(CancellationToken ct)
    {
        if (await signedIn.ReadAsync(HttpContext, ct) is not { } reader)
        {
            return false;
        }

        HasPassword = await passwords.HasPasswordAsync(reader.Person.Subject, ct);
        Passkeys = await passkeys.ListAsync(reader.Person.Subject, ct);
        App = await authenticators.FindAsync(reader.Person.Subject, ct);
        CodesLeft = await strength.FactorsAsync(reader.Person.Subject, ct) == Factors.None ? null : await authenticators.CountCodesAsync(reader.Person.Subject, ct);
        Logins = await links.ListAsync(reader.Person.Subject, ct);
        MustSignIn = await links.NotFreshAsync(reader.Person, ct) is not null;
        return true;
    }
}
