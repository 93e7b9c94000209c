using AuthServer.Accounts.Strong;
using AuthServer.Http.Api;
using AuthServer.Organizations;
using AuthServer.Pages.Forms;
using AuthServer.Protocol.Authorize;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Developer.Team;

/// <summary>What an organization is called, and what only its owner does: end all tokens of its agents, hand it over, close it for good.</summary>
public sealed class OrganizationSettingsModel(Seats seats, SignedInReader signedIn, Organizations.Organizations all, OrganizationMembers members, Strength strength) : OrganizationPage(seats)
{
    private const int MostHeirs = 100;

    private IReadOnlyList<Question>? _typed;
    private SignedInPerson _person = null!;

    public OrganizationDetail Detail { get; private set; } = null!;

    /// <summary>Who could be the owner instead.</summary>
    public IReadOnlyList<MemberDetail> Heirs { get; private set; } = [];

    /// <summary>The one whom the organization is to be handed over to, if the owner means it.</summary>
    public MemberDetail? Heir { get; private set; }

    /// <summary>Whether there are others beyond those who can be chosen from.</summary>
    public bool HasMoreHeirs { get; private set; }

    public bool IsOwner => Seat!.Member.Role == Role.Owner;

    /// <summary>What is about to be done, and waits for a yes; null: nothing.</summary>
    public string? Ask => IsOwner && HttpMethods.IsGet(Request.Method) && Request.Query["ask"].ToString() is var asked and ("end" or "transfer" or "close") ? asked : null;

    public IReadOnlyList<Question> Questions => _typed ?? [new("name", T("Name")) { Value = Detail.Name, Optional = false, MaxLength = 200, Hint = T("People read it when an agent asks for their consent.") }];

    /// <summary>The one that was looked at when the form was made.</summary>
    public string Version { get; private set; } = "";

    public string At => $"/developer/settings?{Query}";

    public string? Done => Request.Query["done"].ToString() switch
    {
        "name" => T("The name is changed"),
        "end" => T("All tokens of its agents are ended"),
        "transfer" => T("The organization is handed over"),
        _ => null,
    };

    public async Task<IActionResult> OnGetAsync(string? organization, CancellationToken ct)
    {
        if (await LoadAsync(organization, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        return Seat is not null && Ask is "transfer" or "close" && !await strength.IsShownAsync(_person, ct) ? this.SeeOther(Carried.SignInAgainAt(Request.Path + Request.QueryString)) : Page();
    }

    public async Task<IActionResult> OnPostAsync(string? organization, string? act, string? member, string? version, CancellationToken ct)
    {
        if (await LoadAsync(organization, ct) is { } elsewhere)
        {
            // Closed by the first of two presses.
            return act == "close" && Seat is null && organization is not null ? this.SeeOther("/developer?done=closed") : elsewhere;
        }

        if (Seat is null)
        {
            return NotFound();
        }

        return act switch
        {
            "name" => await RenameAsync(version, ct),
            "end" or "transfer" or "close" when !IsOwner && !HttpContext.WasSent() => await RefusedAsync(Seat.Refusal(Role.Owner), OperationOf(act), []),
            "end" => Answered((await all.EndAsync(HttpContext, Seat.Member, new Ending(), ct)).Problem, $"{At}&done=end"),
            "transfer" or "close" when !await strength.IsShownAsync(_person, ct) => this.SeeOther(Carried.SignInAgainAt($"{At}&ask={act}&member={Uri.EscapeDataString(member ?? "")}")),
            "transfer" => Answered((await HttpContext.OnceAsync(once => members.TransferAsync(HttpContext, Seat.Member, Person.Of(_person), new OwnershipTransfer { UserId = member }, once))).Problem, $"{At}&done=transfer"),
            "close" => Answered((await all.CloseAsync(HttpContext, Seat.Member, Person.Of(_person), ct)).Problem, "/developer?done=closed"),
            _ => NotFound(),
        };
    }

    private async Task<IActionResult> RenameAsync(string? version, CancellationToken ct)
    {
        if (!Seat!.IsAdmin)
        {
            return await RefusedAsync(Seat.Refusal(Role.Admin), OperationOf("name"), []);
        }

        // Pressed twice, it is called so already.
        if (FormAnswers.AreSame(Questions, Request.Form))
        {
            return this.SeeOther($"{At}&done=name");
        }

        Version = version ?? "";
        var change = FormAnswers.Read<OrganizationChange>(Questions, Request.Form, Faults);
        _typed = FormAnswers.Keep(Questions, Request.Form);
        if (OrganizationName.Read(Request.Form["name"]) is null)
        {
            Faults.Add("name", OrganizationName.Rule);
        }

        if (Faults.Any)
        {
            return Page();
        }

        var problem = (await HttpContext.OnceAsync(once => all.ChangeAsync(HttpContext, Seat.Member, change, new IfMatch([Version]), once))).Problem;
        if (problem == Problem.Stale)
        {
            Version = Detail.Version;
            Faults.Add(problem);
            return Page();
        }

        return problem is not null ? await RefusedAsync(problem, OperationOf("name"), Questions) : this.SeeOther($"{At}&done=name");
    }

    /// <summary>On to there, or this page with what stood in the way.</summary>
    private IActionResult Answered(Problem? problem, string next)
    {
        if (problem is null)
        {
            return this.SeeOther(next);
        }

        Faults.Add(problem);
        Response.StatusCode = problem.Status;
        return Page();
    }

    private async Task<IActionResult?> LoadAsync(string? organization, CancellationToken ct)
    {
        if (await SitAsync(organization, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        if (await signedIn.ReadAsync(HttpContext, ct) is not { } reader)
        {
            return this.ToSignIn();
        }

        _person = reader.Person;
        if (Seat is not { } seat)
        {
            return null;
        }

        if ((await all.FindAsync(seat.Member, ct)).Failed(out _, out var found))
        {
            return NotFound();
        }

        (Detail, Version) = (found, found.Version);
        if (IsOwner)
        {
            var page = await members.HeirsAsync(seat.Member, MostHeirs, ct);
            (Heirs, HasMoreHeirs) = (page.Data, page.Meta.Total > MostHeirs);
        }

        // Also whom there was no room for among those to choose from.
        if (Ask == "transfer" && Request.Query["member"].ToString() is var named && named != seat.Member.UserId)
        {
            Heir = await members.MayInheritAsync(named, ct) ? (await members.FindAsync(seat.Member, named, ct)).Value : null;
        }

        return null;
    }

    private static string OperationOf(string act) => act switch { "end" => "endOrganizationTokens", "transfer" => "transferOrganization", "close" => "closeOrganization", _ => "changeOrganization" };
}
