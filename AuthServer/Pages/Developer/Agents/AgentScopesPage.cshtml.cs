using AuthServer.Agents;
using AuthServer.Http.Api;
using AuthServer.Pages.Forms;
using AuthServer.Policies.Engine;
using AuthServer.Scopes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace AuthServer.Pages.Developer.Agents;

/// <summary>What an agent may ask for, with its risk; and changing that.</summary>
public sealed class AgentScopesPageModel(AgentDesk desk, AgentChanges changes) : AgentPage(desk)
{
    private const string Update = "updateAgent";

    public KnownScopes Known { get; private set; } = null!;

    public IReadOnlyList<Question> Questions { get; private set; } = [];

    /// <summary>What it holds, worst first.</summary>
    public IReadOnlyList<(ScopeLine Line, RiskLevel Risk)> Held { get; private set; } = [];

    public string At => $"{Address}/scopes";

    public bool IsChanging => MayChange && (Faults.Any || (HttpMethods.IsGet(Request.Method) && Request.Query["change"] == "yes"));

    public string? Done => Request.Query["done"] == "save" ? Texts.T("It is saved") : null;

    public async Task<IActionResult> OnGetAsync(string? id, CancellationToken ct) => await LoadAsync(id, ct) ?? await ShowAsync(ct);

    public async Task<IActionResult> OnPostAsync(string? id, string? version, CancellationToken ct)
    {
        if (await LoadAsync(id, Update, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        await ShowAsync(ct);
        if (FormAnswers.AreSame(Questions, Request.Form))
        {
            return this.SeeOther($"{At}?done=save");
        }

        var (asked, said) = (Questions, FormAnswers.Read<AgentChange>(Questions, Request.Form, Faults));
        Questions = FormAnswers.Keep(Questions, Request.Form);
        if (Faults.Any)
        {
            return Page();
        }

        var problem = (await changes.ChangeAsync(HttpContext, new ActingParty(Seat.Member), Agent.Id, said, new IfMatch([version ?? ""]), ct)).Problem;
        return problem is null ? this.SeeOther($"{At}?done=save") : await RefusedAsync(problem, Update, asked);
    }

    private async Task<IActionResult> ShowAsync(CancellationToken ct)
    {
        Known = await Desk.Scopes.KnownAsync(Agent.OrganizationId, ct);
        Questions = AgentQuestions.Scopes(Known, Agent.AllowedScopes);
        Held = [.. (Agent.AllowedScopes ?? []).Select(scope => (Known.Describe(scope), ScopeRisk.Of(Known, scope))).OrderByDescending(one => one.Item2)];
        return Page();
    }
}
