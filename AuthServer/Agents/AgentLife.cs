using AuthServer.Applications;
using AuthServer.Data;
using AuthServer.Http.Api;
using AuthServer.Organizations;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Agents;

/// <summary>Suspends, resumes and revokes agents, and ends what they have.</summary>
public sealed class AgentLife(
    IDbContextFactory<AuthDbContext> contexts, AgentStatuses statuses, ITokenFamilies families, ApplicationDirectory applications, TimeProvider clock)
{
    private static Problem SuspendedAbove { get; } = Problem.Conflict("parent_suspended", "The agent that made it is suspended: resume that one first.");

    private static readonly string[] HeldFields = ["suspendedBy"];

    private static Problem Held { get; } = Problem.Conflict("suspended_by_administrator", "An administrator of this server suspended this agent. Only they can resume it.");

    /// <summary>All its tokens are dead once this returns, and those of all that it made; they get no new ones.</summary>
    /// <param name="byAdministrator">Only an administrator of the server takes it back then.</param>
    public Task<Answer<AgentAnswer>> SuspendAsync(HttpContext http, Developer developer, string id, CancellationToken ct, bool byAdministrator = false) =>
        ChangeAsync(http, developer, id, AgentStatus.Suspended, byAdministrator, AgentEvents.Suspended, ct);

    /// <summary>It may ask for new tokens, and what was suspended with it; none of the old ones comes back.</summary>
    /// <param name="byAdministrator">What one of them did is taken back. What its organization suspended besides stays so.</param>
    public Task<Answer<AgentAnswer>> ResumeAsync(HttpContext http, Developer developer, string id, CancellationToken ct, bool byAdministrator = false) =>
        ChangeAsync(http, developer, id, AgentStatus.Active, byAdministrator, AgentEvents.Resumed, ct);

    /// <summary>For good, with all that it made.</summary>
    public Task<Answer<AgentAnswer>> RevokeAsync(HttpContext http, Developer developer, string id, CancellationToken ct, bool byAdministrator = false) =>
        ChangeAsync(http, developer, id, AgentStatus.Revoked, byAdministrator, AgentEvents.Revoked, ct);

    /// <summary>The same, of an agent also by the one that made it.</summary>
    public async Task<Answer<NoContent>> DeleteAsync(HttpContext http, ActingParty caller, string id, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        if ((await AgentReach.FindMadeAsync(context, caller, id, clock.GetUtcNow(), ct)).Failed(out var problem, out var row))
        {
            return problem;
        }

        await ChangeAsync(http, caller, row, AgentStatus.Revoked, byAdministrator: false, AgentEvents.Revoked, ct);
        return Answer.Done;
    }

    /// <summary>Ends every token that began before a moment, or until now; the agent goes on.</summary>
    public async Task<Answer<NoContent>> EndAsync(HttpContext http, Developer developer, string id, TokenEnd? said, CancellationToken ct)
    {
        if (await FindAsync(developer, id, ct) is not { } row)
        {
            return Problem.NotFound;
        }

        var now = clock.GetUtcNow();
        if (said?.Before > now)
        {
            return Problem.Invalid("before", "This moment has not come: what is made until then would be dead already.");
        }

        var why = AgentEvents.Of(AgentEvents.TokensEnded, http, developer, row, now, before: said?.Before);
        await families.EndSubjectAsync(row.Agent.Id, said?.Before ?? now, why, ct);
        return Answer.Done;
    }

    private async Task<Answer<AgentAnswer>> ChangeAsync(
        HttpContext http, Developer developer, string id, AgentStatus status, bool byAdministrator, string type, CancellationToken ct)
    {
        if (await FindAsync(developer, id, ct) is not { } row)
        {
            return Problem.NotFound;
        }

        if (!IsDone(row.Agent, status, byAdministrator) || row.Agent is { SuspendedWithId: not null } or { IsHeldOnly: true })
        {
            await ChangeAsync(http, developer, row, status, byAdministrator, type, ct);

            // Somebody else may have been first: what is stored now is the answer.
            row = await FindAsync(developer, id, ct) ?? row;
        }

        return !IsDone(row.Agent, status, byAdministrator) && (row.RefuseWhenRevoked() ?? (row.Agent.HeldAt is not null ? Held : await RefuseBelowAsync(row, status, ct))) is { } refused
            ? refused
            : row.Answer;
    }

    /// <summary>What an administrator does, they do beside what its organization does.</summary>
    private static bool IsDone(Agent agent, AgentStatus status, bool byAdministrator) => agent.Status != AgentStatus.Revoked && byAdministrator && status != AgentStatus.Revoked
        ? agent.HeldAt is not null == (status == AgentStatus.Suspended)
        : agent.Status == status;

    private async Task<Problem?> RefuseBelowAsync(AgentRow row, AgentStatus status, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return status == AgentStatus.Active && await context.Agents.AnyAsync(agent => agent.Id == row.Agent.ParentAgentId && agent.Status == AgentStatus.Suspended, ct)
            ? SuspendedAbove
            : null;
    }

    private async Task ChangeAsync(HttpContext http, ICaller caller, AgentRow row, AgentStatus status, bool byAdministrator, string type, CancellationToken ct)
    {
        var why = AgentEvents.Of(type, http, caller, row, clock.GetUtcNow(), byAdministrator && status != AgentStatus.Revoked ? HeldFields : null) with
        {
            Reason = byAdministrator ? OrganizationEvents.ByAdministrator : null,
        };
        foreach (var clientId in await statuses.TryChangeAsync(row.Agent.Id, status, byAdministrator, AgentApplication.NewVersion(), why, ct))
        {
            applications.Forget(clientId);
        }
    }

    private async Task<AgentRow?> FindAsync(Developer developer, string id, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await AgentRow.FindAsync(context, developer, id, ct);
    }
}
