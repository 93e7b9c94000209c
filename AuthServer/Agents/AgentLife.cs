using AuthServer.Applications;
using AuthServer.Data;
using AuthServer.Http.Api;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Agents;

/// <summary>Suspends, resumes and revokes agents, and ends what they have.</summary>
public sealed class AgentLife(
    IDbContextFactory<AuthDbContext> contexts, AgentStatuses statuses, ITokenFamilies families, ApplicationDirectory applications, TimeProvider clock)
{
    /// <summary>All its tokens are dead once this returns, and it gets no new ones.</summary>
    public Task<Answer<AgentAnswer>> SuspendAsync(HttpContext http, Developer developer, string id, CancellationToken ct) =>
        ChangeAsync(http, developer, id, AgentStatus.Suspended, AgentEvents.Suspended, ct);

    /// <summary>It may ask for new tokens; none of the old ones comes back.</summary>
    public Task<Answer<AgentAnswer>> ResumeAsync(HttpContext http, Developer developer, string id, CancellationToken ct) =>
        ChangeAsync(http, developer, id, AgentStatus.Active, AgentEvents.Resumed, ct);

    /// <summary>For good.</summary>
    public Task<Answer<AgentAnswer>> RevokeAsync(HttpContext http, Developer developer, string id, CancellationToken ct) =>
        ChangeAsync(http, developer, id, AgentStatus.Revoked, AgentEvents.Revoked, ct);

    /// <summary>The same, of an agent also by the one that made it.</summary>
    public async Task<Answer<NoContent>> DeleteAsync(HttpContext http, ActingParty caller, string id, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        if ((await AgentReach.FindMadeAsync(context, caller, id, clock.GetUtcNow(), ct)).Failed(out var problem, out var row))
        {
            return problem;
        }

        await ChangeAsync(http, caller, row, AgentStatus.Revoked, AgentEvents.Revoked, ct);
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
        HttpContext http, Developer developer, string id, AgentStatus status, string type, CancellationToken ct)
    {
        if (await FindAsync(developer, id, ct) is not { } row)
        {
            return Problem.NotFound;
        }

        if (row.Agent.Status != status)
        {
            await ChangeAsync(http, developer, row, status, type, ct);

            // Somebody else may have been first: what is stored now is the answer.
            row = await FindAsync(developer, id, ct) ?? row;
        }

        return row.Agent.Status != status && row.RefuseWhenRevoked() is { } revoked ? revoked : row.Answer;
    }

    private async Task ChangeAsync(HttpContext http, ICaller caller, AgentRow row, AgentStatus status, string type, CancellationToken ct)
    {
        var why = AgentEvents.Of(type, http, caller, row, clock.GetUtcNow());
        await statuses.TryChangeAsync(row.Agent.Id, status, AgentApplication.NewVersion(), why, ct);
        applications.Forget(row.ClientId);
    }

    private async Task<AgentRow?> FindAsync(Developer developer, string id, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await AgentRow.FindAsync(context, developer, id, ct);
    }
}
