using AuthServer.Accounts;
using AuthServer.Http;
using AuthServer.Vault.Accounts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.Connections;

/// <summary>The address by which an account is linked without a link: it only leads on.</summary>
public sealed class AuthProviderModel(SignInSessions sessions, ProviderDoor door) : PageModel
{
    public async Task<IActionResult> OnGetAsync(string provider, CancellationToken ct)
    {
        string? Read(string name) => Request.Query.TryGetValue(name, out var sent) && sent.ToString() is { Length: > 0 } text ? text : null;

        var visit = new ProviderVisit(provider, Read("identifierId"), Read("connectionId"), Read("redirectUri"), Read("scopes"), Read("state"));
        var answer = await door.EnterAsync(HttpContext, visit, await sessions.ReadAsync(HttpContext), ct);
        if (answer.MustSignIn)
        {
            return this.SeeOther(new Errand(Errand.Provider, provider + Request.QueryString).At("/sign-in"));
        }

        if (answer.To is { } address)
        {
            return Redirect(address);
        }

        // It repeats nothing of the request: there is nowhere that an error may be sent unchecked.
        var problem = answer.Problem!;
        DisplayedError.Show(HttpContext, "This account cannot be connected", problem.Faults is { } faults ? string.Join(' ', faults.SelectMany(pair => pair.Value).Select(Texts.T)) : Texts.T(problem.Said));
        Response.StatusCode = problem.Status == StatusCodes.Status409Conflict ? StatusCodes.Status400BadRequest : problem.Status;
        return new EmptyResult();
    }
}
