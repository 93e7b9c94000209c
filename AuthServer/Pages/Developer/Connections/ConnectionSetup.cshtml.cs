using AuthServer.Audit;
using AuthServer.Pages.Forms;
using AuthServer.Vault.Connections;
using Microsoft.AspNetCore.Mvc;

namespace AuthServer.Pages.Developer.Connections;

/// <summary>The steps from a draft to a connection that works. Each is saved when it is left, so that one may leave at any of them and come back.</summary>
public sealed class ConnectionSetupModel(ConnectionDesk desk, ConnectionTest test, ConnectionLife life, AuditViews trail) : ConnectionPage(desk)
{
    private const string Update = "updateConnection";

    private static readonly Dictionary<string, string[]> PartsOf = new(StringComparer.Ordinal)
    {
        ["app"] = ["app", "key", "fields"],
        ["scopes"] = ["scopes"],
        ["settings"] = ["tokens", "requests", "return", "rotation"],
    };

    private IReadOnlyList<Question>? _typed;

    public string Step { get; private set; } = "";

    public ConnectionTestResult? Result { get; private set; }

    /// <summary>Whether its last test was passed, by the secret that is set now.</summary>
    public bool WasTested { get; private set; }

    public bool IsActive => Connection.Status == ConnectionStatus.Active;

    public string? Next => After(1);

    public string? Before => After(-1);

    /// <summary>Of this step, with what was typed.</summary>
    public IReadOnlyList<Part> Parts =>
    [
        .. Own().Select(part => _typed is null ? part : part with { Questions = [.. _typed.Where(typed => part.Questions.Any(question => question.Path == typed.Path))] }),
    ];

    public bool MayChange(Part part) => MayEdit && (!part.ForAdmins || Seat.IsAdmin);

    public async Task<IActionResult> OnGetAsync(string? id, string? step, CancellationToken ct) =>
        await LoadAsync(id, ct) ?? (Go(step) ? Page() : NotFound());

    public async Task<IActionResult> OnPostAsync(string? id, string? step, string? version, CancellationToken ct)
    {
        var operation = step switch { "test" => "testConnection", "activate" => "activateConnection", _ => Update };
        if (await LoadAsync(id, operation, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        return !Go(step) ? NotFound() : Step switch
        {
            "test" => await TestAsync(operation, ct),
            "activate" => await ActivateAsync(operation, ct),
            _ => await SaveAsync(version, ct),
        };
    }

    private async Task<IActionResult> SaveAsync(string? version, CancellationToken ct)
    {
        var asked = Mine();
        var said = FormAnswers.Read<ConnectionChange>(asked, Request.Form, Faults);
        _typed = [.. FormAnswers.Keep(asked, Request.Form), .. Own().Where(part => !MayChange(part)).SelectMany(part => part.Questions)];
        if (Faults.Any)
        {
            return Page();
        }

        var problem = await ChangeAsync(said, version, Mine, ct);
        return problem is null ? this.SeeOther($"{Address}/setup?step={Next}") : await RefusedAsync(problem, Update, asked);
    }

    private async Task<IActionResult> TestAsync(string operation, CancellationToken ct)
    {
        if ((await test.RunAsync(HttpContext, Seat.Member, Connection.Id, ct)).Failed(out var problem, out var result))
        {
            return await RefusedAsync(problem, operation);
        }

        Result = result;
        await ReloadAsync(ct);
        await LookAsync(ct);
        return Page();
    }

    private async Task<IActionResult> ActivateAsync(string operation, CancellationToken ct) =>
        (await life.ActivateAsync(HttpContext, Seat.Member, Connection.Id, ConnectionReach.Whatever, ct)).Problem is { } problem
            ? await RefusedAsync(problem, operation)
            : this.SeeOther($"{Address}?done=activate");

    protected override async Task TakeAsync(ConnectionItem found, CancellationToken ct)
    {
        await base.TakeAsync(found, ct);
        await LookAsync(ct);
    }

    private async Task LookAsync(CancellationToken ct)
    {
        var filter = new AuditFilter { Target = Connection.Id, Type = ConnectionEvents.Tested };
        var tests = (await trail.OfOrganizationAsync(Seat.Organization.OrganizationId, filter, 1, ct)).Data;
        WasTested = tests is [var last, ..] && ConnectionWords.IsPassed(last.Reason) && (Connection.SecretChangedAt is not { } changed || last.Timestamp >= changed);
    }

    /// <summary>False: this connection has no such step.</summary>
    private bool Go(string? step)
    {
        var steps = SetupSteps.OfDraft(Connection);
        Step = step is null ? steps[0] : steps.FirstOrDefault(one => one == step) ?? "";
        return Step.Length > 0;
    }

    private string? After(int places)
    {
        var steps = SetupSteps.OfDraft(Connection).ToList();
        return steps.ElementAtOrDefault(steps.IndexOf(Step) + places);
    }

    private Question[] Mine() => [.. Own().Where(MayChange).SelectMany(part => part.Questions)];

    private IEnumerable<Part> Own() => new ConnectionParts(Connection, Provider).All(new AccessChoices([], [])).Where(part => PartsOf.GetValueOrDefault(Step, []).Contains(part.Name));
}
