using AuthServer.Branding;
using AuthServer.Http.Api;
using AuthServer.Organizations;
using AuthServer.Pages.Forms;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Developer.Branding;

/// <summary>How an organization shows itself to those who are asked in its name: set, and looked at before it is saved.</summary>
[TakesFile]
public sealed class BrandingModel(Seats seats, Brands brands) : OrganizationPage(seats)
{
    private const string Path = "/developer/branding";
    private const int MostLanguages = 20;

    private static readonly string[] Usual = ["en", "de"];

    private IReadOnlyList<Question> _look = [];
    private Question? _language;

    // What was done with the picture just now, while what was typed beside it still waits to be saved.
    private string? _beside;

    public BrandDetail Detail { get; private set; } = null!;

    public BrandPreview Preview { get; private set; } = null!;

    public IReadOnlyList<Question> Look => _look;

    public Question Language => _language!;

    public IReadOnlyList<LanguagePart> Languages { get; private set; } = [];

    /// <summary>The language that is to be added, as it was typed.</summary>
    public string Added { get; private set; } = "";

    /// <summary>Whether what is shown is not saved.</summary>
    public bool IsDraft { get; private set; }

    public string Version { get; private set; } = "";

    public string Address => $"{Path}?{Query}";

    public bool MayChange => Seat is { IsAdmin: true };

    /// <summary>Whether all of it is to be taken back, if the person means it.</summary>
    public bool AsksReset => MayChange && HttpMethods.IsGet(Request.Method) && Request.Query["ask"] == "reset";

    public string? Done => (_beside ?? Request.Query["done"].ToString()) switch
    {
        "save" => T("It is saved"),
        "logo" when _beside is not null => T("The logo is saved. What you typed stands below and is not saved yet."),
        "no-logo" when _beside is not null => T("The logo is removed. What you typed stands below and is not saved yet."),
        "logo" => T("The logo is saved"),
        "no-logo" => T("The logo is removed"),
        "reset" => T("All of it is as it was at first"),
        _ => null,
    };

