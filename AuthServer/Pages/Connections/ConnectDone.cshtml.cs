using AuthServer.Branding;
using AuthServer.Http;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Dialect;
using AuthServer.Vault.Providers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.Connections;

/// <summary>What came of linking an account, for the browser that began it.</summary>
public sealed class ConnectDoneModel(LinkOutcomes outcomes, ShownCodes codes, BrowserCookie browser, ShownBrands brands) : PageModel
{
    public const string Path = AccountLinks.Path + "/done";

    public OpenLink? Open { get; private set; }

    /// <summary>Null: it went well.</summary>
    public ProviderFault? Fault { get; private set; }

    /// <summary>Null: nobody waits for it in another window.</summary>
    public ConnectHandOver? HandOver => Open is not null && ConnectHandOver.IsIn(Request) ? ConnectHandOver.Here(Open.Link) : null;

    /// <summary>Whether its person began it at the list of their accounts.</summary>
    public bool IsOwn => Open?.Link is { Origin: LinkOrigin.Person, UserId: not null };

    public IReadOnlyList<ProviderScope> Missing { get; private set; } = [];

    /// <summary>How the organization shows itself for which it is.</summary>
    public ShownBrand? Brand { get; private set; }

    /// <summary>What its person takes to the application; null: nothing.</summary>
    public string? Code { get; private set; }

    public async Task<IActionResult> OnGetAsync(string? link, CancellationToken ct)
    {
        Open = await outcomes.FindAsync(link, ct);
        if (Open is null || Open.Link.BrowserHash is not { } hash || !browser.Matches(HttpContext, hash))
        {
            Open = null;
            Response.StatusCode = StatusCodes.Status404NotFound;
            return Page();
        }

        Brand = await brands.OfAsync(Open.Connection.OrganizationId, ct);
        Fault = LinkFaults.Of(Open.Link);
        Code = codes.For(HttpContext, Open.Link);
        if (Open is { Link.Stage: LinkStage.Done, Provider.Oauth: { } oauth })
        {
            Missing = Open.Missing(oauth);
        }

        return Page();
    }
}
