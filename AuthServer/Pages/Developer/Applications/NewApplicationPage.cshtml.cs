using AuthServer.Applications;
using AuthServer.Http.Api;
using AuthServer.Pages.Developer.Agents;
using AuthServer.Pages.Forms;
using AuthServer.Pages.Portal;
using AuthServer.Scopes;
using Microsoft.AspNetCore.Mvc;

namespace AuthServer.Pages.Developer.Applications;

/// <summary>Makes an application: what kind it is first, since client type and grants follow from that.</summary>
public sealed class NewApplicationPageModel(Seats seats, OrganizationApplications applications, ResourceServers resources, AgentDesk desk) : OrganizationPage(seats)
{
    private const string Create = "createApplication";

    public static IReadOnlyList<ApplicationKind> Kinds { get; } = Enum.GetValues<ApplicationKind>();

    /// <summary>Null: it has to be chosen first.</summary>
    public ApplicationKind? Kind { get; private set; }

    public KnownScopes Known { get; private set; } = null!;

    public IReadOnlyList<Question> Basics { get; private set; } = [];

    public IReadOnlyList<Question> Rights { get; private set; } = [];

    /// <summary>The one that was made just now.</summary>
    public CreatedApplication? Made { get; private set; }

    public string Issuer => desk.Issuer;

    public string Address => $"/developer/applications/new?{Query}&kind={(Kind is { } kind ? ApplicationWords.Word(kind) : "")}";

    public string Command => desk.TokenBySecret(Made!.ClientId, Made.ClientSecret ?? "");

    public ShownSecret Secret => new(new CodeBlock("secret", Texts.T("The secret"), Made!.ClientSecret!), Address, ShownSecret.FileOf(Made.Name, ".env"))
    {
        Content = desk.Environment(Made.ClientId, Made.ClientSecret!),
    };

    public async Task<IActionResult> OnGetAsync(string? organization, string? kind, CancellationToken ct)
    {
        if (await SitAsync(organization, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        if (Seat is { IsDeveloper: false })
        {
            return await PageAnswers.RefuseAsync(HttpContext, Seat, Create);
        }

        await AskAsync(kind, ct);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string? organization, string? kind, string? act, string? file, string? text, CancellationToken ct)
    {
        if (await SitAsync(organization, Create, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        if (act == "download")
        {
            return this.Download(file, text);
        }

        await AskAsync(kind, ct);
        if (Kind is not { } chosen)
        {
            return NotFound();
        }

        Question[] asked = [.. Basics, .. Rights];
        var said = FormAnswers.Read<NewApplication>(asked, Request.Form, Faults);
        said.Kind = chosen;
        (Basics, Rights) = (FormAnswers.Keep(Basics, Request.Form), FormAnswers.Keep(Rights, Request.Form));
        if (act == "check")
        {
            AddressFaults.Find(said, chosen, asked, Request.Form, Faults);
        }

        if (Faults.Any || act == "check")
        {
            return Page();
        }

        if ((await HttpContext.OnceAsync(once => applications.CreateAsync(HttpContext, Seat!.Member, said, once))).Failed(out var problem, out var made))
        {
            return await RefusedAsync(problem, Create, asked);
        }

        Made = made;
        return Page();
    }

    private async Task AskAsync(string? word, CancellationToken ct)
    {
        if (Seat is not { } seat || ApplicationWords.Read(word) is not { } kind)
        {
            return;
        }

        (Kind, Known) = (kind, await desk.Scopes.KnownAsync(seat.Organization.OrganizationId, ct));
        var apis = (await resources.ListAsync(seat.Member, new Paging(200, 0, null, null), ct)).Value?.Data ?? [];
        (Basics, Rights) = (ApplicationWords.Basics(kind, null), ApplicationWords.Rights(Known, apis, null));
    }
}
