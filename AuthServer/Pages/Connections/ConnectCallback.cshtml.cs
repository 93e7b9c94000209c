using AuthServer.Accounts;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Dialect;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.Connections;

/// <summary>Where providers send people back to. It leads on at once, so that no code stays in an address; where the token came in the fragment, a script of ours sends it as a form.</summary>
public sealed class ConnectCallbackModel(SignInSessions sessions, AccountReturns returns) : PageModel
{
    // Of a fragment, as of a query: more is nobody's answer.
    private const int MostValues = 30;

    public ProviderFault? Fault { get; private set; }

    /// <summary>Null: nobody waits for it in another window.</summary>
    public ConnectHandOver? HandOver { get; private set; }

    public async Task<IActionResult> OnGetAsync(string? connection, CancellationToken ct)
    {
        var answer = Single(Request.Query);
        return await returns.AwaitsFragmentAsync(answer, ct) ? Page() : await TakeAsync(answer, connection, ct);
    }

    /// <summary>The fragment, as a form.</summary>
    public async Task<IActionResult> OnPostAsync(string? connection, CancellationToken ct)
    {
        var answer = Single(Request.Form.Where(pair => pair.Key != "csrf").Concat(Request.Query.Where(pair => pair.Key == "state")));
        return await TakeAsync(answer, connection, ct);
    }

    private async Task<IActionResult> TakeAsync(Dictionary<string, string> answer, string? connection, CancellationToken ct)
    {
        var returned = await returns.TakeAsync(HttpContext, answer, connection, await sessions.ReadAsync(HttpContext), ct);
        if (ConnectHandOver.Of(returned) is { } handOver)
        {
            HandOver = handOver;
            return Page();
        }

        if (returned.RedirectTo is { } address)
        {
            return Redirect(address);
        }

        if (returned.Link is { } link && returned.Fault != LinkFaults.StateReplayed)
        {
            return this.SeeOther(ConnectHandOver.Next(link, returned.InWindow));
        }

        Fault = returned.Fault;
        Response.StatusCode = StatusCodes.Status400BadRequest;
        return Page();
    }

    /// <summary>What was sent once. A parameter that came twice is left out: nobody can say which was meant (RFC 6749 §3.1).</summary>
    private static Dictionary<string, string> Single(IEnumerable<KeyValuePair<string, Microsoft.Extensions.Primitives.StringValues>> sent) =>
        sent.Take(MostValues).GroupBy(pair => pair.Key).Where(group => group.Count() == 1 && group.First().Value.Count == 1).ToDictionary(group => group.Key, group => group.First().Value.ToString());
}
