using System.Globalization;
using AuthServer.Audit;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Developer.Trail;

/// <summary>An organization's part of the trail, newest first.</summary>
public sealed class TrailModel(Seats seats, NamesInOrganization names, AuditViews views, AuditExport export, TrailSeals seals) : TrailPage(seats, names)
{
    private const int PerPage = 50;
    private const int LongestText = 200;

    [BindProperty(SupportsGet = true, Name = "from")]
    public string? From { get; set; }

    [BindProperty(SupportsGet = true, Name = "to")]
    public string? To { get; set; }

    [BindProperty(SupportsGet = true, Name = "kind")]
    public string? Kind { get; set; }

    [BindProperty(SupportsGet = true, Name = "agent")]
    public string? Agent { get; set; }

    [BindProperty(SupportsGet = true, Name = "person")]
    public string? Person { get; set; }

    [BindProperty(SupportsGet = true, Name = "result")]
    public string? Outcome { get; set; }

    [BindProperty(SupportsGet = true, Name = "about")]
    public string? About { get; set; }

    [BindProperty(SupportsGet = true, Name = "cursor")]
    public string? Cursor { get; set; }

    public IReadOnlyList<AuditEntry> Entries { get; private set; } = [];

    /// <summary>Null: nothing is sealed yet.</summary>
    public TrailSeal? Seal { get; private set; }

    public string? OlderAt { get; private set; }

    /// <summary>What is asked for, as addresses say it.</summary>
    public string Asked { get; private set; } = "";

    public bool IsFiltered => Asked.Length > 0;

    /// <summary>Where new events are heard of; null: this part of the trail does not grow.</summary>
    public string? LiveAt => Cursor is null && To is null && !Faults.Any ? $"/live?{Query}" : null;

    public async Task<IActionResult> OnGetAsync(string? organization, CancellationToken ct)
    {
        if (await SitAsync(organization, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        if (Seat is not { } seat)
        {
            return Page();
        }

        Seal = await seals.NewestAsync(ct);
        await SuggestAsync(ct);
        var filter = Filter();
        if (Faults.Any)
        {
            return Page();
        }

        var part = await views.OfOrganizationAsync(seat.Organization.OrganizationId, filter, PerPage, ct);
        Entries = part.Data;
        OlderAt = part.Meta.NextCursor is { } next ? $"/developer/trail?{Query}{Asked}&cursor={next}" : null;
        await NameAsync(Entries, ct);
        return Page();
    }

    /// <summary>All that matches, as the API gives it.</summary>
    public async Task<IActionResult> OnPostAsync(string? organization, string? format, CancellationToken ct)
    {
        if (await SitAsync(organization, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        var filter = Filter() with { Cursor = null };
        if (Seat is not { } seat || Faults.Any || format is not ("csv" or "ndjson"))
        {
            return NotFound();
        }

        return new Export(http => export.WriteAsync(http, seat.Member, filter, format, ct));
    }

    private AuditFilter Filter()
    {
        (From, To, Kind, Agent, Person, About) = (Said(From), Said(To), Said(Kind), Said(Agent), Said(Person), Said(About));
        if (About is not null && !IsStored(About))
        {
            Faults.Add("about", T("An id has letters, digits and signs of the keyboard."));
        }

        Outcome = Outcome is AuditOutcomes.Success or AuditOutcomes.Denied ? Outcome : null;
        Kind = Kind is not null && AuditFilter.IsKind(Kind) ? Kind : null;
        Cursor = Cursor is not null && AuditQuery.IsCursor(Cursor) ? Cursor : null;
        var filter = new AuditFilter
        {
            From = Moment("from", From),
            To = Moment("to", To),
            Kind = Kind,
            AgentId = Id("agent", "agt_", Agent),
            UserId = Id("person", "usr_", Person),
            Outcome = Outcome,
            About = About,
            Cursor = Cursor,
        };
        if (filter.From >= filter.To)
        {
            Faults.Add("to", T("The end must come after the beginning."));
        }

        Asked = string.Concat(new[] { ("from", From), ("to", To), ("kind", Kind), ("agent", Agent), ("person", Person), ("result", Outcome), ("about", About) }
            .Where(asked => asked.Item2 is not null).Select(asked => $"&{asked.Item1}={Uri.EscapeDataString(asked.Item2!)}"));
        return filter;
    }

    private DateTimeOffset? Moment(string field, string? text)
    {
        if (text is null)
        {
            return null;
        }

        // As browsers write the field, or as a person does.
        if (DateTimeOffset.TryParseExact(
            text, ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd HH:mm", "yyyy-MM-dd"], CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var moment) && moment.Year >= 1970)
        {
            return moment;
        }

        Faults.Add(field, T("Write a time such as 2026-01-31 12:00."));
        return null;
    }

    private string? Id(string field, string prefix, string? text)
    {
        var id = text is null ? null : Identifiers.Read(prefix, text);
        if (text is not null && id is null)
        {
            Faults.Add(field, T("Give an id: {0}…", prefix));
        }

        return id;
    }

    private static string? Said(string? text) => text?.Trim() is { Length: > 0 } said ? said[..Math.Min(said.Length, LongestText)] : null;

    // No database stores every character alike.
    private static bool IsStored(string text) => !text.Any(letter => char.IsControl(letter) || char.IsSurrogate(letter));

    /// <summary>The answer is written when it is its turn, after the filters that add headers.</summary>
    private sealed class Export(Func<HttpContext, Task> write) : ActionResult
    {
        public override Task ExecuteResultAsync(ActionContext context) => write(context.HttpContext);
    }
}
