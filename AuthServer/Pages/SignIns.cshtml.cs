using AuthServer.Accounts;
using AuthServer.ExternalSignIn;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages;

/// <summary>By what a person signs in: their password and the accounts of other providers.</summary>
public sealed class SignInsModel(SignedInReader signedIn, ExternalLinks links, ExternalProviders providers, PasswordChange passwords) : PageModel
{
    /// <summary>What is to be unlinked.</summary>
    [BindProperty]
    public string? Id { get; set; }

    public bool HasPassword { get; private set; }

    public IReadOnlyList<ExternalLogin> Logins { get; private set; } = [];

    public IReadOnlyList<ExternalProvider> Providers => providers.All;

    /// <summary>The sign-in is too old to change anything.</summary>
    public bool MustSignIn { get; private set; }

    public FormFaults Faults { get; } = new();

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

        if ((await links.UnlinkAsync(HttpContext, reader.Person, Id, ct)).Problem is not { } problem)
        {
            return this.SeeOther("/account/sign-ins");
        }

        Response.StatusCode = problem.Status;
        Faults.Add("", problem.Detail);
        return await LoadAsync(ct) ? Page() : this.SeeOther("/sign-in?again=sign-ins");
    }

    private async Task<bool> LoadAsync(CancellationToken ct)
    {
        if (await signedIn.ReadAsync(HttpContext, ct) is not { } reader)
        {
            return false;
        }

        HasPassword = await passwords.HasPasswordAsync(reader.Person.Subject, ct);
        Logins = await links.ListAsync(reader.Person.Subject, ct);
        MustSignIn = links.NotFresh(reader.Person) is not null;
        return true;
    }
}
