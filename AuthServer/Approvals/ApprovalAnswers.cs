using AuthServer.Accounts;
using AuthServer.Accounts.Strong;
using AuthServer.Data;
using AuthServer.Http.Api;
using AuthServer.Organizations;
using AuthServer.Protocol;
using AuthServer.Protocol.Authorize;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Approvals;

/// <summary>What a person answers, in their own browser and in no other way: approve, deny, take back.</summary>
public sealed class ApprovalAnswers(
    ApprovalChanges changes, ApprovalLists lists, SignInSessions sessions, Memberships memberships, Strength strength, IDbContextFactory<AuthDbContext> contexts,
    AuthServerOptions options, TimeProvider clock)
{
    private static readonly Problem NeedsBrowser = Problem.Forbidden("browser_needed", "A person answers in their own browser, where they are signed in.");

    private static readonly Problem ForPeople = Problem.Forbidden("people_only", "A person approves, and no agent: neither in its own name nor in the person's.");

    private static readonly Problem Stale = Problem.Forbidden("fresh_sign_in_needed", "What is asked can do great harm: sign in once more, then approve within five minutes.");

    private static readonly Problem IsVoid = Problem.Conflict(
        "approval_void", "The policy, the agent or the consent is not what it was when this was asked. If the agent asks again, you are asked anew.");

    public Task<Answer<ApprovalItem>> ApproveAsync(HttpContext http, ApprovalCaller caller, string id, ApprovalDuration? duration, CancellationToken ct) =>
        AsPersonAsync(http, caller, id, (person, row) => ApproveAsync(http, person, row, duration ?? ApprovalDuration.Once, ct), ct);

    public Task<Answer<ApprovalItem>> DenyAsync(HttpContext http, ApprovalCaller caller, string id, string? note, CancellationToken ct) =>
        AsPersonAsync(http, caller, id, (person, row) => DenyAsync(http, person, row, note, ct), ct);

    public Task<Answer<ApprovalItem>> TakeBackAsync(HttpContext http, ApprovalCaller caller, string id, CancellationToken ct) =>
        AsPersonAsync(http, caller, id, (person, row) => TakeBackAsync(http, person, row, ct), ct);

    /// <summary>Whether this person has to sign in once more before they may approve it: just now, and with what they have that is stronger than a password.</summary>
    public async Task<bool> MustSignInAsync(SignedInPerson person, Approval row, CancellationToken ct) => row.IsCritical
        && (!FreshSignIn.IsYoung(person.ShownAt, clock.GetUtcNow()) || (!Acr.IsStrong(person.Acr) && await strength.FactorsAsync(person.Subject, ct) != Factors.None));

    public async Task<Answer<ApprovalItem>> ApproveAsync(HttpContext http, SignedInPerson person, Approval row, ApprovalDuration duration, CancellationToken ct)
    {
        if (await MustSignInAsync(person, row, ct))
        {
            return Stale;
        }

        var now = clock.GetStoredNow();
        var until = now + (ApprovalRules.LengthOf(duration) ?? options.Approvals.UseWithin);
        var decision = new ApprovalDecision(ApprovalStatus.Approved, duration == ApprovalDuration.Once, until, null);
        return await AnsweredAsync(http, person, row, await changes.TryAnswerAsync(
            row, decision, person.Subject, ApprovalEvents.Of(ApprovalEvents.Approved, http, row, person.Subject, duration, now), ct), ct);
    }

    public async Task<Answer<ApprovalItem>> DenyAsync(HttpContext http, SignedInPerson person, Approval row, string? note, CancellationToken ct)
    {
        if (!ApprovalRules.IsNote(note))
        {
            return Problem.Invalid("note", $"Use at most {ApprovalRules.LongestNote} characters that can be seen.");
        }

        var said = string.IsNullOrWhiteSpace(note) ? null : note.Trim();
        var decision = new ApprovalDecision(ApprovalStatus.Denied, Once: false, row.ExpiresAt, said);
        return await AnsweredAsync(http, person, row, await changes.TryAnswerAsync(
            row, decision, person.Subject, ApprovalEvents.Of(ApprovalEvents.Denied, http, row, person.Subject, null, clock.GetStoredNow()), ct), ct);
    }

    public async Task<Answer<ApprovalItem>> TakeBackAsync(HttpContext http, SignedInPerson person, Approval row, CancellationToken ct)
    {
        var why = ApprovalEvents.Of(ApprovalEvents.Revoked, http, row, person.Subject, null, clock.GetStoredNow()) with { Reason = ApprovalEnds.TakenBack };
        return await changes.TryTakeBackAsync(row, person.Subject, why, ct) switch
        {
            null => Problem.NotFound,
            true => await AgainAsync(person, row, ct),
            false => Problem.Conflict("approval_not_in_force", "There is nothing to take back: it was not approved, was used, or has ended."),
        };
    }

    private async Task<Answer<ApprovalItem>> AsPersonAsync(
        HttpContext http, ApprovalCaller caller, string id, Func<SignedInPerson, Approval, Task<Answer<ApprovalItem>>> answer, CancellationToken ct)
    {
        if (caller.Agent is not null)
        {
            return ForPeople;
        }

        // A credential in the headers can be in anybody's hands, and in an agent's above all.
        if (caller.Developer?.KeyId is not null || caller.Person is { ByBrowser: false } || http.Request.Headers.Authorization.Count > 0
            || http.Request.Headers.ContainsKey(Callers.KeyHeader) || await sessions.ReadAsync(http) is not { } person)
        {
            return NeedsBrowser;
        }

        if (await lists.FindAsync(id, person.Subject, null, ct) is { } own)
        {
            return await answer(person, own.Row);
        }

        return await OfOrganizationAsync(id, person.Subject, ct) is not { } row ? Problem.NotFound
            : await memberships.RoleAsync(row.OrganizationId, person.Subject, ct) is >= Role.Developer ? await answer(person, row)
            : Problem.Forbidden("role", "This needs the role developer or a higher one.");
    }

    /// <summary>One that an organization of this person's answers.</summary>
    private async Task<Approval?> OfOrganizationAsync(string id, string userId, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return Identifiers.Read(Approval.IdPrefix, id) is { } known
            ? await context.Approvals.AsNoTracking().FirstOrDefaultAsync(
                row => row.Id == known && row.DeciderId == null && context.Members.Any(member => member.OrganizationId == row.OrganizationId && member.UserId == userId), ct)
            : null;
    }

    /// <param name="done">Null: whoever answered may not do so any more.</param>
    private async Task<Answer<ApprovalItem>> AnsweredAsync(HttpContext http, SignedInPerson person, Approval row, bool? done, CancellationToken ct)
    {
        if (done is null)
        {
            return Problem.NotFound;
        }

        if ((await AgainAsync(person, row, ct)).Failed(out var problem, out var item))
        {
            return problem;
        }

        if (done == true)
        {
            return item;
        }

        switch (item.Status)
        {
            case ApprovalStatus.Pending:
                // It is neither answered nor late: what it hangs upon is not so any more.
                await changes.VoidAsync(row.Id, ApprovalEvents.Of(ApprovalEvents.Revoked, http, row, person.Subject, null, clock.GetStoredNow()), ct);
                return IsVoid;
            case ApprovalStatus.Expired when item.DecidedAt is null:
                return Problem.Conflict("approval_expired", "Nobody answered in time. If the agent asks again, you are asked anew.");
            case ApprovalStatus.Revoked when item.DecidedAt is null:
                return IsVoid;
            default:
                return Problem.Conflict("approval_answered", "It was answered already, and the first answer counts.");
        }
    }

    private async Task<Answer<ApprovalItem>> AgainAsync(SignedInPerson person, Approval row, CancellationToken ct) =>
        await lists.FindAsync(row.Id, person.Subject, row.DeciderId is null ? row.OrganizationId : null, ct) is { } found ? found.Item : Problem.NotFound;
}
