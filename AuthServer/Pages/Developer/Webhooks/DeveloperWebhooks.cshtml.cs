using AuthServer.Http.Api;
using AuthServer.Languages;
using AuthServer.Organizations;
using AuthServer.Pages.Forms;
using AuthServer.Webhooks;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using static AuthServer.Pages.Texts;

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

    [BindProperty]
    public string? Address { get; set; }

    [BindProperty]
    public string? Description { get; set; }

    [BindProperty]
    public List<string> Events { get; set; } = [];

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

    public async Task<IActionResult> OnPostAsync(string? organization, string? act, string? file, string? text, CancellationToken ct)
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

        var asked = new NewWebhook { Url = Address?.Trim(), Events = Events, Description = Description?.Trim() };
        if ((await HttpContext.OnceAsync(once => all.CreateAsync(HttpContext, _member, asked, once))).Failed(out var problem, out var made))
        {
            Tell(problem);
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

    private void Tell(Problem problem)
    {
        foreach (var (field, messages) in problem.Faults ?? new Dictionary<string, Sentence[]>())
        {
            // Which events are known is on the page itself.
            var (name, message) = field switch
            {
                "url" => (nameof(Address), messages[0]),
                "description" => (nameof(Description), messages[0]),
                _ => (nameof(Events), T("Tick at least one of these events.")),
            };
            Faults.Add(name, message);
        }

        if (problem.Faults is null)
        {
            Faults.Add("", problem.Said);
        }
    }
}
