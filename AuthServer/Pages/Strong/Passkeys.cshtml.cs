using System.Net.Mime;
using AuthServer.Accounts.Strong;
using AuthServer.Http.Api;
using AuthServer.Pages.Forms;
using AuthServer.Protocol.Authorize;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.Strong;

/// <summary>The person's passkeys.</summary>
public sealed class PasskeysModel(SignedInReader signedIn, OwnPasskeys passkeys, OwnAuthenticator authenticators, Strength strength) : PageModel
{
    private const string SignInAt = "/sign-in?again=passkeys";

    [BindProperty]
    public string? Id { get; set; }

    [BindProperty]
    public string? Name { get; set; }

    /// <summary>WebAuthn's answer, as JSON; empty where no script ran.</summary>
    [BindProperty]
    public string? Credential { get; set; }

    public IReadOnlyList<PasskeyItem> Items { get; private set; } = [];

    /// <summary>There are no recovery codes yet.</summary>
    public bool NeedsCodes { get; private set; }

    /// <summary>Which of them was to get the name that was typed, and cannot have it; null: none.</summary>
    public int? Misnamed { get; private set; }

    public bool MayAdd => Items.Count < OwnPasskeys.Most;

    public string? Done => Request.Query["done"].ToString() switch
    {
        "added" => Texts.T("The passkey is added"),
        "renamed" => Texts.T("It has its new name"),
        "removed" => Texts.T("The passkey is removed"),
        _ => null,
    };

    public FormFaults Faults { get; } = new();

    /// <summary>The id of the field for the name of one of <see cref="Items"/>.</summary>
    public static string NameField(int item) => $"name-{item}";

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await signedIn.ReadAsync(HttpContext, ct) is not { } reader || !await strength.IsShownAsync(reader.Person, ct))
        {
            return this.SeeOther(SignInAt);
        }

        Items = await passkeys.ListAsync(reader.Person.Subject, ct);
        NeedsCodes = Items.Count > 0 && await authenticators.CountCodesAsync(reader.Person.Subject, ct) == 0;
        return Page();
    }

    /// <summary>Whatever stands in the way, the script then sends the form, without a passkey: the answer to that says what it is, or leads to the sign-in.</summary>
    public async Task<IActionResult> OnPostOptionsAsync(CancellationToken ct) =>
        await signedIn.ReadAsync(HttpContext, ct) is { } reader && !(await passkeys.AskAsync(HttpContext, reader.Person, ct)).Failed(out _, out var options)
            ? Content(options.Json, MediaTypeNames.Application.Json)
            : BadRequest();

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (string.IsNullOrEmpty(Credential))
        {
            var page = await OnGetAsync(ct);
            Faults.Add("", MayAdd ? "The browser sent no passkey. Passkeys need scripts." : OwnPasskeys.TooMany.Said);
            return page;
        }

        return await DoAsync(person => passkeys.AddAsync(HttpContext, person, Credential, Name, ct), "added", ct);
    }

    public Task<IActionResult> OnPostRenameAsync(CancellationToken ct) => DoAsync(person => passkeys.RenameAsync(HttpContext, person, Id, Name, ct), "renamed", ct);

    public Task<IActionResult> OnPostRemoveAsync(CancellationToken ct) => DoAsync(person => passkeys.RemoveAsync(HttpContext, person, Id, ct), "removed", ct);

    private async Task<IActionResult> DoAsync(Func<SignedInPerson, Task<Answer<NoContent>>> change, string done, CancellationToken ct)
    {
        if (await signedIn.ReadAsync(HttpContext, ct) is not { } reader)
        {
            return this.SeeOther(SignInAt);
        }

        var problem = (await change(reader.Person)).Problem;

        // What is gone already is as it was wanted: a second press does no harm.
        if (problem is null || (done == "removed" && problem == Problem.NotFound))
        {
            // The last may have been the one that this session was shown with: what comes next may ask anew. This page takes a sign-in of just now, and a new name does not: then it is said
            // where nothing is asked.
            return this.SeeOther(done == "renamed" && !await strength.IsShownAsync(reader.Person, ct) ? "/account/sign-ins?changed=passkey-renamed" : "/account/passkeys?done=" + done);
        }

        if (!await strength.IsShownAsync(reader.Person, ct))
        {
            return this.ToSignInAgain(SignInAt);
        }

        var page = await OnGetAsync(ct);
        Misnamed = problem.Faults is null ? null : Items.TakeWhile(item => item.Id != Id).Count();
        Faults.Add(
            Misnamed is { } at ? NameField(at) : "",
            problem == Problem.NotFound ? "This passkey was removed meanwhile." : problem.Faults?.Values.FirstOrDefault()?.FirstOrDefault() ?? problem.Said);
        return page;
    }
}
