using AuthServer.Administration;
using AuthServer.Audit;
using AuthServer.Http.Api;
using AuthServer.Protocol;
using AuthServer.Protocol.Authorize;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Admin;

/// <summary>One person's account: how they sign in and where, how much acts for them, and whether they may come in.</summary>
public sealed class AdminPersonModel(AdminDesk desk, AdminPeople people, AuditQuery trail) : ActPage(desk)
{
    private const string Disable = "disable";
    private const string Enable = "enable";
    private const string Leave = "sign-out";
    private const string Reset = "reset-factors";
    private const string Give = "make-administrator";
    private const string Take = "take-administrator";

    public PersonFile Found { get; private set; } = null!;

    /// <summary>When the account was removed; null: it is there.</summary>
    public DateTimeOffset? RemovedAt { get; private set; }

    public string Id { get; private set; } = "";

    public string Name => Names.Shown(Found.Line.Shown);

    public bool IsOneself => Found.Line.Id == Administrator.Subject;

    public override string Address => $"/admin/people/{Id}";

    public Task<IActionResult> OnGetAsync(string? id, string? ask, string? done, CancellationToken ct) => ReadAsync(id, ask, done, ct);

    public Task<IActionResult> OnPostAsync(string? id, string? ask, CancellationToken ct) => ActAsync(id, ask, ct);

    protected override async Task<bool> LoadAsync(string? id, CancellationToken ct)
    {
        if (id is null || Identifiers.ToUuid("usr_", id) is null)
        {
            return false;
        }

        Id = id;
        if (await people.FindAsync(id, ct) is { } file)
        {
            Found = file;
            return true;
        }

        var removed = await trail.FindAsync(new AuditFilter { UserId = id, Type = AuditEventTypes.UserRemoved }, 1, ct);
        RemovedAt = removed.Entries is [var entry] ? entry.Timestamp : null;
        return false;
    }

    protected override IActionResult Missing()
    {
        if (RemovedAt is null)
        {
            return NotFound();
        }

        Response.StatusCode = StatusCodes.Status410Gone;
        return Page();
    }

    protected override Confirmation? ConfirmationOf(string act) => act switch
    {
        Disable when !Found.Line.IsDisabled && !Found.Line.IsConfigured && !IsOneself => new(
            T("Disable this account?"), Name,
            [
                T("The person is signed out everywhere and cannot sign in."),
                T("All that acts for them is stopped, and the keys, certificates and webhooks that they made are ended for good."),
                T("The invitations that they gave are taken back."),
                T("Nothing else is deleted. You can enable the account again."),
            ],
            T("Disable it"), Ask(Disable), Address),
        Enable when Found.Line.IsDisabled && !Found.Line.IsConfigured => new(
            T("Enable this account?"), Name, [T("The person can sign in again. What was ended stays so.")], T("Enable it"), Ask(Enable), Address)
        { IsDangerous = false },
        Leave => new(
            T("Sign this person out everywhere?"), Name, [T("All sessions end, and all tokens that came from them.")], T("Sign them out"), Ask(Leave), Address),
        Reset when Found.Factors != Factors.None => new(
            T("Take the second factors away?"), Name,
            [
                Found switch
                {
                    { HasPassword: true } => T("The authenticator app, the recovery codes and all passkeys are gone; the password alone is enough."),
                    { ExternalLogins: > 0 } => T("The authenticator app, the recovery codes and all passkeys are gone. There is no password: the accounts elsewhere are what is left to sign in with."),
                    _ => T("The authenticator app, the recovery codes and all passkeys are gone. There is no password: to get in, the person needs a new link to set one, as the sign-in page mails it to who forgot theirs."),
                },
                T("The person is signed out everywhere."),
                T("Make sure that it is them who ask for it."),
            ],
            T("Take them away"), Ask(Reset), Address),
        Give when !Found.Line.IsAdministrator && !Found.Line.IsDisabled => new(
            T("Make this person an administrator?"), Name, [T("They can do all that you can: stop organizations, disable people, end keys.")], T("Make them one"), Ask(Give), Address),
        Take when Found.Line.IsAdministrator => new(
            T("Take the administration from this person?"), Name, [T("They see nothing of these pages any more, at once."), T("The links by which they invited people to this server work no more.")], T("Take it away"), Ask(Take), Address),
        _ => null,
    };

    protected override Task<Problem?> DoAsync(string act, CancellationToken ct) => act switch
    {
        Disable => people.DisableAsync(HttpContext, Administrator, Found.Line, ct),
        Enable => people.EnableAsync(HttpContext, Administrator, Found.Line, ct),
        Leave => people.SignOutAsync(HttpContext, Administrator, Found.Line, ct),
        Reset => people.ResetFactorsAsync(HttpContext, Administrator, Found.Line, ct),
        _ => people.SetAdministratorAsync(HttpContext, Administrator, Found.Line, act == Give, ct),
    };

    protected override string? SaidOf(string act) => act switch
    {
        Disable => T("The account is disabled."),
        Enable => T("The account is enabled."),
        Leave => T("They are signed out everywhere."),
        Reset => T("The second factors are gone."),
        Give => T("They are an administrator now."),
        Take => T("They are no administrator any more."),
        _ => null,
    };

    // Who has just signed themselves out, or taken the administration from themselves, could not see it there.
    protected override string After(string act) => IsOneself && act is Leave or Reset or Take ? "/account" : base.After(act);
}
