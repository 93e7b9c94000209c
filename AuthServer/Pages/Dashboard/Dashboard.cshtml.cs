using AuthServer.Agents;
using AuthServer.Approvals;
using AuthServer.Audit;
using AuthServer.Consents;
using AuthServer.Delegations;
using AuthServer.Endpoints.Rest;
using AuthServer.Http.Api;
using AuthServer.Policies.Engine;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.Dashboard;

/// <summary>What acts for the person now, what it did, what it may do at worst, and stopping it.</summary>
public sealed class DashboardModel(
    SignedInReader signedIn, PersonalConsents consents, PersonalActors actors, OwnedAgents agents, WaitingConsents requests, ApprovalLists approvals, AuditQuery trail, ActivityNames names,
    TimeProvider clock) : PageModel
{
    private const int MostApprovals = 3;

    public PersonClaims Person { get; private set; } = null!;

    /// <summary>Whoever acts, and whoever is suspended and may come back.</summary>
    public IReadOnlyList<ActingConsents> Acting { get; private set; } = [];

    public int ActingNow => Acting.Count(one => one.ActsNow);

    /// <summary>What was allowed to agents that are revoked: it gives nothing any more.</summary>
    public IReadOnlyList<ActingConsents> Ended { get; private set; } = [];

    /// <summary>Those at the ends of chains that began with one of these.</summary>
    public IReadOnlyList<PersonalActor> Through { get; private set; } = [];

    /// <summary>The agents that the person answers for.</summary>
    public IReadOnlyList<OwnedAgent> Owned { get; private set; } = [];

    /// <summary>What agents ask this person for.</summary>
    public IReadOnlyList<FiledConsent> Waiting { get; private set; } = [];

    /// <summary>What they ask this person to approve, newest first, and how much there is of it.</summary>
    public IReadOnlyList<ApprovalItem> Approvals { get; private set; } = [];

    /// <inheritdoc cref="Approvals"/>
    public long ApprovalsWaiting { get; private set; }

    public RecentActivity Recent { get; private set; } = null!;

    /// <summary>What all of them together may do, the worst first.</summary>
    public IReadOnlyList<IGrouping<RiskLevel, HeldRight>> Worst => HeldRight.Of([.. Acting.Where(one => one.ActsNow)]);

    /// <summary>Everything is to be stopped, if the person means it.</summary>
    public bool AsksToStopAll => HttpMethods.IsGet(Request.Method) && Request.Query["stop"] == "all" && Acting.Count > 0;

    /// <summary>What was stopped just now: one of them, all, or none because the person has none such; or one that had ended was put away.</summary>
    public string? Stopped => Request.Query["stopped"].ToString() is var stopped and ("yes" or "all" or "none" or "ended") && (stopped != "all" || Acting.Count == 0) ? stopped : null;

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await signedIn.ReadAsync(HttpContext, ct) is not { } reader)
        {
            return this.ToSignIn();
        }

        var userId = reader.Person.Subject;
        var all = ActingConsents.Of(await consents.ListAsync(userId, ct));
        (Person, Acting, Ended) = (reader.Claims, [.. all.Where(one => !one.HasEnded)], [.. all.Where(one => one.HasEnded)]);
        Through = [.. (await actors.ListAsync(userId, ct)).Where(actor => !actor.IsDirect)];
        Owned = await agents.ListAsync(userId, ct);
        Waiting = await requests.OfAsync(userId, ct);
        var waiting = (await approvals.OfPersonAsync(userId, new ApprovalFilter(ApprovalStatus.Pending, null), new Paging(MostApprovals, 0, null, null), ct)).Value;
        (Approvals, ApprovalsWaiting) = (waiting?.Data ?? [], waiting?.Meta.Total ?? 0);
        Recent = await RecentActivity.ReadAsync(trail, names, userId, clock.GetUtcNow(), ct);
        return Page();
    }

    /// <param name="consent">One by which they act.</param>
    /// <param name="ended">Whether it stood among what had ended.</param>
    public async Task<IActionResult> OnPostAsync(string? consent, bool ended, CancellationToken ct)
    {
        if (await signedIn.ReadAsync(HttpContext, ct) is not { } reader)
        {
            return this.ToSignIn();
        }

        // Twice is not worse than once: what is gone already stays gone, and the page says the same. What never was theirs is not said to be stopped.
        var found = await consents.StopAsync(HttpContext, reader.Person.Subject, consent ?? "", ct);
        return this.SeeOther("/dashboard?stopped=" + (!found ? "none" : ended ? "ended" : "yes"));
    }

    public async Task<IActionResult> OnPostAllAsync(CancellationToken ct)
    {
        if (await signedIn.ReadAsync(HttpContext, ct) is not { } reader)
        {
            return this.ToSignIn();
        }

        await consents.StopAllAsync(HttpContext, reader.Person.Subject, ct);
        return this.SeeOther("/dashboard?stopped=all");
    }
}
