using System.Globalization;
using AuthServer.Audit;
using AuthServer.Http;
using AuthServer.Pages.Dashboard;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Admin;

/// <summary>The whole trail, whoever's it is, with what is known of its chains.</summary>
public sealed class AdminTrailModel(AdminDesk desk, AuditQuery trail, AuditExport export, TrailChecks checks, ActivityNames names, TimeProvider clock) : AdminPage(desk)
{
    private const int Portion = 50;
    private const int LongestText = 400;

    // What the address may say, by the name of its field.
    private static readonly string[] Members = ["organization", "person", "agent", "client", "type", "outcome", "from", "to"];

    private IReadOnlyDictionary<string, string> _actors = new Dictionary<string, string>();
    private IReadOnlyDictionary<string, string> _people = new Dictionary<string, string>();
    private IReadOnlyDictionary<string, string> _organizations = new Dictionary<string, string>();

    private readonly Dictionary<string, string> _said = new(StringComparer.Ordinal);

    public AuditPart Part { get; private set; } = new([], null);

    public bool WasStarted { get; private set; }

    public TrailCheck? Last => checks.Last;

    public bool IsRunning => checks.IsRunning;

    /// <summary>The newest signed checkpoint.</summary>
    public (string Id, DateTimeOffset At)? Checkpoint { get; private set; }

    public bool IsFiltered => _said.Count > 0;

    public string? NextAt => Part.NextCursor is { } cursor ? At(("cursor", cursor)) : null;

    /// <summary>The way back to the first part, by what is asked for; null: this is it.</summary>
    public string? NewestAt => Request.Query["cursor"].Count > 0 ? At() : null;

    /// <summary>Where new events are heard of; null: this part of the trail does not grow.</summary>
    public string? LiveAt => Request.Query["cursor"].Count == 0 && Said("to") is null && !Faults.Any ? "/live?everything=yes" : null;

    public string? Said(string name) => _said.GetValueOrDefault(name);

    public string ExportAt(string format) => At(("handler", "Export"), ("format", format));

    /// <summary>An agent or a client, by name as far as it has one.</summary>
    public string ActorOf(AuditEntry entry) =>
        entry.AgentId is { } agent ? NameOf(agent, _actors) : entry.ClientId is { } client ? NameOf(client, _actors) : T("The server");

    /// <summary>Whether an agent or a client acted for a person, and was not what they acted on.</summary>
    public static bool HasActor(AuditEntry entry) => (entry.AgentId ?? entry.ClientId) is { } actor && actor != entry.Target;

    public string PersonOf(string id) => NameOf(id, _people);

    public string OrganizationOf(string id) => NameOf(id, _organizations);

    /// <summary>The id itself, where nothing of the name can be seen.</summary>
    private static string NameOf(string id, IReadOnlyDictionary<string, string> names) => Names.Shown(names.GetValueOrDefault(id) ?? "").Trim() is { Length: > 0 } shown ? shown : Names.Shown(id);

    public async Task<IActionResult> OnGetAsync(string? cursor, string? started, CancellationToken ct)
    {
        if (await EnterAsync(ct) is { } elsewhere)
        {
            return elsewhere;
        }

        WasStarted = started is not null;
        Checkpoint = await checks.NewestCheckpointAsync(ct);
        if (Read() is { } filter)
        {
            Part = await trail.FindAsync(filter with { Cursor = cursor is not null && AuditQuery.IsCursor(cursor) ? cursor : null }, Portion, ct);
            _actors = await names.OfAsync(Part.Entries.Select(entry => entry.AgentId), Part.Entries.Select(entry => entry.ClientId), ct);
            _people = await names.OfPeopleAsync(Part.Entries.Select(entry => entry.UserId), ct);
            _organizations = await names.OfOrganizationsAsync(Part.Entries.Select(entry => entry.OrganizationId), ct);
        }

        return Page();
    }

    /// <summary>All that matches, as a file.</summary>
    public async Task<IActionResult> OnGetExportAsync(string? format, CancellationToken ct)
    {
        if (await EnterAsync(ct) is { } elsewhere)
        {
            return elsewhere;
        }

        if (SignInFirst() is { } first)
        {
            return first;
        }

        if (format is not ("csv" or "ndjson") || Read() is not { } filter)
        {
            return NotFound();
        }

        return new Streamed(http => export.WriteAllAsync(http, Administrator.Subject, filter, format, ct));
    }

    /// <summary>Begins a verification of the whole trail.</summary>
    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await EnterAsync(ct) is { } elsewhere)
        {
            return elsewhere;
        }

        await checks.TryStartAsync(HttpContext.Event(TrailEvents.VerificationAsked, AuditOutcomes.Success, clock.GetUtcNow()) with { Subject = Administrator.Subject }, ct);
        return this.SeeOther("/admin/trail?started=yes");
    }

    /// <summary>What the address asks for; null: it names something that there cannot be.</summary>
    private AuditFilter? Read()
    {
        foreach (var name in Members)
        {
            if (Request.Query[name].ToString().Trim() is { Length: > 0 and <= LongestText } said)
            {
                _said[name] = said;
            }
        }

        var type = Said("type");
        if (type is not null && !type.Split('.', 2).All(AuditFilter.IsKind))
        {
            Faults.Add("type", T("Give a type such as token.issued, or only its first word for all that begin with it."));
        }

        var filter = new AuditFilter
        {
            OrganizationId = Id("organization", "acct_"),
            UserId = Id("person", "usr_"),
            AgentId = Id("agent", "agt_"),
            ClientId = Said("client"),
            Type = type is not null && type.Contains('.', StringComparison.Ordinal) ? type : null,
            Kind = type is not null && AuditFilter.IsKind(type) ? type : null,
            Outcome = Said("outcome"),
            From = Day("from"),
            To = Day("to")?.AddDays(1),
        };
        if (filter.To <= filter.From)
        {
            Faults.Add("to", T("The end must come after the beginning."));
        }

        return Faults.Any ? null : filter;
    }

    private string? Id(string name, string prefix)
    {
        if (Said(name) is not { } said)
        {
            return null;
        }

        if (Identifiers.Read(prefix, said) is { } id)
        {
            return id;
        }

        Faults.Add(name, T("Give an id such as {0}…", prefix));
        return null;
    }

    private DateTimeOffset? Day(string name)
    {
        if (Said(name) is not { } said)
        {
            return null;
        }

        if (DateTimeOffset.TryParseExact(said, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var day) && day.Year is > 1970 and < 9999)
        {
            return day;
        }

        Faults.Add(name, T("Give a day, such as 2026-01-31."));
        return null;
    }

    private string At(params (string Name, string Value)[] more) => QueryHelpers.AddQueryString(
        "/admin/trail", _said.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value)).Concat(more.Select(one => KeyValuePair.Create(one.Name, (string?)one.Value))));

    /// <summary>A file that is written as it is read, once the headers of all pages are set.</summary>
    private sealed class Streamed(Func<HttpContext, Task> write) : IActionResult
    {
        public Task ExecuteResultAsync(ActionContext context) => write(context.HttpContext);
    }
}
