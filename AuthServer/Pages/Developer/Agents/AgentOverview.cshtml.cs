using AuthServer.Agents;
using AuthServer.Http.Api;
using AuthServer.Organizations;
using AuthServer.Pages.Developer.Applications;
using AuthServer.Pages.Forms;
using AuthServer.Policies.Engine;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace AuthServer.Pages.Developer.Agents;

/// <summary>What an agent is, what it may do at worst, and suspending, resuming and revoking it.</summary>
public sealed class AgentOverviewModel(AgentDesk desk, AgentLife life, AgentChanges changes) : AgentPage(desk)
{
    private const string Update = "updateAgent";

    public string? Owner { get; private set; }

    /// <summary>Whether an administrator of the server suspended it.</summary>
    public bool IsHeld => Agent.SuspendedBy == AgentAnswer.Administrator;

    public AgentAnswer? Parent { get; private set; }

    /// <summary>The agent above it with which it was suspended; null: none was.</summary>
    public AgentAnswer? SuspendedWith { get; private set; }

    /// <summary>How many of its scopes have which risk, worst first.</summary>
    public IReadOnlyList<(RiskLevel Risk, int Count)> Risks { get; private set; } = [];

    public IReadOnlyList<Question> Questions { get; private set; } = [];

    /// <summary>What is to be done, if the person means it.</summary>
    public string? Ask => MayChange && HttpMethods.IsGet(Request.Method) && Request.Query["ask"].ToString() is var asked and ("suspend" or "revoke") && (asked == "suspend" || Seat.IsAdmin) ? asked : null;

    /// <summary>What was done just now.</summary>
    public string? Done => Request.Query["done"].ToString() switch
    {
        "suspend" => Texts.T("It is suspended"),
        "resume" => Texts.T("It may ask for tokens again"),
        "revoke" => Texts.T("It is revoked for good"),
        "save" => Texts.T("It is saved"),
        _ => null,
    };

    public async Task<IActionResult> OnGetAsync(string? id, CancellationToken ct) => await LoadAsync(id, ct) ?? await ShowAsync(ct);

    public async Task<IActionResult> OnPostAsync(string? id, string? act, string? version, CancellationToken ct)
    {
        var operation = act switch { "suspend" => "suspendAgent", "resume" => "resumeAgent", "revoke" => "revokeAgent", _ => Update };
        if (await LoadAsync(id, operation, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        await ShowAsync(ct);
        if (act is "save" or "check" && !MayChange)
        {
            // Revoked in another tab: the page says so.
            return Page();
        }

        if (act == "check")
        {
            AddressFaults.FindOfAgent(Questions, Request.Form, Faults);
            Questions = FormAnswers.Keep(Questions, Request.Form);
            return Page();
        }

        var problem = act switch
        {
            "suspend" => (await life.SuspendAsync(HttpContext, Seat.Member, Agent.Id, ct)).Problem,
            "resume" => (await life.ResumeAsync(HttpContext, Seat.Member, Agent.Id, ct)).Problem,
            "revoke" when !Seat.IsAdmin => Seat.Refusal(Role.Admin),
            "revoke" => (await life.RevokeAsync(HttpContext, Seat.Member, Agent.Id, ct)).Problem,
            "save" => await SaveAsync(version, ct),
            _ => Problem.NotFound,
        };
        return Faults.Any ? Page()
            : problem is null ? this.SeeOther($"{Address}?done={act}")
            : await RefusedAsync(problem, operation, Questions);
    }

    private async Task<Problem?> SaveAsync(string? version, CancellationToken ct)
    {
        var said = FormAnswers.Read<AgentChange>(Questions, Request.Form, Faults);
        var unchanged = FormAnswers.AreSame(Questions, Request.Form);
        Questions = FormAnswers.Keep(Questions, Request.Form);
        if (Faults.Any || unchanged)
        {
            return null;
        }

        return (await changes.ChangeAsync(HttpContext, new ActingParty(Seat.Member), Agent.Id, said, new IfMatch([version ?? ""]), ct)).Problem;
    }

    private async Task<IActionResult> ShowAsync(CancellationToken ct)
    {
        var known = await Desk.Scopes.KnownAsync(Agent.OrganizationId, ct);
        Risks = [.. (Agent.AllowedScopes ?? []).Select(scope => ScopeRisk.Of(known, scope)).GroupBy(risk => risk).OrderByDescending(group => group.Key).Select(group => (group.Key, group.Count()))];
        Questions = [.. AgentQuestions.Basics(Agent), .. AgentQuestions.Addresses(Agent), .. AgentQuestions.Metadata(Agent)];
        Owner = Agent.OwnerId is { } owner ? (await Desk.Names.OfPeopleAsync([owner], ct)).GetValueOrDefault(owner) : null;
        Parent = await FindAsync(Agent.ParentAgentId, ct);
        SuspendedWith = await FindAsync(Agent.SuspendedWithAgentId, ct);
        return Page();
    }

    private async Task<AgentAnswer?> FindAsync(string? id, CancellationToken ct) => id is null ? null : (await Desk.Agents.FindAsync(new ActingParty(Seat.Member), id, ct)).Value;
}
