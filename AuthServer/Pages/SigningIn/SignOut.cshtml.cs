using AuthServer.Accounts;
using AuthServer.Endpoints;
using AuthServer.Http;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.SigningIn;

/// <summary>Asks before it signs out: else any site could do it to anybody. What the application asked for is checked on the way in and again on the way out.</summary>
public sealed class SignOutModel(EndSessionEndpoint endSession, SignInSessions sessions, SignedInReader signedIn) : PageModel
{
    public LogoutTarget Target { get; private set; } = null!;

    public PersonClaims Person { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if ((await TargetAsync(ct)).Failed(out var error, out var target))
        {
            DisplayedError.Show(HttpContext, error);
            return new EmptyResult();
        }

        if (await signedIn.ReadAsync(HttpContext, ct) is not { } reader)
        {
            return this.SeeOther(target.Location);
        }

        (Target, Person) = (target, reader.Claims);
        if (target.Uri is { } uri)
        {
            PageHeaders.AllowFormTarget(HttpContext, uri);
        }

        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if ((await TargetAsync(ct)).Failed(out var error, out var target))
        {
            DisplayedError.Show(HttpContext, error);
            return new EmptyResult();
        }

        if (await sessions.ReadAsync(HttpContext) is { } person)
        {
            await sessions.EndAsync(HttpContext, person, target.Client?.ClientId, ct);
        }

        return this.SeeOther(target.Location);
    }

    private Task<Protocol.Result<LogoutTarget>> TargetAsync(CancellationToken ct) =>
        endSession.TargetAsync(Asked("client_id"), Asked("post_logout_redirect_uri"), Asked("state"), ct);

    private string? Asked(string name) => Request.Query.TryGetValue(name, out var value) ? value.ToString() : null;
}
