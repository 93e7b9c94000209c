using System.Globalization;
using AuthServer.Http.Api;
using AuthServer.Languages;
using AuthServer.Pages.Forms;
using AuthServer.Policies;
using Microsoft.AspNetCore.Mvc;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Developer.Policies;

/// <summary>May this agent do that? The decision, and what each policy finds. Nothing is counted and nothing recorded.</summary>
public sealed class TryPoliciesModel(Seats seats, PolicyEvaluation evaluation, NamesInOrganization names) : OrganizationPage(seats)
{
    private static readonly Dictionary<string, string> Fields = new(StringComparer.Ordinal)
    {
        ["agentId"] = "agent",
        ["userId"] = "user",
        ["actions"] = "action",
        ["resource"] = "resource",
        ["context.ip"] = "ip",
    };

    [BindProperty(SupportsGet = true, Name = "agent")]
    public string? Agent { get; set; }

    [BindProperty(SupportsGet = true, Name = "action")]
    public string? Act { get; set; }

    [BindProperty(SupportsGet = true, Name = "resource")]
    public string? Resource { get; set; }

    [BindProperty(SupportsGet = true, Name = "user")]
    public string? Person { get; set; }

    [BindProperty(SupportsGet = true, Name = "ip")]
    public string? Ip { get; set; }

    [BindProperty(SupportsGet = true, Name = "amount")]
    public string? Amount { get; set; }

    [BindProperty(SupportsGet = true, Name = "currency")]
    public string? Currency { get; set; }

    /// <summary>Agents that one can choose; there may be more.</summary>
    public IReadOnlyList<PossibleAnswer> Choices { get; private set; } = [];

    /// <summary>Null: nothing was asked, or it cannot be.</summary>
    public EvaluationItem? Answer { get; private set; }

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

        var caller = new ActingParty(seat.Member);
        Choices = await names.SuggestAgentsAsync(seat.Organization.OrganizationId, ct);
        if (Agent is null && Act is null)
        {
            return Page();
        }

        if (Ask() is { } body)
        {
            Tell(await evaluation.EvaluateAsync(HttpContext, caller, body, ct));
        }

        return Page();
    }

    private EvaluationBody? Ask()
    {
        decimal? amount = decimal.TryParse(Amount, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var read) ? read : null;
        if (Said(Amount) is not null && amount is null)
        {
            Faults.Add("amount", T("Write a number such as 12.50."));
            return null;
        }

        string[] actions = (Act ?? "").Split([' ', ',', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return new EvaluationBody
        {
            AgentId = Said(Agent) ?? "",
            UserId = Said(Person),
            Action = actions is [var one] ? one : null,
            Actions = actions.Length > 1 ? actions : null,
            Resource = Said(Resource),
            Context = new EvaluationContext { Ip = Said(Ip), Amount = amount, Currency = Said(Currency) },
            Explain = true,
        };
    }

    private void Tell(Answer<EvaluationItem> answer)
    {
        Answer = answer.Value;
        foreach (var (path, sentences) in answer.Problem?.Faults ?? new Dictionary<string, Sentence[]>())
        {
            Faults.Add(Fields.GetValueOrDefault(path, ""), sentences[0]);
        }

        if (answer.Problem is { Errors: null } problem)
        {
            Faults.Add(problem == Problem.NotFound ? "agent" : "", problem == Problem.NotFound ? T("There is no such agent.") : problem.Said);
        }
    }

    private static string? Said(string? text) => text?.Trim() is { Length: > 0 } said ? said : null;
}
