using AuthServer.Data;
using AuthServer.Data.OpenIddict;
using AuthServer.Http.Api;
using AuthServer.Protocol;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Agents;

/// <summary>An agent and the application that it is.</summary>
internal sealed class AgentRow
{
    public static Problem ChangedMeanwhile { get; } = Problem.Conflict("changed_meanwhile", "Somebody else changed it at the same moment. Try again.");

    public required Agent Agent { get; init; }

    public required OpenIddictApplication Application { get; init; }

    public string ClientId => Application.ClientId ?? "";

    public AgentAnswer Answer => AgentAnswer.Of(Agent, Application);

    /// <summary>Anybody can delegate something to any agent, and sees it from then on: that must not open the books of another organization.</summary>
    public bool IsOf(ActingParty caller) => Agent.OrganizationId == caller.OrganizationId;

    public AgentAnswer AnswerTo(ActingParty caller) => IsOf(caller) ? Answer : AgentAnswer.OfPeer(Agent, Application);

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

    /// <summary>What was revoked is there to be read, and for nothing else.</summary>
    public Problem? RefuseWhenRevoked() => Agent.Status == AgentStatus.Revoked
        ? Problem.Conflict("agent_revoked", "This agent was revoked for good. Register a new one.")
        : null;
}
