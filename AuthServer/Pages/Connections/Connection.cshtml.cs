using AuthServer.Http.Api;
using AuthServer.Pages.Forms;
using AuthServer.Vault.Accounts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.Connections;

/// <summary>One connected account, to its person: connecting it again, changing what it works with, replacing and ending it.</summary>
public sealed class ConnectionModel(SignedInReader signedIn, PersonalAccounts accounts, FormerAccounts former) : PageModel
{
    public PersonalAccount Account { get; private set; } = null!;

    /// <summary>It is not there any more; null: it is.</summary>
    public FormerAccount? Former { get; private set; }

    /// <summary>What is to be confirmed; null: it is only looked at.</summary>
    public string? Ask { get; private set; }

    /// <summary>What would become of its grant, where that is asked.</summary>
    public GrantEnd End { get; private set; }

    /// <summary>What it can work with, where that is asked; null: nobody knows now.</summary>
    public LaterChoice? Choice { get; private set; }

    public FormFaults Faults { get; } = new();

    public bool Changed => Request.Query["changed"] == "1";

    public async Task<IActionResult> OnGetAsync(string id, string? ask, CancellationToken ct) =>
        await signedIn.ReadAsync(HttpContext, ct) is not { Person.Subject: var userId } ? this.ToSignIn() : await LoadAsync(userId, id, ask, ct) ?? Page();

    public async Task<IActionResult> OnPostAsync(string id, string? ask, string? act, CancellationToken ct)
    {
        if (await signedIn.ReadAsync(HttpContext, ct) is not { Person.Subject: var userId })
        {
            return this.ToSignIn();
        }

        if (await LoadAsync(userId, id, ask, ct) is { } missing)
        {
            return missing;
        }

        switch (act)
        {
            case "disconnect":
                return (await accounts.DisconnectAsync(HttpContext, userId, id, ct)).Failed(out var problem, out var ended)
                    ? Refused(problem)
                    : this.SeeOther($"{ConnectionsModel.Path}?ended={ended.ProviderGrant}");
            case "change":
                if ((await accounts.ChooseAsync(HttpContext, userId, Account, InstanceChoice.Read(Request.Form), ct)).Problem is not { } wrong)
                {
                    return this.SeeOther($"{ConnectionsModel.Path}/{Account.Account.Id}?changed=1");
                }

                Choice = (await accounts.OfferAsync(Account, ct)).Value;
                return Refused(wrong);
            default:
                return (await accounts.ConnectAgainAsync(HttpContext, userId, id, act == "replace", ct)).Failed(out var refused, out var token)
                    ? Refused(refused)
                    : this.SeeOther($"{AccountLinks.Path}/{token}");
        }
    }

    private PageResult Refused(Problem problem)
    {
        Response.StatusCode = problem.Status;
        Faults.Add(problem);
        return Page();
    }

    /// <returns>The answer where there is no such account for them; null: there is.</returns>
    private async Task<IActionResult?> LoadAsync(string userId, string id, string? ask, CancellationToken ct)
    {
        if (await accounts.FindAsync(userId, id, ct) is not { } found)
        {
            if ((Former = await former.FindAsync(userId, id, ct)) is null)
            {
                return NotFound();
            }

            Response.StatusCode = StatusCodes.Status410Gone;
            return Page();
        }

        (Account, Ask) = (found, found is { MayChange: true, IsLinked: true } ? ask : null);
        switch (Ask)
        {
            case "disconnect":
                End = await accounts.ForeseeAsync(found, ct);
                break;
            case "change" when HttpMethods.IsGet(Request.Method):
                var answer = await accounts.OfferAsync(found, ct);
                Choice = answer.Value;
                if (answer.Problem is { } problem)
                {
                    Faults.Add(problem);
                }

                break;
        }

        return null;
    }
}
