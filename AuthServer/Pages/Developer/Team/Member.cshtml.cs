using AuthServer.Http.Api;
using AuthServer.Organizations;
using AuthServer.Pages.Developer.Former;
using AuthServer.Pages.Forms;
using Microsoft.AspNetCore.Mvc;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Developer.Team;

/// <summary>One member: their role, and how they go.</summary>
public sealed class MemberModel(Seats seats, OrganizationMembers all, FormerThings former) : OrganizationPage(seats)
{
    /// <summary>In forms that change the role: the one that they were made for.</summary>
    public const string Present = "present";

    public MemberDetail Member { get; private set; } = null!;

    /// <summary>What ends with them, or with the role that they have; null: nobody asked.</summary>
    public MemberEnding? Ending { get; private set; }

    /// <summary>The role that somebody chose and that was not given; null: none.</summary>
    public Role? Typed { get; private set; }

    /// <summary>The role that they are to get, if that is meant; null: they are to go, or nobody asked.</summary>
    public Role? Wanted { get; private set; }

    public bool IsReader => Member.UserId == Seat!.Member.UserId;

    /// <summary>The owner stays, and nobody changes a member above themselves.</summary>
    public bool MayChange => Seat!.IsAdmin && Member.Role != Role.Owner && Member.Role <= Seat.Member.Role && !IsReader;

    public bool MayRemove => Member.Role != Role.Owner && (IsReader || MayChange);

    /// <summary>The owner may make any other member the owner who can sign in.</summary>
    public bool MayHandOver { get; private set; }

    public Question Asked => MemberWords.Ask(Seat!.Member.Role, Typed ?? Member.Role);

    public string Address => $"/developer/members/{Member.UserId}?{Query}";

    public string Name => Names.Shown(Member.Name ?? Member.Email ?? Member.UserId);

    public string? Done => Request.Query["done"] == "role" ? T("The role is changed") : null;

    public async Task<IActionResult> OnGetAsync(string? organization, string id, string? ask, CancellationToken ct)
    {
        if (await LoadAsync(organization, id, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        if (ask == "remove" && MayRemove)
        {
            Ending = await all.EndingAsync(Seat!.Member, Member.UserId, null, ct);
        }
        else if (ask == "role" && MayChange && Asked.Options.Any(option => option.Value == Request.Query["role"]))
        {
            await AskAsync(Enum.Parse<Role>(Request.Query["role"]!, ignoreCase: true), ct);
        }

        return Page();
    }

    /// <summary>Where nothing ends with the role that they have, there is nothing to ask.</summary>
    private async Task AskAsync(Role role, CancellationToken ct)
    {
        if (await all.EndingAsync(Seat!.Member, Member.UserId, role, ct) is { Any: true } ending)
        {
            (Wanted, Ending) = (role, ending);
        }
    }

    public async Task<IActionResult> OnPostAsync(string? organization, string id, string? act, string? meant, string? present, CancellationToken ct)
    {
        if (await LoadAsync(organization, id, ct) is { } elsewhere)
        {
            // Who is removed twice, by two clicks, is removed.
            return act == "remove" && Seat is not null ? this.SeeOther($"/developer/members?{Query}") : elsewhere;
        }

        var seat = Seat!;
        if (act == "remove")
        {
            var leaves = IsReader;
            return (await all.RemoveAsync(HttpContext, seat.Member, Member.UserId, ct)).Problem is { } refused
                ? await RefusedAsync(refused, "removeMember", [])
                : this.SeeOther(leaves ? "/developer/members" : $"/developer/members?{Query}&done=removed");
        }

        if (!seat.IsAdmin)
        {
            return await PageAnswers.RefuseAsync(HttpContext, seat, "changeMember", Role.Admin);
        }

        var change = FormAnswers.Read<MemberChange>([Asked], await Request.ReadFormAsync(ct), Faults);
        if (Faults.Any)
        {
            return Page();
        }

        // Who chose before another admin did, or in another tab, has not seen what they would undo. A second press of the same form undoes nothing.
        if (change.Role is { } chosen && chosen != Member.Role && present is not null && !string.Equals(present, Member.Role.ToString(), StringComparison.OrdinalIgnoreCase))
        {
            Typed = chosen;
            Faults.Add(Problem.Stale);
            return Page();
        }

        // What ends with a role does not come back with it.
        if (meant is null && MayChange && change.Role is { } role && (await all.EndingAsync(seat.Member, Member.UserId, role, ct)).Any)
        {
            return this.SeeOther($"{Address}&ask=role&role={role.ToString().ToLowerInvariant()}");
        }

        return (await all.ChangeAsync(HttpContext, seat.Member, Member.UserId, change, ct)).Problem is { } problem
            ? await RefusedAsync(problem, "changeMember", [Asked])
            : this.SeeOther($"{Address}&done=role");
    }

    private async Task<IActionResult?> LoadAsync(string? organization, string id, CancellationToken ct)
    {
        if (await SitAsync(organization, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        if (Seat is not { } seat)
        {
            return NotFound();
        }

        if ((await all.FindAsync(seat.Member, id, ct)).Failed(out _, out var found))
        {
            return await former.AnswerAsync(this, [seat.Organization.OrganizationId], FormerKind.Member, id, ct);
        }

        Member = found;
        MayHandOver = seat.Member.Role == Role.Owner && !IsReader && await all.MayInheritAsync(found.UserId, ct);
        return null;
    }
}
