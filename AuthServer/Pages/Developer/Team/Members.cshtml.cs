using AuthServer.Http.Api;
using AuthServer.Mail;
using AuthServer.Organizations;
using AuthServer.Pages.Forms;
using Microsoft.AspNetCore.Mvc;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Developer.Team;

/// <summary>Who is in an organization, and who is invited.</summary>
public sealed class MembersModel(Seats seats, OrganizationMembers all, OrganizationInvitations invitations, Mails mails) : OrganizationPage(seats)
{
    private const int PerPage = 50;
    private const int MostEnded = 10;

    public IReadOnlyList<MemberDetail> Members { get; private set; } = [];

    public long Total { get; private set; }

    public int From { get; private set; }

    public IReadOnlyList<InvitationDetail> Waiting { get; private set; } = [];

    public long TotalWaiting { get; private set; }

    public int FromWaiting { get; private set; }

    public IReadOnlyList<EndedInvitation> Ended { get; private set; } = [];

    /// <summary>The one that was made just now, with its link.</summary>
    public CreatedInvitation? Made { get; private set; }

    /// <summary>Whether this server sends mail.</summary>
    public bool AreMailed => mails.AreSent;

    public IReadOnlyList<Question> Asked { get; private set; } = [];

    /// <summary>What was done just now.</summary>
    public string? Done => Request.Query["done"].ToString() switch
    {
        "revoked" => T("The invitation is taken back"),
        "removed" => T("The member is removed"),
        _ => null,
    };

    public string? NextAt => From + PerPage < Total ? At(From + PerPage, FromWaiting) : null;

    public string? BackAt => From > 0 ? At(From - PerPage, FromWaiting) : null;

    public string? NextWaitingAt => FromWaiting + PerPage < TotalWaiting ? At(From, FromWaiting + PerPage) + "#invitations" : null;

    public string? BackWaitingAt => FromWaiting > 0 ? At(From, FromWaiting - PerPage) + "#invitations" : null;

    /// <summary>Two lists stand on the page, each in parts of its own.</summary>
    private string At(int from, int waiting) => $"/developer/members?{Query}{(from > 0 ? $"&from={from}" : "")}{(waiting > 0 ? $"&waiting={waiting}" : "")}";

    public async Task<IActionResult> OnGetAsync(string? organization, int from, int waiting, string? again, CancellationToken ct)
    {
        if (await SitAsync(organization, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        (From, FromWaiting) = (Math.Max(0, from), Math.Max(0, waiting));
        await LoadAsync(ct);
        Asked = Ask(Ended.FirstOrDefault(ended => ended.Invitation.Id == again)?.Invitation);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string? organization, string? act, string? invitation, CancellationToken ct)
    {
        if (await SitAsync(organization, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        if (Seat is not { } seat)
        {
            return NotFound();
        }

        var operation = act == "revoke" ? "revokeInvitation" : "createInvitation";
        if (!seat.IsAdmin)
        {
            return await PageAnswers.RefuseAsync(HttpContext, seat, operation, Role.Admin);
        }

        await LoadAsync(ct);
        if (act == "revoke")
        {
            // Taken back twice it is taken back; accepted meanwhile, the list says so.
            var gone = (await invitations.RevokeAsync(HttpContext, seat.Member, invitation ?? "", ct)).Problem;
            return this.SeeOther($"/developer/members?{Query}{(gone is null ? "&done=revoked" : "")}");
        }

        var form = await Request.ReadFormAsync(ct);
        var questions = Ask(null);
        Asked = FormAnswers.Keep(questions, form);
        var wanted = FormAnswers.Read<NewInvitation>(questions, form, Faults);
        if (Faults.Any)
        {
            return Page();
        }

        if ((await HttpContext.OnceAsync(once => invitations.CreateAsync(HttpContext, seat.Member, wanted, once))).Failed(out var problem, out var made))
        {
            return await RefusedAsync(problem, operation, questions);
        }

        Made = made;
        return Page();
    }

    private async Task LoadAsync(CancellationToken ct)
    {
        if (Seat is not { } seat)
        {
            return;
        }

        var list = (await all.ListAsync(seat.Member, new Paging(PerPage, From, null, null), ct)).Value;
        (Members, Total) = (list?.Data ?? [], list?.Meta.Total ?? 0);
        var waiting = (await invitations.ListAsync(seat.Member, new Paging(PerPage, FromWaiting, null, null), ct)).Value;
        (Waiting, TotalWaiting) = (waiting?.Data ?? [], waiting?.Meta.Total ?? 0);
        Ended = await invitations.EndedAsync(seat.Member, MostEnded, ct);
    }

    /// <param name="again">The invitation that is to be given once more.</param>
    private Question[] Ask(InvitationDetail? again) => Seat is not { IsAdmin: true } seat ? [] :
    [
        new("email", T("E-mail address")) { Optional = false, MaxLength = 254, Value = again?.Email ?? "" },
        MemberWords.Ask(seat.Member.Role, again?.Role is { } role && role <= seat.Member.Role ? role : Role.Developer),
    ];
}
