using AuthServer.Http.Api;
using AuthServer.Pages.Forms;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Dialect;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Developer.Connections;

/// <summary>What a connection is and how it is set; putting it into service, taking it out, deleting it.</summary>
public sealed class ConnectionSettingsModel(ConnectionDesk desk, ConnectionLife life, ConnectionReview review, AccountFigures figures) : ConnectionPage(desk)
{
    private const string Update = "updateConnection";

    private AccessChoices _choices = new([], []);
    private Part? _typed;

    public AccountFigure Accounts { get; private set; } = AccountFigure.None;

    /// <summary>With what was typed in the one that was sent.</summary>
    public IReadOnlyList<Part> Parts => [.. new ConnectionParts(Connection, Provider).All(_choices).Select(part => part.Name == _typed?.Name ? _typed : part)];

    /// <summary>The one that is in front of the reader.</summary>
    public string? Open => _typed?.Name ?? Saved ?? Asked("part");

    /// <summary>The part that was saved just now.</summary>
    public string? Saved => Asked("saved");

    /// <summary>What is to be done, if the person means it.</summary>
    public string? Ask => MayEdit && HttpMethods.IsGet(Request.Method) && Request.Query["ask"].ToString() is var asked and ("delete" or "deactivate") ? asked : null;

    /// <summary>What was done just now.</summary>
    public string? Done => Saved is not null ? T("It is saved") : Request.Query["done"].ToString() switch
    {
        "activate" => T("It is active"),
        "deactivate" => T("It is out of service"),
        "restore" => T("The earlier version is back"),
        _ => null,
    };

    public ProviderFault? Fault => ProviderFaults.Of(Connection.Fault);

    public bool MayChange(Part part) => MayEdit && (!part.ForAdmins || Seat.IsAdmin);

    public FormFaults? FaultsOf(Part part) => part.Name == _typed?.Name ? Faults : null;

    public async Task<IActionResult> OnGetAsync(string? id, CancellationToken ct) => await LoadAsync(id, ct) ?? await ShowAsync(ct);

    public async Task<IActionResult> OnPostAsync(string? id, string? act, string? part, string? version, CancellationToken ct)
    {
        var operation = act switch { "activate" => "activateConnection", "deactivate" => "deactivateConnection", "delete" => "deleteConnection", _ => Update };
        if (await LoadAsync(id, operation, ct) is { } elsewhere)
        {
            // Sent twice, it is gone already.
            return act == "delete" && elsewhere is NotFoundResult ? this.SeeOther("/developer/connections") : elsewhere;
        }

        await ShowAsync(ct);
        if (act == "save")
        {
            return await SaveAsync(part, version, ct);
        }

        var problem = act switch
        {
            "activate" => (await life.ActivateAsync(HttpContext, Seat.Member, Connection.Id, ConnectionReach.Whatever, ct)).Problem,
            "deactivate" => (await life.DeactivateAsync(HttpContext, Seat.Member, Connection.Id, ConnectionReach.Whatever, ct)).Problem,
            "delete" => (await Desk.Connections.DeleteAsync(HttpContext, Seat.Member, Connection.Id, force: true, ConnectionReach.Whatever, ct)).Problem,
            _ => Problem.NotFound,
        };
        return problem is not null ? await RefusedAsync(problem, operation)
            : this.SeeOther(act == "delete" ? $"/developer/connections?organization={Seat.Organization.OrganizationId}&done=delete" : $"{Address}?done={act}");
    }

    private string? Asked(string parameter) => Parts.FirstOrDefault(part => part.Name == Request.Query[parameter])?.Name;

    private async Task<IActionResult> SaveAsync(string? name, string? version, CancellationToken ct)
    {
        if (Parts.FirstOrDefault(part => part.Name == name) is not { } part)
        {
            return NotFound();
        }

        var said = FormAnswers.Read<ConnectionChange>(part.Questions, Request.Form, Faults);
        _typed = part with { Questions = FormAnswers.Keep(part.Questions, Request.Form) };
        if (Faults.Any)
        {
            return Page();
        }

        var problem = await ChangeAsync(said, version, () => new ConnectionParts(Connection, Provider).All(_choices).FirstOrDefault(now => now.Name == name)?.Questions ?? part.Questions, ct);
        return problem is null ? this.SeeOther($"{Address}?saved={name}#part-{name}") : await RefusedAsync(problem, Update, part.Questions);
    }

    private async Task<IActionResult> ShowAsync(CancellationToken ct)
    {
        Accounts = (await figures.OfAsync(Seat.Organization.OrganizationId, ct)).GetValueOrDefault(Connection.Id) ?? AccountFigure.None;
        var named = await review.NameableAsync(Seat.Member, ct);
        _choices = new(
            [.. named.Where(one => one.Kind == AccessKind.Member).Select(one => new PossibleAnswer(one.Id, Names.Shown(one.Name ?? one.Id)))],
            [.. named.Where(one => one.Kind == AccessKind.Agent).Select(one => new PossibleAnswer(one.Id, Names.Shown(one.Name ?? one.Id), T("An agent")))]);
        return Page();
    }
}
