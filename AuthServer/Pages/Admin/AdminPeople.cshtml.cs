using AuthServer.Administration;
using AuthServer.Pages.Forms;
using AuthServer.Pages.Portal;
using Microsoft.AspNetCore.Mvc;

namespace AuthServer.Pages.Admin;

/// <summary>Everybody who has an account, and the way to invite others.</summary>
public sealed class AdminPeopleModel(AdminDesk desk, AdminPeople people) : AdminPage(desk)
{
    [BindProperty]
    public string? Email { get; set; }

    public IReadOnlyList<PersonLine> Items { get; private set; } = [];

    public string? Search { get; private set; }

    public bool OnlyAdministrators { get; private set; }

    /// <summary>The link that was just made; it is shown once.</summary>
    public InvitationLink? Made { get; private set; }

    public string? NextAt => Items.Count == AdminPeople.Portion
        ? $"/admin/people?after={Items[^1].Id}{(Search is null ? "" : $"&q={Uri.EscapeDataString(Search)}")}{(OnlyAdministrators ? "&show=administrators" : "")}"
        : null;

    public async Task<IActionResult> OnGetAsync(string? q, string? show, string? after, CancellationToken ct)
    {
        if (await EnterAsync(ct) is { } elsewhere)
        {
            return elsewhere;
        }

        (Search, OnlyAdministrators) = (SearchField.Read(q), show == "administrators");
        Items = await people.ListAsync(Search, OnlyAdministrators, after, ct);
        return Page();
    }

    /// <summary>Makes a link by which somebody can register.</summary>
    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await EnterAsync(ct) is { } elsewhere)
        {
            return elsewhere;
        }

        Items = await people.ListAsync(null, false, null, ct);
        if (await ShowAsync(ct) is { } unseen)
        {
            return unseen;
        }

        if ((await HttpContext.OnceAsync(once => people.InviteAsync(HttpContext, Administrator, Email, once))).Failed(out var problem, out var made))
        {
            return Refused(problem);
        }

        Made = made;
        return Page();
    }
}
