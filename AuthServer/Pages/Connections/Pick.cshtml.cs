using AuthServer.Branding;
using AuthServer.Pages.Forms;
using AuthServer.Vault.Accounts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.Connections;

/// <summary>Where somebody says of what they connect an account, when nothing else says it. Skipped where there is only one.</summary>
public sealed class PickModel(SignedInReader signedIn, ConnectPicker picker, ProviderDoor door, ShownBrands brands) : PageModel
{
    private const int LongestSearch = 100;

    private static readonly string[] Parameters = ["provider", "identifierId", "redirectUri", "scopes", "state"];

    public IReadOnlyList<PickableConnection> Found { get; private set; } = [];

    /// <summary>Whom to ask where there is none.</summary>
    public IReadOnlyList<OrganizationOwner> Owners { get; private set; } = [];

    /// <summary>How the organization shows itself where all are of one; null: it shows nothing, or there are several.</summary>
    public ShownBrand? Brand { get; private set; }

    public string? Search { get; private set; }

    public FormFaults Faults { get; } = new();

    /// <summary>This page again, after a sign-in.</summary>
    private Errand Asked => new(Errand.Provider, Request.QueryString.HasValue ? Request.QueryString.Value! : "?");

    /// <summary>What the address says besides.</summary>
    public IEnumerable<KeyValuePair<string, string>> Carried => Parameters.Where(name => Read(name) is not null).Select(name => KeyValuePair.Create(name, Read(name)!));

    /// <summary>Whether there is another of the same provider and organization.</summary>
    public bool HasTwins(PickableConnection one) =>
        Found.Any(other => other.Connection.Id != one.Connection.Id && other.Provider.Id == one.Provider.Id && other.Connection.OrganizationId == one.Connection.OrganizationId);

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await LoadAsync(ct) is null)
        {
            return this.SeeOther(Asked.At("/sign-in"));
        }

        return Found is [var only] && Search is null
            ? Redirect(ReturnUrls.With($"{ConnectPicker.Path}/{only.Provider.Id}", Carried.Where(pair => pair.Key != "provider").Append(new("connectionId", only.Connection.Id))!))
            : Page();
    }

    public async Task<IActionResult> OnPostAsync(string? connection, CancellationToken ct)
    {
        if (await LoadAsync(ct) is not { } person)
        {
            return this.SeeOther(Asked.At("/sign-in"));
        }

        if (Found.FirstOrDefault(one => one.Connection.Id == connection) is not { } picked)
        {
            Response.StatusCode = StatusCodes.Status400BadRequest;
            Faults.Add("", Texts.T("Choose one of these."));
            return Page();
        }

        var visit = new ProviderVisit(picked.Provider.Id, Read("identifierId"), picked.Connection.Id, Read("redirectUri"), Read("scopes"), Read("state")) { IsAsked = true };
        var answer = await door.EnterAsync(HttpContext, visit, person, ct);
        if (answer.To is { } address)
        {
            return this.SeeOther(address);
        }

        var problem = answer.Problem!;
        Response.StatusCode = problem.Status;
        Faults.Add("", problem.Faults is { } faults ? string.Join(' ', faults.SelectMany(pair => pair.Value).Select(Texts.T)) : problem.Said);
        return Page();
    }

    /// <summary>Null: nobody is signed in.</summary>
    private async Task<Protocol.Authorize.SignedInPerson?> LoadAsync(CancellationToken ct)
    {
        if (await signedIn.ReadAsync(HttpContext, ct) is not { Person: var person })
        {
            return null;
        }

        Search = Read("search")?.Trim() is { Length: > 0 } text ? text[..Math.Min(text.Length, LongestSearch)] : null;
        Found = [.. (await picker.ListAsync(person.Subject, Read("provider"), ct)).Where(one => Search is null || Says(one, Search))];
        Brand = Found.Select(one => one.Connection.OrganizationId).Distinct().ToList() is [var only] ? await brands.OfAsync(only, ct) : null;
        Owners = Found.Count == 0 ? await picker.OwnersAsync(person.Subject, ct) : [];
        return person;
    }

    private static bool Says(PickableConnection one, string search) => new[] { one.Provider.Name, one.Provider.Description, one.Connection.Name, one.Organization }
        .Any(text => text?.Contains(search, StringComparison.OrdinalIgnoreCase) == true);

    private string? Read(string name) => Request.Query.TryGetValue(name, out var sent) && sent is [{ Length: > 0 } text] ? text : null;
}
