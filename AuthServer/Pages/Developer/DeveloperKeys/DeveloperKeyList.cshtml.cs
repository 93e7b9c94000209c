using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Organizations;
using AuthServer.Pages.Developer.Team;
using AuthServer.Pages.Forms;
using AuthServer.Pages.Portal;
using Microsoft.AspNetCore.Mvc;

namespace AuthServer.Pages.Developer.DeveloperKeys;

/// <summary>The keys by which an organization's programs call the REST API: made, listed, revoked. A new one is shown this once.</summary>
public sealed class DeveloperKeyListModel(Seats seats, OrganizationKeys keys, NamesInOrganization names, IssuerUri issuer) : OrganizationPage(seats)
{
    private const int PerPage = 50;
    private const int MostEnded = 10;

    private IReadOnlyDictionary<string, string> _members = new Dictionary<string, string>();

    public IReadOnlyList<KeyDetail> Keys { get; private set; } = [];

    public long Total { get; private set; }

    /// <summary>The newest of those that were.</summary>
    public IReadOnlyList<EndedKey> Ended { get; private set; } = [];

    [BindProperty(SupportsGet = true, Name = "from")]
    public int From { get; set; }

    public IReadOnlyList<Question> Questions { get; private set; } = [];

    /// <summary>The one that is to be revoked, if the person means it.</summary>
    public KeyDetail? Asked { get; private set; }

    /// <summary>The one that was made just now.</summary>
    public ShownSecret? Shown { get; private set; }

    /// <summary>The command that uses it.</summary>
    public string Command { get; private set; } = "";

    public string At => $"/developer/keys?{Query}";

    public string? NextAt => From + PerPage < Total ? $"{At}&from={From + PerPage}" : null;

    public string? Done => Request.Query["done"] == "revoke" ? Texts.T("The key is revoked, everywhere and at once") : null;

    public string MakerOf(KeyDetail key) => Names.Shown(_members.GetValueOrDefault(key.CreatedBy) ?? key.CreatedBy);

    public async Task<IActionResult> OnGetAsync(string? organization, string? key, CancellationToken ct)
    {
        if (await SitAsync(organization, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        await ShowAsync(ct);
        Asked = Seat is { IsAdmin: true } seat && key is not null ? await keys.FindAsync(seat.Member, key, ct) : null;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string? organization, string? act, string? key, string? file, string? text, CancellationToken ct)
    {
        var operation = act == "revoke" ? "revokeDeveloperKey" : "createDeveloperKey";
        if (await SitAsync(organization, operation, Role.Admin, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        await ShowAsync(ct);
        if (!Seat!.IsAdmin)
        {
            return await RefusedAsync(Seat.Refusal(Role.Admin), operation, []);
        }

        switch (act)
        {
            case "download":
                return this.Download(file, text);
            case "create":
                return await CreateAsync() is { } problem ? await RefusedAsync(problem, operation, Questions) : Page();
            case "revoke":
                // Sent twice, it is revoked already.
                await keys.RevokeAsync(HttpContext, Seat.Member, key ?? "", ct);
                return this.SeeOther($"{At}&done=revoke");
            default:
                return NotFound();
        }
    }

    private async Task<Problem?> CreateAsync()
    {
        var said = FormAnswers.Read<NewKey>(Questions, Request.Form, Faults);
        Questions = FormAnswers.Keep(Questions, Request.Form);
        if (Faults.Any)
        {
            return null;
        }

        if ((await HttpContext.OnceAsync(once => keys.CreateAsync(HttpContext, Seat!.Member, said, once))).Failed(out var problem, out var made))
        {
            return problem;
        }

        Command = $"curl -s {issuer.Value}/api/v1/developers/me -H \"X-Api-Key: {made.ApiKey}\"";
        Shown = new ShownSecret(new CodeBlock("secret", Texts.T("The new key"), made.ApiKey), At, ShownSecret.FileOf(made.Key.Name, ".env"))
        {
            Content = $"AUTHSERVER_ISSUER={issuer.Value}\nAUTHSERVER_DEVELOPER_KEY={made.ApiKey}\n",
        };
        return null;
    }

    private async Task ShowAsync(CancellationToken ct)
    {
        if (Seat is not { } seat)
        {
            return;
        }

        From = Math.Clamp(From, 0, 100_000);
        if ((await keys.ListAsync(seat.Member, new Paging(PerPage, From, null, null), ct)).Value is { } page)
        {
            (Keys, Total) = (page.Data, page.Meta.Total ?? 0);
        }

        Ended = await keys.EndedAsync(seat.Member, MostEnded, ct);
        _members = await names.OfMembersAsync(seat.Organization.OrganizationId, Keys.Select(key => key.CreatedBy), ct);
        Questions =
        [
            new("name", Texts.T("Name")) { Optional = false, MaxLength = 200, Hint = Texts.T("Which program calls with it.") },
            MemberWords.Ask(seat.Member.Role, Role.Developer) with { Label = Texts.T("What it may do") },
            new("expiresAt", Texts.T("It expires on"), QuestionKind.Date) { Hint = Texts.T("At the beginning of that day, UTC. Without a day it does not expire. You are told 30, 7 and 1 days before.") },
        ];
    }
}
