using AuthServer.Accounts;
using AuthServer.Branding;
using AuthServer.Pages.Forms;
using AuthServer.Protocol.Authorize;
using AuthServer.Vault.Accounts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.Connections;

/// <summary>Where whoever comes back from a provider says with which of several instances the account is to work.</summary>
public sealed class ChooseModel(SignInSessions sessions, LinkChoices choices, ShownBrands brands) : PageModel
{
    public const string Path = AccountLinks.Path + "/choose";

    /// <summary>Null: there is nothing to choose.</summary>
    public LinkChoice? Choice { get; private set; }

    /// <summary>How the organization shows itself for which it is.</summary>
    public ShownBrand? Brand { get; private set; }

    /// <summary>Null: it stays here.</summary>
    public ConnectHandOver? HandOver { get; private set; }

    public FormFaults Faults { get; } = new();

    public async Task<IActionResult> OnGetAsync(string? link, CancellationToken ct)
    {
        await LoadAsync(link, ct);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string? link, CancellationToken ct)
    {
        var person = await LoadAsync(link, ct);
        if (Choice is null)
        {
            return Page();
        }

        if (await choices.ChooseAsync(HttpContext, Choice, InstanceChoice.Read(Request.Form), person, ct) is not { } returned)
        {
            Response.StatusCode = StatusCodes.Status400BadRequest;
            Faults.Add("", Texts.T("Choose one."));
            return Page();
        }

        // The form's own way may not lead elsewhere: the page does.
        var inWindow = ConnectHandOver.IsIn(Request);
        if (ConnectHandOver.Of(returned with { InWindow = true }) is not { } handOver)
        {
            return this.SeeOther(ConnectHandOver.Next(Choice.Open.Link, inWindow));
        }

        HandOver = handOver with { InWindow = inWindow };
        if (!inWindow)
        {
            Response.Headers["Refresh"] = $"0; url={handOver.To}";
        }

        return Page();
    }

    private async Task<SignedInPerson?> LoadAsync(string? link, CancellationToken ct)
    {
        var person = await sessions.ReadAsync(HttpContext);
        Choice = await choices.FindAsync(HttpContext, link, person, ct);
        Brand = Choice is null ? null : await brands.OfAsync(Choice.Open.Connection.OrganizationId, ct);
        if (Choice is null)
        {
            Response.StatusCode = StatusCodes.Status404NotFound;
        }

        return person;
    }
}
