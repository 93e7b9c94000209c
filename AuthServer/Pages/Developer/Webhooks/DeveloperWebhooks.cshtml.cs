using AuthServer.Http.Api;
using AuthServer.Pages.Forms;
using AuthServer.Webhooks;
using Microsoft.AspNetCore.Mvc;

namespace AuthServer.Pages.Developer.Webhooks;

/// <summary>The webhooks of an organization, to each of its members; and making one.</summary>
public sealed class DeveloperWebhooksModel(Seats seats, OrganizationWebhooks all) : OrganizationPage(seats)
{
    private static readonly Paging First = new(50, 0, null, null);

    public IReadOnlyList<WebhookItem> Webhooks { get; private set; } = [];

    /// <summary>The one that was made just now, with its secret.</summary>
    public WebhookItem? Made { get; private set; }

    public bool WasDeleted => Request.Query["deleted"] == "yes";

    public WebhookForm Form { get; private set; } = new("", "", []);

    public async Task<IActionResult> OnGetAsync(string? organization, CancellationToken ct)
    {
        if (await SitAsync(organization, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        await ListAsync(ct);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string? organization, string? act, string? file, string? text, string? address, string? description, string? told, List<string>? events, CancellationToken ct)
    {
        if (await SitAsync(organization, "createWebhook", ct) is { } elsewhere)
        {
            return elsewhere;
        }

        if (act == "download")
        {
            return this.Download(file, text);
        }

        Form = WebhookForm.Typed(address, description, told, events);
        var asked = new NewWebhook { Url = Form.Address, Events = Form.Events, Description = Form.Description };
        if ((await HttpContext.OnceAsync(once => all.CreateAsync(HttpContext, Seat!.Member, asked, once))).Failed(out var problem, out var made))
        {
            WebhookForm.Tell(problem, Faults);
            await ListAsync(ct);
            return Page();
        }

        Made = made;
        return Page();
    }

    private async Task ListAsync(CancellationToken ct) => Webhooks = Seat is null ? [] : (await all.ListAsync(Seat.Member, First, ct)).Value?.Data ?? [];
}
