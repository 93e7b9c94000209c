using AuthServer.Http.Api;
using AuthServer.Pages.Forms;
using AuthServer.Vault.Accounts;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.Connections;

/// <summary>What is connected in a person's name, or shared with them.</summary>
public sealed class ConnectionsModel(SignedInReader signedIn, PersonalAccounts accounts, ConnectPicker picker) : PageModel
{
    public const string Path = "/account/connections";

    public IReadOnlyList<PersonalAccount> Accounts { get; private set; } = [];

    /// <summary>Whether there is anything that they could connect.</summary>
    public bool MayConnect { get; private set; }

    public FormFaults Faults { get; } = new();

    public (string Title, string Words)? Done => Enum.TryParse<GrantEnd>(Request.Query["ended"], ignoreCase: true, out var end) && Enum.IsDefined(end)
        ? (Texts.T("It is disconnected"), Texts.T("No agent can use it any more. {0}", Texts.T(GrantRevocations.WordsOf(end))))
        : null;

    public IEnumerable<(string Id, string Heading, PersonalAccount[] Accounts)> Groups =>
        from those in Accounts.GroupBy(account => account.IsShared)
        orderby those.Key
        select (those.Key ? "shared" : "own", those.Key ? Texts.T("Shared by your organizations") : Texts.T("Yours"), those.ToArray());

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => await LoadAsync(ct) is null ? this.ToSignIn() : Page();

    /// <summary>Connects one again.</summary>
    public async Task<IActionResult> OnPostAsync(string? id, CancellationToken ct)
    {
        if (await signedIn.ReadAsync(HttpContext, ct) is not { } reader)
        {
            return this.ToSignIn();
        }

        if (!(await accounts.ConnectAgainAsync(HttpContext, reader.Person.Subject, id ?? "", replaces: false, ct)).Failed(out var problem, out var token))
        {
            return this.SeeOther($"{AccountLinks.Path}/{token}");
        }

        if (problem == Problem.NotFound)
        {
            // Where it is said what it was, if it was.
            return this.SeeOther($"{Path}/{Uri.EscapeDataString(id ?? "")}");
        }

        Response.StatusCode = problem.Status;
        Faults.Add(problem);
        await LoadAsync(ct);
        return Page();
    }

    /// <summary>Whose page it is; null: nobody is signed in.</summary>
    private async Task<string?> LoadAsync(CancellationToken ct)
    {
        if (await signedIn.ReadAsync(HttpContext, ct) is not { Person.Subject: var userId })
        {
            return null;
        }

        Accounts = await accounts.ListAsync(userId, ct);
        MayConnect = (await picker.ListAsync(userId, null, ct)).Count > 0;
        return userId;
    }
}
