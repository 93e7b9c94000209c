using AuthServer.Applications;
using AuthServer.Http.Api;
using AuthServer.Organizations;
using AuthServer.Pages.Developer.Agents;
using AuthServer.Pages.Forms;
using AuthServer.Pages.Portal;
using AuthServer.Scopes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace AuthServer.Pages.Developer.Applications;

/// <summary>One application: what it is, its addresses, rights and secrets; disabling and removing it.</summary>
public sealed class ApplicationPageModel(AgentDesk desk, OrganizationApplications applications, ApplicationLife life, ResourceServers resources)
    : OwnedPage<ApplicationItem>(desk.Seats)
{
    public ApplicationItem Application { get; private set; } = null!;

    public KnownScopes Known { get; private set; } = null!;

    public IReadOnlyList<Question> Basics { get; private set; } = [];

    public IReadOnlyList<Question> Rights { get; private set; } = [];

    public IReadOnlyList<SecretAnswer> Secrets { get; private set; } = [];

    /// <summary>The secret that was made just now.</summary>
    public ShownSecret? Shown { get; private set; }

    public string? ShownWords { get; private set; }

    public string Address => $"/developer/applications/{Application.Id}";

    public bool IsRemoved => Application.RemovedAt is not null;

    /// <summary>An administrator of the server disabled it: nobody here enables it.</summary>
    public bool IsHeld => !IsRemoved && Application.DisabledBy == ApplicationItem.Administrator;

    public bool MayChange => Seat.IsDeveloper && !IsRemoved;

    /// <summary>What is to be done, if the person means it.</summary>
    public string? Ask => MayChange && HttpMethods.IsGet(Request.Method) && Request.Query["ask"].ToString() is var asked and ("disable" or "remove" or "secret")
        && (asked != "remove" || Seat.IsAdmin) && (asked != "disable" || Application.DisabledBy is null) ? asked : null;

    public string? Done => Request.Query["done"].ToString() switch
    {
        "save" => Texts.T("It is saved"),
        "disable" => Texts.T("It is disabled"),
        "enable" => Texts.T("It may ask for tokens again"),
        _ => null,
    };

    public async Task<IActionResult> OnGetAsync(string? id, CancellationToken ct)
    {
        if (await LoadAsync(id, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        // What it was and when it went; a program that asks is told that it is gone.
        Response.StatusCode = IsRemoved ? StatusCodes.Status410Gone : Response.StatusCode;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string? id, string? act, string? version, string? overlap, string? replaces, string? file, string? text, CancellationToken ct)
    {
        if (await LoadAsync(id, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        var operation = act switch { "disable" => "disableApplication", "enable" => "enableApplication", "remove" => "deleteApplication", "secret" => "rotateApplicationSecret", _ => "updateApplication" };
        if (!Seat.IsDeveloper)
        {
            return await PageAnswers.RefuseAsync(HttpContext, Seat, operation);
        }

        if (act == "download")
        {
            return this.Download(file, text);
        }

        if (IsRemoved)
        {
            // Removed in another tab: the page says when.
            Response.StatusCode = StatusCodes.Status410Gone;
            return Page();
        }

        var problem = act switch
        {
            "disable" => (await life.DisableAsync(HttpContext, Seat.Member, Application.Id, ct)).Problem,
            "enable" => (await life.EnableAsync(HttpContext, Seat.Member, Application.Id, ct)).Problem,
            "remove" when !Seat.IsAdmin => Seat.Refusal(Role.Admin),
            "remove" => (await life.RemoveAsync(HttpContext, Seat.Member, Application.Id, ct)).Problem,
            "secret" => await RotateAsync(overlap, replaces, ct),
            "save" or "check" => await SaveAsync(version, act == "check", ct),
            _ => Problem.NotFound,
        };
        if (problem == Problem.NotFound)
        {
            return NotFound();
        }

        if (problem is not null)
        {
            await HttpContext.TellRefusalAsync(Seat.Member, operation, problem);
            FormAnswers.Tell(problem, [.. Basics, .. Rights], Faults, Request.Form);
            Response.StatusCode = problem.Status == StatusCodes.Status403Forbidden ? problem.Status : Response.StatusCode;
        }

        return problem is not null || Faults.Any || act is "check" or "secret" ? Page()
            : this.SeeOther(act == "remove" ? $"/developer/applications?organization={Seat.Organization.OrganizationId}&done=remove" : $"{Address}?done={act}");
    }

    private async Task<Problem?> SaveAsync(string? version, bool onlyCheck, CancellationToken ct)
    {
        Question[] asked = [.. Basics, .. Rights];
        var (said, unchanged) = (FormAnswers.Read<ApplicationChange>(asked, Request.Form, Faults), FormAnswers.AreSame(asked, Request.Form));
        (Basics, Rights) = (FormAnswers.Keep(Basics, Request.Form), FormAnswers.Keep(Rights, Request.Form));
        if (onlyCheck)
        {
            AddressFaults.Find(said, Application.Kind, asked, Request.Form, Faults);
        }

        if (Faults.Any || unchanged || onlyCheck)
        {
            return null;
        }

        return (await applications.ChangeAsync(HttpContext, Seat.Member, Application.Id, said, new IfMatch([version ?? ""]), ct)).Problem;
    }

    private async Task<Problem?> RotateAsync(string? overlap, string? replaces, CancellationToken ct)
    {
        var said = SecretQuestion.Read(overlap, replaces);
        if ((await HttpContext.OnceAsync(once => life.RotateAsync(HttpContext, Seat.Member, Application.Id, said, once))).Failed(out var problem, out var rotated))
        {
            return problem;
        }

        ShownWords = rotated.PreviousSecretExpiresAt is { } until ? Texts.T("The one before works until {0}.", Durations.Moment(until)) : Texts.T("The one before is dead.");
        Shown = new ShownSecret(new CodeBlock("secret", Texts.T("The new secret"), rotated.ClientSecret), Address, ShownSecret.FileOf(Application.Name, ".env"))
        {
            Content = desk.Environment(Application.ClientId, rotated.ClientSecret),
        };
        return null;
    }

    protected override async Task<ApplicationItem?> FindAsync(Seat seat, string id, CancellationToken ct) => (await applications.FindAsync(seat.Member, id, ct)).Value;

    protected override async Task TakeAsync(ApplicationItem found, CancellationToken ct)
    {
        Application = found;
        Known = await desk.Scopes.KnownAsync(Seat.Organization.OrganizationId, ct);
        Secrets = (await life.SecretsAsync(Seat.Member, found.Id, ct)).Value?.Data ?? [];
        var apis = (await resources.ListAsync(Seat.Member, new Paging(200, 0, null, null), ct)).Value?.Data ?? [];
        (Basics, Rights) = (ApplicationWords.Basics(found.Kind, found), ApplicationWords.Rights(Known, apis, found));
    }
}
