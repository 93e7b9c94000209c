using AuthServer.Delegations;
using AuthServer.Http;
using AuthServer.Protocol;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.Delegations;

/// <summary>Whoever holds a token sees who acts by it, and what is still alive. It comes in a form, never in an address, and is not shown again.</summary>
public sealed class ChainModel(TokenChains chains, PreAuthenticationLimit limit) : PageModel
{
    /// <summary>Null: none was sent, or none of ours.</summary>
    public TokenChain? Found { get; private set; }

    public bool Refused { get; private set; }

    public void OnGet()
    {
    }

    // A parameter, not a property: what is no part of the model cannot get into the page.
    public async Task<IActionResult> OnPostAsync([FromForm(Name = "Token")] string? token, CancellationToken ct)
    {
        if (limit.WaitFor(HttpContext) is { } tooMany)
        {
            DisplayedError.Show(HttpContext, tooMany);
            return new EmptyResult();
        }

        Found = await chains.FindAsync(token?.Trim() ?? "", ct);
        if (Found is not null)
        {
            return Page();
        }

        if (limit.Refuse(HttpContext, OAuthError.InvalidGrant("chain_of_no_token")) is { Code: TooManyRequests.Code } wait)
        {
            DisplayedError.Show(HttpContext, wait);
            return new EmptyResult();
        }

        Refused = true;
        return Page();
    }

    public string NameOf(string id) => Found!.Names.TryGetValue(id, out var name) ? Names.Shown(name)
        : id.StartsWith("usr_", StringComparison.Ordinal) ? Texts.T("A person")
        : Names.Shown(id);

    internal static string Why(TokenChain chain) => chain.Fault switch
    {
        "expired" => Texts.T("It ended on {0}.", Durations.Moment(chain.ExpiresAt!.Value)),
        "ended" => Texts.T("It was revoked, or something that it hangs on was."),
        "link" => Texts.T("It shows what one agent passed on, and opens no door."),
        _ => Texts.T("It says something that no token of this server says."),
    };
}
