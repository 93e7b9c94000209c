using AuthServer.Http.Api;
using AuthServer.Organizations;
using AuthServer.Pages.Forms;
using AuthServer.Webhooks;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.Developer.Webhooks;

/// <summary>The webhooks of an organization, to each of its members; and making one.</summary>
public sealed class DeveloperWebhooksModel(SignedInReader signedIn, Memberships memberships, OrganizationWebhooks all) : PageModel
{
    private static readonly Paging First = new(50, 0, null, null);

    private Http.Api.Developer _member = null!;

    public IReadOnlyList<NamedMembership> Organizations { get; private set; } = [];

    /// <summary>Null: it has to be chosen first, or there is none.</summary>
    public NamedMembership? Organization { get; private set; }

    public IReadOnlyList<WebhookItem> Webhooks { get; private set; } = [];

    /// <summary>The one that was made just now, with its secret.</summary>
    public WebhookItem? Made { get; private set; }

    public bool MayChange => Organization?.Role >= Role.Developer;

    public bool WasDeleted => Request.Query["deleted"] == "yes";

    public WebhookForm Form { get; private set; } = new("", "", []);

    public FormFaults Faults { get; } = new();

    public async Task<IActionResult> OnGetAsync(string? organization, CancellationToken ct)
    {
        if (await LoadAsync(organization, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        // Another's is not there; none is chosen where there are several.
        return Organization is not null || organization is null ? Page() : NotFound();
    }

    public async Task<IActionResult> OnPostAsync(string? organization, string? act, string? file, string? text, string? address, string? description, List<string>? events, CancellationToken ct)
    {
        if (await LoadAsync(organization, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        if (Organization is null)
        {
            return NotFound();
        }

        if (!MayChange)
        {
            return await PageAnswers.RefuseAsync(HttpContext, _member, "createWebhook");
        }

        if (act == "download")
        {
            return this.Download(file, text);
        }

        Form = WebhookForm.Typed(address, description, events);
        var asked = new NewWebhook { Url = Form.Address, Events = Form.Events, Description = Form.Description };
        if ((await HttpContext.OnceAsync(once => all.CreateAsync(HttpContext, _member, asked, once))).Failed(out var problem, out var made))
        {
            WebhookForm.Tell(problem, Faults);
            return Page();
        }

        Made = made;
        return Page();
    }

    private async Task<IActionResult?> LoadAsync(string? organization, CancellationToken ct)
    {
        if (await signedIn.ReadAsync(HttpContext, ct) is not { } reader)
        {
            return this.ToSignIn();
        }

        Organizations = await memberships.NamedAsync(reader.Person.Subject, ct);
        Organization = OrganizationChoice.Of(Organizations, organization);
        if (Organization is { } chosen)
        {
            _member = new Http.Api.Developer(chosen.OrganizationId, reader.Person.Subject, chosen.Role, null);
            Webhooks = (await all.ListAsync(_member, First, ct)).Value?.Data ?? [];
        }

        return null;
    }
}
