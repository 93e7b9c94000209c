using AuthServer.Agents;
using AuthServer.Audit;
using AuthServer.Protocol.State;

namespace AuthServer.Data;

/// <summary>Changes whether an agent may act, and with it all that it made: the rows, the end of everything that they have, and the events, in one commit.</summary>
public sealed class AgentStatuses(StoredFamilies families, TimeProvider clock)
{
    private static readonly Statement Change = new(
        """
        UPDATE "Agents" SET "Status" = $2, "SuspendedWithId" = $3, "DeactivatedAt" = CASE WHEN "Status" = $2 THEN "DeactivatedAt" ELSE $4 END,
            "UpdatedAt" = $5, "Version" = $6 WHERE "Id" = $1
        """);

    /// <summary>An agent that stops being active loses all tokens, and so does all that it made; resuming revives none. What was suspended by itself stays
    /// so when the one above it is resumed.</summary>
    /// <param name="version">The rows' new version.</param>
    /// <returns>The client ids of all that were changed; empty when the agent has this status already, was revoked, or cannot be resumed before one above it.</returns>
    public async Task<IReadOnlyList<string>> TryChangeAsync(string agentId, AgentStatus status, string version, AuditEvent why, CancellationToken ct)
    {
        IReadOnlyList<BranchAgent> changed = [];
        await families.WriteAsync(
            async transaction =>
            {
                var branch = await AgentBranches.LockAsync(transaction, agentId);

                // Read behind the locks: no token that was issued before it is younger.
                var moment = clock.GetUtcNow();
                changed = Changed(branch, agentId, status);
                List<Revocation> ended = [];
                foreach (var agent in changed)
                {
                    var with = status == AgentStatus.Suspended && agent.Id != agentId ? agentId : null;
                    await transaction.ExecuteAsync(Change, agent.Id, (int)status, with, status == AgentStatus.Active ? null : why.At, why.At, version);
                    if (agent.Status != status && status != AgentStatus.Active)
                    {
                        await ApprovalChanges.EndOfAgentAsync(transaction, agent.Id, why.At);
                        ended.AddRange(await families.EndSubjectAsync(transaction, agent.Id, moment, moment));
                    }

                    if (agent.Status != status || agent.Id == agentId)
                    {
                        await AuditTrail.AppendAsync(transaction, AuditEventRow.From(AgentEvents.Below(why, agent.Id, agent.ClientId)));
                    }
                }

                return changed.Count == 0 ? null : ended;
            },
            [],
            ct);
        return [.. changed.Select(agent => agent.ClientId)];
    }

    private static IReadOnlyList<BranchAgent> Changed(IReadOnlyList<BranchAgent> branch, string agentId, AgentStatus status) =>
        branch.FirstOrDefault(agent => agent.Id == agentId) is not { Status: not AgentStatus.Revoked } first ? []
        : status switch
        {
            AgentStatus.Revoked => [.. branch.Where(agent => agent.Status != AgentStatus.Revoked)],
            AgentStatus.Active => first is { Status: AgentStatus.Suspended, SuspendedWithId: null, MakerStatus: null or AgentStatus.Active }
                ? [.. branch.Where(agent => agent == first || (agent.Status == AgentStatus.Suspended && agent.SuspendedWithId == agentId))]
                : [],

            // What was suspended with one above it is now suspended by itself too, and holds those below it.
            _ => first is { Status: AgentStatus.Active } or { SuspendedWithId: not null }
                ? [.. branch.Where(agent => agent == first || agent.Status == AgentStatus.Active
                    || (agent.Status == AgentStatus.Suspended && first.SuspendedWithId is { } above && agent.SuspendedWithId == above))]
                : [],
        };
}
