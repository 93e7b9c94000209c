using AuthServer.Http.Api;
using AuthServer.Policies;
using Microsoft.AspNetCore.Mvc;

namespace AuthServer.Pages.Developer.Policies;

/// <summary>Making and changing a policy: as a form or as JSON, and tried on what was decided before it is saved.</summary>
public sealed class EditPolicyModel(Seats seats, OrganizationPolicies all, Simulation simulation, NamesInOrganization names) : OrganizationPage(seats)
{
    /// <summary>The one that is changed; null: a new one.</summary>
    public PolicyItem? Policy { get; private set; }

    /// <summary>The version that the change is meant for.</summary>
    public string? Version { get; private set; }

    internal PolicyForm Form { get; private set; } = PolicyForm.Of(null);

    /// <summary>Null: it is a form.</summary>
    public string? Json { get; private set; }

    /// <summary>What would have been decided; null: nobody asked.</summary>
    public SimulationResult? Tried { get; private set; }

    /// <summary>Names of agents, by id.</summary>
    public IReadOnlyDictionary<string, string> Names { get; private set; } = new Dictionary<string, string>();

    public string Address => $"/developer/policies/edit?{Query}{(Policy is null ? "" : $"&id={Policy.Id}")}";

    public string BackAt => Policy is null ? $"/developer/policies?{Query}" : $"/developer/policies/{Policy.Id}?{Query}";

    private string Operation => Policy is null ? "createPolicy" : "replacePolicy";

    public async Task<IActionResult> OnGetAsync(string? organization, string? id, CancellationToken ct)
    {
        if (await LoadAsync(organization, id, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        // What the form could not show whole is changed as text.
        Form = PolicyForm.Of(Policy);
        Json = Request.Query["as"] == "json" || Policy?.Fault is not null ? Policy is null ? "{\n  \"name\": \"\",\n  \"rules\": []\n}" : PolicyJson.Write(Policy) : null;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string? organization, string? id, string? act, CancellationToken ct)
    {
        if (await LoadAsync(organization, id, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        var form = await Request.ReadFormAsync(ct);
        Version = form["version"].ToString() is { Length: > 0 } version ? version : Version;
        (Form, Json) = form.TryGetValue(PolicyJson.Field, out var typed) ? (Form, typed.ToString().ReplaceLineEndings("\n")) : (PolicyForm.Typed(form), null);
        if (Json is null && (act is "add" || act?.StartsWith("remove-", StringComparison.Ordinal) == true))
        {
            Form = Form with { Rules = Rearranged(act, form["rule"]) };
            return Page();
        }

        var body = Json is null ? Form.Read(form, Faults) : PolicyJson.Read(Json, Faults);
        return Faults.Any || body is null ? Page() : act switch
        {
            "json" or "form" => await TurnAsync(body, ct),
            "simulate" => await SimulateAsync(body, ct),
            "save" => await SaveAsync(body, ct),
            _ => NotFound(),
        };
    }

    private IReadOnlyList<RuleForm> Rearranged(string act, string? type) => act == "add"
        ? Form.Rules.Count < RuleForm.Most && RuleForm.New(Form.Rules.Count, type) is { } added ? [.. Form.Rules, added] : Form.Rules
        : [.. Form.Rules.Where(rule => act != $"remove-{rule.Index}").Index().Select(rule => rule.Item.At(rule.Index))];

    /// <summary>The same policy in its other form, which shows it as it would be stored.</summary>
    private async Task<IActionResult> TurnAsync(PolicyBody body, CancellationToken ct)
    {
        if ((await all.DraftAsync(Seat!.Member, body, ct)).Failed(out var problem, out var draft))
        {
            return await RefusedAsync(problem);
        }

        (Form, Json) = (PolicyForm.Of(draft), Json is null ? PolicyJson.Write(draft) : null);
        return Page();
    }

    private async Task<IActionResult> SimulateAsync(PolicyBody body, CancellationToken ct)
    {
        var asked = new SimulationBody { Policy = body, Replaces = Policy is { Enabled: true } ? Policy.Id : null };
        if ((await simulation.RunAsync(HttpContext, Seat!.Member, asked, ct)).Failed(out var problem, out var result))
        {
            const string Before = "policy.";
            return await RefusedAsync(problem with
            {
                Faults = problem.Faults?.ToDictionary(error => error.Key.StartsWith(Before, StringComparison.Ordinal) ? error.Key[Before.Length..] : error.Key, error => error.Value),
            });
        }

        Tried = result;
        Names = await names.OfAgentsAsync(Seat.Organization.OrganizationId, result.Changes.Select(change => change.AgentId), ct);
        return Page();
    }

    private async Task<IActionResult> SaveAsync(PolicyBody body, CancellationToken ct)
    {
        var answer = Policy is null
            ? await all.CreateAsync(HttpContext, Seat!.Member, body, ct)
            : await all.ChangeAsync(HttpContext, Seat!.Member, Policy.Id, body, whole: true, new IfMatch(Version is null ? null : [Version]), ct);
        return answer.Failed(out var problem, out var saved)
            ? await RefusedAsync(problem)
            : this.SeeOther($"/developer/policies/{saved.Id}?{Query}&done={(Policy is null ? "made" : "saved")}");
    }

    private async Task<IActionResult> RefusedAsync(Problem problem)
    {
        if (Json is null || problem == Problem.NotFound)
        {
            return await RefusedAsync(problem, Operation, Form.Asked);
        }

        await HttpContext.TellRefusalAsync(Seat!.Member, Operation, problem);
        PolicyJson.Tell(problem, Json, Faults);
        return Page();
    }

    private async Task<IActionResult?> LoadAsync(string? organization, string? id, CancellationToken ct)
    {
        if (await SitAsync(organization, id is null ? "createPolicy" : "replacePolicy", ct) is { } elsewhere)
        {
            return elsewhere;
        }

        Policy = id is null ? null : (await all.FindAsync(Seat!.Member, id, ct)).Value;
        Version = Policy?.Version;
        return id is not null && Policy is null ? NotFound() : null;
    }
}
