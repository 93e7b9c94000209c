using System.Runtime.CompilerServices;
using System.Text.Json;
using AuthServer.Agents;
using AuthServer.Data;
using AuthServer.Http.Api;
using AuthServer.Policies.Engine;
using AuthServer.Scopes;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Policies.AuthZen;

/// <summary>Whom, what, and what to, of the enforcer's own organization (AuthZEN §8). Looks only: nothing is counted and nothing recorded.</summary>
public sealed class AccessSearch(
    AgentRights rights, Decisions decisions, PolicyCatalog policies, ResourceCatalog apis, IDbContextFactory<AuthDbContext> contexts, TimeProvider clock)
{
    private const string ApiType = "api";

    public async Task<Answer<SearchAnswer<FoundEntity>>> SubjectsAsync(Enforcer enforcer, JsonElement body, CancellationToken ct)
    {
        if (SearchPage.Read(body, AccessPart.Subject).Failed(out var problem, out var page))
        {
            return problem;
        }

        var question = page.Question;
        if (question.SubjectType == AccessSubjects.User && question.AgentId is null)
        {
            return Problem.Invalid("context.agent_id", "People act through agents: name the agent.");
        }

        var candidates = question.SubjectType switch
        {
            AccessSubjects.Agent => AgentsAsync(enforcer.OrganizationId, page.After, ct),
            AccessSubjects.User => UsersAsync(enforcer.OrganizationId, question.AgentId!, page.After, ct),
            _ => Of([]),
        };
        return await FindAsync(
            page, candidates, id => MayAsync(enforcer, question with { SubjectId = id }, ct), id => new FoundEntity(question.SubjectType, id), ct);
    }

    /// <summary>The server knows two kinds of resources: the organization's APIs (type <c>api</c>), and what its policies name without a wildcard.</summary>
    public async Task<Answer<SearchAnswer<FoundEntity>>> ResourcesAsync(Enforcer enforcer, JsonElement body, CancellationToken ct)
    {
        if (SearchPage.Read(body, AccessPart.Resource).Failed(out var problem, out var page))
        {
            return problem;
        }

        var question = page.Question;
        var prefix = AccessQuestion.ResourceName(question.ResourceType, "");
        var named = (await policies.OfAsync(enforcer.OrganizationId, ct)).SelectMany(policy => policy.Resources)
            .Select(pattern => pattern.Text).Where(text => !text.EndsWith('*') && text.StartsWith(prefix, StringComparison.Ordinal)).Select(text => text[prefix.Length..]);
        var registered = question.ResourceType != ApiType ? []
            : (await apis.AllAsync(ct)).Values.Where(api => api.OrganizationId is null || api.OrganizationId == enforcer.OrganizationId).Select(api => api.Uri);
        return await FindAsync(
            page, Of(named.Concat(registered), page.After), id => MayAsync(enforcer, question with { ResourceId = id }, ct),
            id => new FoundEntity(question.ResourceType, id), ct);
    }

    public async Task<Answer<SearchAnswer<FoundAction>>> ActionsAsync(Enforcer enforcer, JsonElement body, CancellationToken ct)
    {
        if (SearchPage.Read(body, AccessPart.Action).Failed(out var problem, out var page))
        {
            return problem;
        }

        var (agent, user) = page.Question.Parties;
        var found = agent is null ? null : await rights.FindAsync(enforcer.OrganizationId, agent, user, ct);
        return await FindAsync(
            page, Of(found?.Actions ?? [], page.After), action => MayAsync(found!, page.Question with { Action = action }, ct), action => new FoundAction(action), ct);
    }

    private async Task<bool> MayAsync(Enforcer enforcer, AccessQuestion question, CancellationToken ct)
    {
        var (agent, user) = question.Parties;
        return agent is not null && await rights.FindAsync(enforcer.OrganizationId, agent, user, ct) is { } found && await MayAsync(found, question, ct);
    }

    private async Task<bool> MayAsync(RightsOfAgent found, AccessQuestion question, CancellationToken ct) =>
        (await decisions.DryRunAsync(question.Complete(found.Ask([question.Action!], clock.GetUtcNow())), ct)).Outcome == PolicyOutcome.Allowed;

    private static async Task<SearchAnswer<T>> FindAsync<T>(
        SearchPage page, IAsyncEnumerable<string> candidates, Func<string, Task<bool>> may, Func<string, T> result, CancellationToken ct)
    {
        var (results, last, looked) = (new List<T>(), "", 0);
        await foreach (var candidate in candidates.WithCancellation(ct))
        {
            // One more than is shown would only tell whether there are more; so would one more than is looked at.
            if (results.Count == page.Limit || looked == SearchPage.MostLookedAt)
            {
                return new(new(page.TokenAfter(last), results.Count), results);
            }

            (last, looked) = (candidate, looked + 1);
            if (await may(candidate))
            {
                results.Add(result(candidate));
            }
        }

        return new(new("", results.Count), results);
    }

    private async IAsyncEnumerable<string> AgentsAsync(string organizationId, string after, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
#pragma warning disable CA1309 // the database compares
        var ids = await context.Agents.AsNoTracking()
            .Where(agent => agent.OrganizationId == organizationId && agent.Status == AgentStatus.Active && string.Compare(agent.Id, after) > 0)
            .OrderBy(agent => agent.Id).Select(agent => agent.Id).Take(SearchPage.MostLookedAt + 1).ToListAsync(ct);
#pragma warning restore CA1309
        foreach (var id in ids)
        {
            yield return id;
        }
    }

    private async IAsyncEnumerable<string> UsersAsync(string organizationId, string agentId, string after, [EnumeratorCancellation] CancellationToken ct)
    {
        foreach (var id in await rights.PeopleAsync(organizationId, agentId, after, SearchPage.MostLookedAt + 1, ct))
        {
            yield return id;
        }
    }

    private static IAsyncEnumerable<string> Of(IEnumerable<string> names, string after = "") =>
        names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Where(name => string.CompareOrdinal(name, after) > 0).ToAsyncEnumerable();
}
