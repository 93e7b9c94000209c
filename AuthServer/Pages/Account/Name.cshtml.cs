using AuthServer.Accounts;
using AuthServer.Pages.Forms;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Account;

/// <summary>What the person is called here.</summary>
public sealed class NameModel(SignedInReader signedIn, OwnName own) : PageModel
{
    [BindProperty]
    public string? Name { get; set; }

    public FormFaults Faults { get; } = new();

    /// <summary>It is the person's to say.</summary>
    public bool IsOwn { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await signedIn.ReadAsync(HttpContext, ct) is not { } reader)
        {
            return this.ToSignIn();
        }

        (Name, IsOwn) = (reader.Claims.Name, await own.IsOwnAsync(reader.Person.Subject, ct));
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await signedIn.ReadAsync(HttpContext, ct) is not { } reader)
        {
            return this.ToSignIn();
        }

        var name = OwnName.Read(Name);
        IsOwn = await own.IsOwnAsync(reader.Person.Subject, ct);
        if (OwnName.FaultOf(name) is { } fault)
        {
            Faults.Add(nameof(Name), T(fault));
        }
        else if (IsOwn && !await own.ChangeAsync(HttpContext, reader.Person.Subject, name, ct))
        {
            Faults.Add("", T("It was changed in this moment. Look at it again."));
        }

        return !IsOwn || Faults.Any ? Page() : this.SeeOther("/account?done=name");
    }
}
