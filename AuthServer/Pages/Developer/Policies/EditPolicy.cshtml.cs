using AuthServer.Agents;
using AuthServer.Audit;
using AuthServer.Http.Api;
using AuthServer.Pages.Developer.Former;
using AuthServer.Pages.Forms;
using AuthServer.Policies;
using AuthServer.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.Developer.Policies;

/// <summary>Making and changing a policy: as a form or as JSON, and tried on what was decided before it is saved.</summary>
public sealed class EditPolicyModel(Seats seats, OrganizationPolicies all, Simulation simulation, RegisteredAgents agents, NamesInOrganization names, FormerThings former) : OrganizationPage(seats)
{
    private const int MostChoices = 50;

    private IReadOnlyList<PossibleAnswer> _listed = [];
    private AuditEntry? _end;

    /// <summary>The one that is changed; null: a new one.</summary>
    public PolicyItem? Policy { get; private set; }

    /// <summary>The version that the change is meant for.</summary>
    public string? Version { get; private set; }

    internal PolicyForm Form { get; private set; } = PolicyForm.Of(null, []);

    /// <summary>What it says, as far as it is written; null: the text cannot be read.</summary>
    internal PolicySentence? Says { get; private set; }

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
        Form = await FormOfAsync(Policy, ct);
        Json = Request.Query["as"] == "json" || Policy?.Fault is not null ? Policy is null ? "{\n  \"name\": \"\",\n  \"rules\": []\n}" : PolicyJson.Write(Policy) : null;
        return await ShownAsync(ct);
    }

    public async Task<IActionResult> OnPostAsync(string? organization, string? id, string? act, CancellationToken ct)
    {
        if (await LoadAsync(organization, id, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        var form = await Request.ReadFormAsync(ct);
        Version = form["version"].ToString() is { Length: > 0 } version ? version : Version;
        (Form, Json) = form.TryGetValue(PolicyJson.Field, out var typed) ? (Form, typed.ToString().ReplaceLineEndings("\n"))
            : (PolicyForm.Typed(form, await ChoicesAsync(form[PolicyForm.AgentsField], ct)), null);
        var answer = act switch
        {
            "look" => Page(),
            not null when Json is null && Rearranged(act) is { } rules => Rearrange(rules),
            _ => await ActAsync(form, act, ct),
        };
        return answer is PageResult ? await ShownAsync(ct) : answer;
    }

    private async Task<IActionResult> ActAsync(IFormCollection form, string? act, CancellationToken ct)
    {
        var body = Json is null ? Form.Read(form, Faults) : PolicyJson.Read(Json, Faults);
        return Faults.Any || body is null ? Page() : act switch
        {
            "json" or "form" => await TurnAsync(body, ct),
            "simulate" => await SimulateAsync(body, ct),
            "save" => await SaveAsync(body, ct),
            _ => NotFound(),
        };
    }

    /// <summary>The page, with what the policy says.</summary>
    private async Task<IActionResult> ShownAsync(CancellationToken ct)
    {
        var outline = Json is null ? Form.Outline : (await all.DraftAsync(Seat!.Member, PolicyJson.Read(Json, new FormFaults()) ?? new PolicyBody(), ct)).Value is { } draft ? PolicySentence.Outline(draft) : null;
        var named = await names.OfAgentsAsync(Seat!.Organization.OrganizationId, outline?.AgentIds ?? [], ct);
        Says = outline is null ? null : PolicySentence.Of(outline, Seat.Organization.Name, named);
        return Page();
    }

    private PageResult Rearrange(IReadOnlyList<RuleForm> rules)
    {
        Form = Form with { Rules = rules };
        return Page();
    }

    /// <summary>Null: this is about no rule.</summary>
    private IReadOnlyList<RuleForm>? Rearranged(string act) =>
        act.StartsWith("add-", StringComparison.Ordinal) && RuleForm.New(Form.Rules.Count, act["add-".Length..]) is { } added ? Form.Rules.Count < RuleForm.Most ? [.. Form.Rules, added] : Form.Rules
        : act.StartsWith("remove-", StringComparison.Ordinal) ? [.. Form.Rules.Where(rule => act != $"remove-{rule.Index}").Index().Select(rule => rule.Item.At(rule.Index))]
        : null;

    /// <summary>The same policy in its other form, which shows it as it would be stored.</summary>
    private async Task<IActionResult> TurnAsync(PolicyBody body, CancellationToken ct)
    {
        // Who pastes a whole text has no name to give before.
        var unnamed = string.IsNullOrWhiteSpace(body.Name);
        body.Name = unnamed ? "?" : body.Name;
        if ((await all.DraftAsync(Seat!.Member, body, ct)).Failed(out var problem, out var draft))
        {
            return await RefusedAsync(problem);
        }

        draft = unnamed ? draft with { Name = "" } : draft;
        (Form, Json) = (await FormOfAsync(draft, ct), Json is null ? PolicyJson.Write(draft) : null);
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
        if (_end is not null)
        {
            Faults.Add("", Texts.T("Somebody deleted the policy on {0}. What you typed stands below: save it again, and it is made anew.", Durations.Moment(_end.Timestamp)));
            return Page();
        }

        var answer = await HttpContext.OnceAsync(once => Policy is null
            ? all.CreateAsync(HttpContext, Seat!.Member, body, once)
            : all.ChangeAsync(HttpContext, Seat!.Member, Policy.Id, body, whole: true, new IfMatch(Version is null ? null : [Version]), once));
        if (answer.Problem == Problem.Stale)
        {
            Version = Policy!.Version;
            Faults.Add(answer.Problem);
            return Page();
        }

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

    private async Task<PolicyForm> FormOfAsync(PolicyItem? policy, CancellationToken ct) => PolicyForm.Of(policy, await ChoicesAsync(policy?.Subjects.AgentIds ?? [], ct));

    /// <summary>The agents that are listed, and the chosen ones among the others: without them nothing would be ticked, and that means all agents.</summary>
    private async Task<IReadOnlyList<PossibleAnswer>> ChoicesAsync(IEnumerable<string?> chosen, CancellationToken ct)
    {
        string[] others = [.. chosen.Select(id => Identifiers.Read("agt_", id ?? "")).OfType<string>().Where(id => _listed.All(agent => agent.Value != id)).Distinct(StringComparer.Ordinal)];
        var named = await names.OfAgentsAsync(Seat!.Organization.OrganizationId, others, ct);
        return [.. _listed, .. others.Select(id => new PossibleAnswer(id, Pages.Names.Shown(named.GetValueOrDefault(id) ?? id)))];
    }

    private async Task<IActionResult?> LoadAsync(string? organization, string? id, CancellationToken ct)
    {
        if (await SitAsync(organization, id is null ? "createPolicy" : "replacePolicy", ct) is { } elsewhere)
        {
            return elsewhere;
        }

        Policy = id is null ? null : (await all.FindAsync(Seat!.Member, id, ct)).Value;
        Version = Policy?.Version;
        var filter = new AgentFilter(AgentStatus.Active, null, null, null);
        var active = (await agents.ListAsync(new ActingParty(Seat!.Member), filter, new Paging(MostChoices, 0, null, null), ct)).Value?.Data ?? [];
        _listed = [.. active.Select(agent => new PossibleAnswer(agent.Id, Pages.Names.Shown(agent.Name)))];
        if (id is null || Policy is not null)
        {
            return null;
        }

        // What was typed meanwhile is not lost with it.
        _end = HttpMethods.IsPost(Request.Method) ? await former.FindAsync(Seat.Organization.OrganizationId, FormerKind.Policy, id, ct) : null;
        return _end is not null ? null : await former.AnswerAsync(this, [Seat.Organization.OrganizationId], FormerKind.Policy, id, ct);
    }
}
