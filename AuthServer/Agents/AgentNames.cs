using AuthServer.Data;
using AuthServer.Http.Api;
using AuthServer.Languages;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Agents;

/// <summary>One name stands for one agent: within an organization, and among those that nobody has claimed. The database holds that line; here it is told.</summary>
internal static class AgentNames
{
    public static Problem Conflict(string name) =>
        Problem.Conflict("agent_name_conflict", Sentence.Of("There is an agent named \"{0}\" already. Names differ in more than upper and lower case.", name));

    /// <summary>The answer where another agent has the name; null where it is free.</summary>
    public static async Task<Problem?> RefuseAsync(AuthDbContext context, Agent wanted, CancellationToken ct) =>
        await context.Agents.AnyAsync(
            agent => agent.NameScope == wanted.NameScope && agent.NormalizedName == wanted.NormalizedName && agent.Status != AgentStatus.Revoked && agent.Id != wanted.Id, ct)
            ? Conflict(wanted.Name)
            : null;
}
