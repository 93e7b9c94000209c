using System.Text.Json;
using AuthServer.Administration;
using AuthServer.Audit;
using AuthServer.Http.Api;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Admin;

/// <summary>One application: where it comes from, what it may ask for, and whether it may go on.</summary>
public sealed class AdminClientModel(AdminDesk desk, AdminClients clients, AuditQuery trail) : ActPage(desk)
{
    private const string Disable = "disable";
    private const string Enable = "enable";
    private const string Delete = "delete";

    public ClientFile Found { get; private set; } = null!;

    /// <summary>That an administrator deleted it; null: it is there, or never was.</summary>
    public AuditEntry? Removal { get; private set; }

    public string Name => Names.Shown(Found.Line.Shown);

    public bool IsAgent => Found.Line.AgentId is not null;

    /// <summary>A revoked agent stays so.</summary>
    public bool MayChange => !Found.Line.IsReadOnly && Found.AgentStatus != "revoked";

    /// <summary>What ended for good does not come back, and what its organization disabled is for that to enable.</summary>
    public bool MayEnable => MayChange && Found.Line.RemovedAt is null && Found.Line.IsHeld;

    /// <summary>Also what its organization disabled: then that cannot enable it.</summary>
    public bool MayDisable => MayChange && Found.Line.RemovedAt is null && !Found.Line.IsHeld;

    /// <summary>Of an organization's application the row stays, so that whoever consented to it can see what it was.</summary>
    public bool MayDelete => MayChange && (IsAgent || (AdminClients.WhyKept(Found.Line) is null && (IsOrganizations ? Found.Line.RemovedAt is null : Found.Authorizations == 0)));

    public bool IsOrganizations => Found.Line.Source == ClientSource.Organization;

    /// <summary>Who removed it.</summary>
    public IHtmlContent RemovedWords(DateTimeOffset at) =>
        Found.Line.IsRemovedByAdministrator ? H("An administrator removed it on {0}", Moment(at))
        : IsOrganizations ? H("Its organization removed it or was closed on {0}", Moment(at))
        : H("It removed itself on {0}", Moment(at));

    public override string Address => $"/admin/clients/{Found.Line.Id}";

    public Task<IActionResult> OnGetAsync(string? id, string? ask, string? done, CancellationToken ct) => ReadAsync(id, ask, done, ct);

    public Task<IActionResult> OnPostAsync(string? id, string? ask, CancellationToken ct) => ActAsync(id, ask, ct);

    protected override async Task<bool> LoadAsync(string? id, CancellationToken ct)
    {
        if (id is null)
        {
            return false;
        }

        if (await clients.FindAsync(id, ct) is { } file)
        {
            Found = file;
            return true;
        }

        var removed = await trail.FindAsync(new AuditFilter { Type = AuditEventTypes.ClientRemoved, About = id }, 1, ct);
        Removal = removed.Entries is [var entry] && Told(entry, "application") == id ? entry : null;
        return false;
    }

    /// <summary>What the deleted one was called.</summary>
    public string RemovedName => Names.Shown(Told(Removal!, "name") ?? Removal!.Target ?? "");

    private static string? Told(AuditEntry entry, string name) =>
        entry.Details is { ValueKind: JsonValueKind.Object } told && told.TryGetProperty(name, out var value) ? value.ToString() : null;

    protected override IActionResult Missing()
    {
        if (Removal is null)
        {
            return NotFound();
        }

        Response.StatusCode = StatusCodes.Status410Gone;
        return Page();
    }

    protected override Confirmation? ConfirmationOf(string act) => act switch
    {
        Disable when MayDisable => new(
            T("Disable this client?"), Name,
            [
                T("All its tokens are dead at once, and it gets no new ones."),
                IsAgent ? T("So it is for all agents that it made.") : T("People who come from it see that it is not known here."),
                .. IsOrganizations || IsAgent ? [T("Its organization sees that an administrator disabled it, and cannot enable it.")] : Array.Empty<string>(),
                T("You can enable it again; its old tokens stay dead."),
            ],
            T("Disable it"), Ask(Disable), Address),
        Enable when MayEnable => new(
            T("Enable this client?"), Name,
            [Found.Line.DisabledAt is null ? T("It may ask for new tokens. None of the old ones comes back.") : T("Its organization disabled it too: it stays disabled until that enables it.")],
            T("Enable it"), Ask(Enable), Address)
        { IsDangerous = false },
        Delete when MayDelete && IsOrganizations => new(
            T("Remove this client for good?"), Name,
            [
                T("All its tokens are dead at once."), T("People who come from it see that it is not known here."),
                T("Its organization, and whoever consented to it, can read what it was and that an administrator removed it."), T("Nobody can undo this."),
            ],
            T("Remove it"), Ask(Delete), Address),
        Delete when MayDelete => new(
            IsAgent ? T("Revoke this agent for good?") : T("Delete this client for good?"), Name,
            [T("All its tokens are dead at once."), IsAgent ? T("So it is for all agents that it made.") : T("Its client id is free, and means nothing any more."), T("Nobody can undo this.")],
            IsAgent ? T("Revoke it") : T("Delete it"), Ask(Delete), Address),
        _ => null,
    };

    protected override Task<Problem?> DoAsync(string act, CancellationToken ct) => act switch
    {
        Disable => clients.DisableAsync(HttpContext, Administrator, Found.Line, ct),
        Enable => clients.EnableAsync(HttpContext, Administrator, Found.Line, ct),
        _ => clients.DeleteAsync(HttpContext, Administrator, Found.Line, ct),
    };

    protected override string? SaidOf(string act) => act switch
    {
        Disable => T("It is disabled."),
        Enable when Found is { Line.DisabledAt: not null } => T("You no longer disable it. Its organization still does."),
        Enable => T("It is enabled."),
        Delete when Found is not null && IsOrganizations => T("It is removed for good."),
        Delete => T("It is revoked for good."),
        _ => null,
    };
}
