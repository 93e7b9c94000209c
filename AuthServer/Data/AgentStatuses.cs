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
            "UpdatedAt" = $5, "Version" = $6, "HeldAt" = $7, "IsHeldOnly" = $8 WHERE "Id" = $1
        """);

    /// <summary>An agent that stops being active loses all tokens, and so does all that it made; resuming revives none. What was suspended by itself stays
    /// so when the one above it is resumed. What an administrator of the server suspended is held until they let it go, and is then what it would be without them.</summary>
    /// <param name="version">The rows' new version.</param>
    /// <returns>The client ids of all that were changed; empty when the agent has this status already, was revoked, is held, or cannot be resumed before one above it.</returns>
    public async Task<IReadOnlyList<string>> TryChangeAsync(string agentId, AgentStatus status, bool byAdministrator, string version, AuditEvent why, CancellationToken ct)
    {
        IReadOnlyList<BranchAgent> changed = [];
        await families.WriteAsync(
            async transaction =>
            {
                var branch = await AgentBranches.LockAsync(transaction, agentId);

                // Read behind the locks: no token that was issued before it is younger.
                var moment = clock.GetUtcNow();
                (changed, var next) = branch.FirstOrDefault(agent => agent.Id == agentId) is { Status: not AgentStatus.Revoked } first
                    ? Changed(branch, first, status, byAdministrator)
                    : ([], status);
                var told = next == status ? why : why with { Type = AgentEvents.Updated };
                List<Revocation> ended = [];
                foreach (var agent in changed)
                {
                    var isBelow = agent.Id != agentId;
                    var (heldAt, isHeldOnly) = isBelow || status == AgentStatus.Revoked ? (agent.HeldAt, agent.IsHeldOnly)
                        : !byAdministrator ? (agent.HeldAt, false)
                        : status == AgentStatus.Suspended ? (why.At, agent.Status == AgentStatus.Active)
                        : ((DateTimeOffset?)null, false);
                    await transaction.ExecuteAsync(
                        Change, agent.Id, (int)next, isBelow && next == AgentStatus.Suspended ? agentId : null, next == AgentStatus.Active ? null : why.At, why.At, version,
                        heldAt, isHeldOnly);
                    if (agent.Status != next && next != AgentStatus.Active)
                    {
                        await ApprovalChanges.EndOfAgentAsync(transaction, agent.Id, why.At);
                        ended.AddRange(await families.EndSubjectAsync(transaction, agent.Id, moment, moment));
                    }

                    if (agent.Status != next || !isBelow)
                    {
                        await AuditTrail.AppendAsync(transaction, AuditEventRow.From(AgentEvents.Below(told, agent.Id, agent.ClientId)));
                    }
                }

                return changed.Count == 0 ? null : ended;
            },
            [],
            ct);
        return [.. changed.Select(agent => agent.ClientId)];
    }

    /// <summary>Which of a branch become what.</summary>
    private static (IReadOnlyList<BranchAgent> Agents, AgentStatus Next) Changed(IReadOnlyList<BranchAgent> branch, BranchAgent first, AgentStatus status, bool byAdministrator)
    {
        var isHeld = first.HeldAt is not null;
        var maySuspend = byAdministrator ? !isHeld : first is { Status: AgentStatus.Active } or { SuspendedWithId: not null } or { IsHeldOnly: true };
        var mayGoOn = first is { SuspendedWithId: null, MakerStatus: null or AgentStatus.Active };
        return status switch
        {
            AgentStatus.Revoked => ([.. branch.Where(agent => agent.Status != AgentStatus.Revoked)], status),

            // What was suspended with one above it is now suspended by itself too, and holds those below it.
            AgentStatus.Suspended when maySuspend => (
                [.. branch.Where(agent => agent == first || agent.Status == AgentStatus.Active
                    || (agent.Status == AgentStatus.Suspended && first.SuspendedWithId is { } above && agent.SuspendedWithId == above))], status),

            // Its organization suspended it as well, or the one that made it is suspended.
            AgentStatus.Active when byAdministrator && isHeld && !(first.IsHeldOnly && mayGoOn) => ([first], AgentStatus.Suspended),
            AgentStatus.Active when first.Status == AgentStatus.Suspended && byAdministrator == isHeld && mayGoOn => (
                [.. branch.Where(agent => agent == first || (agent.Status == AgentStatus.Suspended && agent.SuspendedWithId == first.Id))], status),
            _ => ([], status),
        };
    }
}