    public async Task<IActionResult> OnGetAsync(string? organization, CancellationToken ct)
    {
        if (await SitAsync(organization, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        return Seat is null ? Page() : await LoadAsync(ct) ?? Page();
    }

    public async Task<IActionResult> OnPostAsync(string? organization, string? act, CancellationToken ct)
    {
        if (await SitAsync(organization, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        if (Seat is not { } seat)
        {
            return NotFound();
        }

        var operation = act switch { "logo" => "changeLogo", "no-logo" => "removeLogo", "reset" => "resetBranding", _ => "changeBranding" };
        if (!seat.IsAdmin)
        {
            return await PageAnswers.RefuseAsync(HttpContext, seat, operation, Role.Admin);
        }

        if (await LoadAsync(ct) is { } gone)
        {
            return gone;
        }

        var anyVersion = new IfMatch((IReadOnlyList<string>?)null);
        var problem = act switch
        {
            "logo" => await TakeLogoAsync(seat, anyVersion, ct),
            "no-logo" => (await brands.RemoveLogoAsync(HttpContext, seat.Member, anyVersion, ct)).Problem,
            "reset" => (await brands.ResetAsync(HttpContext, seat.Member, anyVersion, ct)).Problem,
            _ => null,
        };
        if (act is not ("logo" or "no-logo" or "reset"))
        {
            return await TakeFormAsync(seat, act, operation, ct);
        }

        if (act != "reset" && await KeepTypedAsync(seat, problem is null, ct) && problem is null)
        {
            _beside = act;
            return Page();
        }

        return problem is not null ? await RefusedAsync(problem, operation, [new Question("logo", "")]) : this.SeeOther($"{Address}&done={act}");
    }

    private async Task<Problem?> TakeLogoAsync(Seat seat, IfMatch match, CancellationToken ct)
    {
        if (!Request.HasFormContentType || (await Request.ReadFormAsync(ct)).Files["logo"] is not { Length: > 0 } file)
        {
            return Problem.Invalid("logo", "Choose a picture first.");
        }

        using var octets = new MemoryStream();
        await file.CopyToAsync(octets, ct);

        // What a browser calls a file goes by its name; what it is, it says itself.
        return (await brands.ChangeLogoAsync(HttpContext, seat.Member, new LogoFile(octets.ToArray(), null), match, ct)).Problem;
    }

    /// <summary>What was typed beside the picture stands on the page as it was typed.</summary>
    /// <param name="changed">The picture is another now, and the version with it.</param>
    /// <returns>Whether something was: what says the same as what is stored needs no keeping.</returns>
    private async Task<bool> KeepTypedAsync(Seat seat, bool changed, CancellationToken ct)
    {
        var form = Request.HasFormContentType ? await Request.ReadFormAsync(ct) : FormCollection.Empty;
        var before = Detail.Version;
        if (!form.ContainsKey("version") || (changed && await LoadAsync(ct) is not null))
        {
            return false;
        }

        // Who began with another version is told when they save.
        (Version, Added) = (form["version"] == before ? Detail.Version : form["version"].ToString(), form["add"].ToString().Trim());
        var tags = Tags(form);
        Ask(Detail, tags.Count == 0 ? Usual : tags, null);
        var asked = Questions;
        if (changed && Added.Length == 0 && FormAnswers.AreSame(asked, form))
        {
            return false;
        }

        Keep(form);
        var unread = new FormFaults();
        var said = FormAnswers.Read<BrandChange>(asked, form, unread);
        if (!unread.Any && (await brands.TryAsync(seat.Member, said, ct)).Value is { } shown)
        {
            (IsDraft, Preview) = (true, Preview with { Brand = shown, Language = Shown(form["show"]) });
        }

        return true;
    }

    private static List<string> Tags(IFormCollection form) => [.. form["tag"].OfType<string>().Select(BrandRules.Tag).OfType<string>().Distinct().Take(MostLanguages)];

    /// <summary>What was typed: looked at, added to, or saved.</summary>
    private async Task<IActionResult> TakeFormAsync(Seat seat, string? act, string operation, CancellationToken ct)
    {
        var form = await Request.ReadFormAsync(ct);
        (Version, Added) = (form["version"].ToString(), form["add"].ToString().Trim());
        var tags = Tags(form);
        if (act == "add" && Added.Length > 0)
        {
            Add(tags);
        }

        Ask(Detail, tags.Count == 0 ? Usual : tags, act == "add" && tags.Count > 0 ? tags[^1] : null);
        var asked = Questions;
        var said = FormAnswers.Read<BrandChange>(asked, form, Faults);
        Keep(form);
        if (AccentColour.Read(said.Colour) is { Buttons: null } colour)
        {
            // The sentence of the API, in the reader's language.
            Faults.Add("colour", T("A button in this colour could not be told from the page. {0} would do.", colour.Nearest));
        }

        if (Faults.Any)
        {
            return Page();
        }

        if ((await brands.TryAsync(seat.Member, said, ct)).Failed(out var fault, out var shown))
        {
            return await RefusedAsync(fault, operation, asked);
        }

        (IsDraft, Preview) = (true, Preview with { Brand = shown, Language = Shown(form["show"]) });
        return act == "save" ? await SaveAsync(seat, said, operation, form, ct) : Page();
    }

    private async Task<IActionResult> SaveAsync(Seat seat, BrandChange said, string operation, IFormCollection form, CancellationToken ct)
    {
        var asked = Questions;
        var problem = (await brands.ChangeAsync(HttpContext, seat.Member, said, new IfMatch([Version]), ct)).Problem;
        if (problem == Problem.Stale)
        {
            var stored = (await brands.FindAsync(seat.Member, ct)).Value!;
            var present = BrandQuestions.Look(stored, seat.Organization.Name).Concat(Languages.SelectMany(part => BrandQuestions.Texts(stored, part.Tag))).ToList();
            var language = form[Language.Path].ToString();
            if (!FormAnswers.AreSame(present, form) || (language.Length > 0 && language != stored.Language))
            {
                Version = stored.Version;
                Faults.Add(problem);
                return Page();
            }

            // The same form, sent twice.
            problem = null;
        }

        return problem is null ? this.SeeOther($"{Address}&done=save") : await RefusedAsync(problem, operation, asked);
    }

    private void Add(List<string> tags)
    {
        if (BrandRules.Tag(Added) is not { } tag)
        {
            Faults.Add("add", T("Name a language by its tag, such as en, de or pt-BR."));
            return;
        }

        tags.Remove(tag);
        tags.Add(tag);
        Added = "";
    }

    private IReadOnlyList<Question> Questions => [.. _look, Language, .. Languages.SelectMany(part => part.Questions)];

    private string Shown(string? tag) => Languages.Any(part => part.Tag == tag) ? tag! : Texts.Language.Tag;

    /// <summary>Null: here. What is stored, and how it is seen.</summary>
    private async Task<IActionResult?> LoadAsync(CancellationToken ct)
    {
        var seat = Seat!;
        if ((await brands.FindAsync(seat.Member, ct)).Failed(out _, out var detail) || (await brands.PresentAsync(seat.Member, ct)).Failed(out _, out var shown))
        {
            return NotFound();
        }

        (Detail, Version) = (detail, detail.Version);
        Preview = new BrandPreview(shown, seat.Organization.Name, Texts.Language.Tag);
        Ask(detail, [.. Usual.Union(detail.Texts.Keys)], null);
        return null;
    }

    private void Ask(BrandDetail detail, IReadOnlyList<string> tags, string? open)
    {
        _look = BrandQuestions.Look(detail, Seat!.Organization.Name);
        _language = BrandQuestions.Language(detail, tags);
        Languages = [.. tags.Select((tag, i) => new LanguagePart(tag, BrandQuestions.NameOf(tag), BrandQuestions.Texts(detail, tag), tag == open || detail.Texts.ContainsKey(tag) || i == 0))];
    }

    private void Keep(IFormCollection form)
    {
        _look = FormAnswers.Keep(_look, form);
        _language = FormAnswers.Keep([Language], form)[0];
        Languages = [.. Languages.Select(part => FormAnswers.Keep(part.Questions, form) is var kept && kept.Any(question => question.Value.Length > 0) ? part with { Questions = kept, Open = true } : part with { Questions = kept })];
    }
}
