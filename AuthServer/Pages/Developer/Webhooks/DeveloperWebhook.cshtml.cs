using AuthServer.Applications;
using AuthServer.Http.Api;
using AuthServer.Pages.Developer.Former;
using AuthServer.Pages.Forms;
using AuthServer.Webhooks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Developer.Webhooks;

/// <summary>One webhook, what it was sent, and what can be done with it.</summary>
public sealed class DeveloperWebhookModel(Seats seats, OrganizationWebhooks all, WebhookLogs logs, NamesInOrganization names, FormerThings former) : OwnedPage<WebhookItem>(seats)
{
    private const int PerPage = 20;
    private const int Overlap = 86_400;

    private static readonly IfMatch Whatever = new((IReadOnlyList<string>?)null);

    private string? _next;

    public WebhookItem Webhook { get; private set; } = null!;

    public IReadOnlyList<DeliveryItem> Log { get; private set; } = [];

    /// <summary>The member who made it, by name; null: they have none, or are a member no more.</summary>
    public string? MadeBy { get; private set; }

    /// <summary>What it is, or what it is to be.</summary>
    public WebhookForm Form { get; private set; } = null!;

    /// <summary>The version that the change is meant for.</summary>
    public string Version { get; private set; } = "";

    /// <summary>Whether the form holds what was typed, and not what is stored.</summary>
    public bool WasTyped { get; private set; }

    public string OrganizationId => Seat.Organization.OrganizationId;

    private static Problem Overtaken { get; } = Problem.Conflict("changed_meanwhile", "Its secret or something else of it was changed meanwhile. Nothing was done now.");

    /// <summary>What is to be done, if the person means it.</summary>
    public string? Ask => Seat.IsDeveloper && HttpMethods.IsGet(Request.Method) && Request.Query["ask"].ToString() is var asked and ("delete" or "rotate") ? asked : null;

    /// <summary>What was done just now.</summary>
    public string? Done => Request.Query["done"].ToString() switch
    {
        "test" => T("A test is on its way"),
        "replay" => T("It is sent again"),
        "enable" => T("It is enabled"),
        "disable" => T("It is disabled"),
        "save" => T("It is saved"),
        _ => null,
    };

    public string? OlderAt => _next is null ? null : $"/developer/webhook?id={Webhook.Id}&cursor={_next}";

    public async Task<IActionResult> OnGetAsync(string? id, string? cursor, CancellationToken ct) => await LoadAsync(id, ct) ?? await ShowAsync(cursor, ct);

    public async Task<IActionResult> OnPostAsync(
        string? id, string? act, string? delivery, string? file, string? text, string? version, string? address, string? description, string? told, List<string>? events, CancellationToken ct)
    {
        if (await LoadAsync(id, "changeWebhook", ct) is { } elsewhere)
        {
            return elsewhere;
        }

        if (act == "download")
        {
            return this.Download(file, text);
        }

        var problem = act switch
        {
            "test" => (await HttpContext.OnceAsync(once => logs.TestAsync(HttpContext, Seat.Member, Webhook.Id, once))).Problem,
            "replay" => (await HttpContext.OnceAsync(once => logs.ReplayAsync(HttpContext, Seat.Member, Webhook.Id, delivery ?? "", once))).Problem,
            "enable" or "disable" => (await all.ChangeAsync(HttpContext, Seat.Member, Webhook.Id, new WebhookChange { Enabled = act == "enable" }, Whatever, ct)).Problem,
            "rotate" => await RotateAsync(version ?? "", ct),
            "save" => await SaveAsync(WebhookForm.Typed(address, description, told, events), version ?? "", ct),
            "delete" => (await all.DeleteAsync(HttpContext, Seat.Member, Webhook.Id, Whatever, ct)).Problem,
            _ => Problem.NotFound,
        };
        if (problem is null)
        {
            return act == "rotate" ? Page()
                : this.SeeOther(act == "delete" ? $"/developer/webhooks?organization={OrganizationId}&deleted=yes" : $"/developer/webhook?id={Webhook.Id}&done={act}");
        }

        if (problem == Problem.NotFound)
        {
            return NotFound();
        }

        WebhookForm.Tell(problem, Faults);
        return await ShowAsync(null, ct);
    }

    private async Task<Problem?> SaveAsync(WebhookForm typed, string version, CancellationToken ct)
    {
        (Form, WasTyped, Version) = (typed, true, version);

        // What stands there already was sent twice.
        if (typed.Says(Webhook))
        {
            return null;
        }

        var change = new WebhookChange { Url = typed.Address, Description = typed.Description, Events = typed.Events };
        var problem = (await all.ChangeAsync(HttpContext, Seat.Member, Webhook.Id, change, new IfMatch([version]), ct)).Problem;
        if (problem != Problem.Stale || (await all.FindAsync(Seat.Member, Webhook.Id, ct)).Value is not { } present)
        {
            return problem == Problem.Stale ? Problem.NotFound : problem;
        }

        // The other click of two at once.
        if (typed.Says(present))
        {
            return null;
        }

        (Webhook, Version) = (present, present.Version);
        return problem;
    }

    private async Task<Problem?> RotateAsync(string version, CancellationToken ct)
    {
        // Whoever asked saw another secret, or the end of one that goes on for a day, and would end that unseen.
        if ((await HttpContext.OnceAsync(once => all.RotateAsync(HttpContext, Seat.Member, Webhook.Id, new SecretRotation { OverlapSeconds = Overlap }, new IfMatch([version]), once))).Failed(out var problem, out var rotated))
        {
            return problem == Problem.Stale ? Overtaken : problem;
        }

        Webhook = rotated;
        return null;
    }

    protected override async Task<WebhookItem?> FindAsync(Seat seat, string id, CancellationToken ct) => (await all.FindAsync(seat.Member, id, ct)).Value;

    protected override Task TakeAsync(WebhookItem found, CancellationToken ct)
    {
        (Webhook, Form, Version) = (found, WebhookForm.Of(found), found.Version);
        return Task.CompletedTask;
    }

    protected override Task<IActionResult> MissingAsync(IReadOnlyList<Seat> seats, string? id, CancellationToken ct) =>
        former.AnswerAsync(this, seats.Select(seat => seat.Organization.OrganizationId), FormerKind.Webhook, id, ct);

    private async Task<IActionResult> ShowAsync(string? cursor, CancellationToken ct)
    {
        if ((await logs.ListAsync(Seat.Member, Webhook.Id, new Paging(PerPage, 0, cursor, null), ct)).Failed(out _, out var log))
        {
            return NotFound();
        }

        (Log, _next) = (log.Data, log.Meta.NextCursor);
        MadeBy = (await names.OfMembersAsync(OrganizationId, [Webhook.CreatedBy], ct)).GetValueOrDefault(Webhook.CreatedBy);
        return Page();
    }
}
