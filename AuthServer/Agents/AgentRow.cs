using AuthServer.Data;
using AuthServer.Data.OpenIddict;
using AuthServer.Http.Api;
using AuthServer.Protocol;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Agents;

/// <summary>An agent and the application that it is.</summary>
internal sealed class AgentRow
{
    public required Agent Agent { get; init; }

    public required OpenIddictApplication Application { get; init; }

    public AgentAnswer Answer => AgentAnswer.Of(Agent, Application);

    public static IQueryable<AgentRow> Of(AuthDbContext context, IQueryable<Agent> agents) => agents.Join(
        context.Applications,
        agent => agent.ApplicationId,
        application => application.Id,
        (agent, application) => new AgentRow { Agent = agent, Application = application });

    /// <summary>The organization's agent with this id, also written as a UUID; null when it has none.</summary>
    public static async Task<AgentRow?> FindAsync(AuthDbContext context, Developer developer, string id, CancellationToken ct) =>
        Identifiers.Read("agt_", id) is { } known
            ? await Of(context, context.Agents.Where(agent => agent.Id == known && agent.OrganizationId == developer.OrganizationId)).FirstOrDefaultAsync(ct)
            : null;
}
