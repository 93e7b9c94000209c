using System.Globalization;
using AuthServer.Administration;
using AuthServer.Audit;
using AuthServer.Http.Api;
using AuthServer.Organizations;
using Microsoft.AspNetCore.Mvc;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Admin;

/// <summary>One organization: who and what is in it, and whether it may go on.</summary>
public sealed class AdminOrganizationModel(AdminDesk desk, AdminOrganizations organizations, AdminPeople people, AuditQuery trail, AuditSettings audit, AuthServerOptions options) : ActPage(desk)
{
    private const string Suspend = "suspend";
    private const string Resume = "resume";
    private const string Close = "close";
    private const string Retain = "retain";

    [BindProperty]
    public string? Days { get; set; }

    public OrganizationFile Found { get; private set; } = null!;

    /// <summary>That it was closed; null: it is not, or the trail does not go back so far.</summary>
    public AuditEntry? Closing { get; private set; }

    /// <summary>The name of whoever closed it; null: their account is gone, or nobody knows.</summary>
    public string? ClosedBy { get; private set; }

    public AuthServerOptions.RateLimitOptions Limits => options.RateLimits;

    /// <summary>How long the installation keeps its own trail, in days; null: for ever.</summary>
    public int? InstallationDays => audit.Retention is { } kept ? (int)kept.TotalDays : null;

    public string Name => Names.Shown(Found.Line.Name);

    public override string Address => $"/admin/organizations/{Found.Line.Id}";

    public Task<IActionResult> OnGetAsync(string? id, string? ask, string? done, CancellationToken ct) => ReadAsync(id, ask, done, ct);

    public Task<IActionResult> OnPostAsync(string? id, string? ask, CancellationToken ct) => ActAsync(id, ask, ct);

    /// <summary>How long its part of the trail is kept.</summary>
    public async Task<IActionResult> OnPostRetainAsync(string? id, CancellationToken ct)
    {
        if (await EnterAsync(ct) is { } elsewhere)
        {
            return elsewhere;
        }

        if (!await LoadAsync(id, ct))
        {
            return NotFound();
        }

        int? days = null;
        if (Days?.Trim() is { Length: > 0 } typed)
        {
            if (!int.TryParse(typed, NumberStyles.None, CultureInfo.InvariantCulture, out var given))
            {
                Faults.Add(nameof(Days), T("Give a whole number of days, or leave it empty."));
                return Page();
            }

            days = given;
        }

        return await ShowAsync(ct) is { } unseen ? unseen
            : await organizations.RetainAsync(HttpContext, Administrator, Found.Line.Id, days, ct) is { } problem ? Refused(problem)
            : this.SeeOther(After(Retain));
    }

    protected override async Task<bool> LoadAsync(string? id, CancellationToken ct)
    {
        if (id is null || await organizations.FindAsync(id, ct) is not { } file)
        {
            return false;
        }

        Found = file;
        if (file.Line.State == OrganizationState.Closed)
        {
            Closing = (await trail.OfGoneAsync(file.Line.Id, null, ct)).FirstOrDefault(told => told.Type == OrganizationEvents.Closed);
            ClosedBy = Closing?.UserId is { } userId ? (await people.FindAsync(userId, ct))?.Line.Shown : null;
        }

        // Emptied, it is asked for as long as the installation's own.
        if (!Request.HasFormContentType || !Request.Form.ContainsKey(nameof(Days)))
        {
            Days = file.RetentionDays?.ToString(CultureInfo.InvariantCulture);
        }

        return true;
    }

    protected override Confirmation? ConfirmationOf(string act) => (act, Found.Line.State) switch
    {
        (Suspend, OrganizationState.Active or OrganizationState.Unclaimed) => new(
            T("Suspend this organization?"), Name,
            [
                T("All tokens of its agents are dead at once, and they get no new ones."),
                T("Its members may look, and change nothing."),
                T("Nothing is deleted. Once it is resumed, its agents ask for new tokens."),
            ],
            T("Suspend it"), Ask(Suspend), Address),
        (Resume, OrganizationState.Suspended) => new(
            T("Let this organization go on?"), Name, [T("Its agents may ask for new tokens. None of the old ones comes back.")], T("Resume it"), Ask(Resume), Address)
        { IsDangerous = false },
        (Close, OrganizationState.Active or OrganizationState.Suspended) when Found.Line.Members > 0 => new(
            T("Close this organization for good?"), Name,
            [
                T("Its agents are revoked, and all their tokens are dead at once."),
                .. Closed(Found.Line, Found.Counts),
                T("The trail keeps what was done. Nobody can undo this."),
            ],
            T("Close it for good"), Ask(Close), Address),
        _ => null,
    };

    /// <summary>What becomes of what there is.</summary>
    private static IEnumerable<string> Closed(OrganizationLine line, OrganizationCounts counts) => new[]
    {
        counts.Connections == 0 ? null : Count(counts.Connections, "{0} connection is switched off, and deleted as soon as what people connected by it is taken back at its provider.", "{0} connections are switched off, and deleted as soon as what people connected by them is taken back at their providers."),
        counts.Applications == 0 ? null : Count(counts.Applications, "{0} application is removed: nobody can sign in by it any more.", "{0} applications are removed: nobody can sign in by them any more."),
        counts.Resources == 0 ? null : Count(counts.Resources, "{0} API is deleted: no tokens are made for it any more.", "{0} APIs are deleted: no tokens are made for them any more."),
        counts.Webhooks == 0 ? null : Count(counts.Webhooks, "{0} webhook is deleted.", "{0} webhooks are deleted."),
        counts.Keys == 0 ? null : Count(counts.Keys, "{0} developer key ends.", "{0} developer keys end."),
        counts.Certificates == 0 ? null : Count(counts.Certificates, "{0} certificate ends.", "{0} certificates end."),
        counts.Invitations == 0 ? null : Count(counts.Invitations, "{0} invitation is taken back.", "{0} invitations are taken back."),
        Count(line.Members, "{0} person is no member any more.", "{0} people are no members any more."),
    }.OfType<string>();

    protected override Task<Problem?> DoAsync(string act, CancellationToken ct) => act switch
    {
        Suspend => organizations.SuspendAsync(HttpContext, Administrator, Found.Line.Id, ct),
        Resume => organizations.ResumeAsync(HttpContext, Administrator, Found.Line.Id, ct),
        _ => organizations.CloseAsync(HttpContext, Administrator, Found.Line.Id, ct),
    };

    protected override string? SaidOf(string act) => act switch
    {
        Suspend => T("It is suspended. Nothing of it acts any more."),
        Resume => T("It goes on."),
        Close => T("It is closed for good."),
        Retain => T("The time is set."),
        _ => null,
    };
}
