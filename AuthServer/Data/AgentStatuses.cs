using AuthServer.Agents;
using AuthServer.Audit;
using AuthServer.Protocol.State;

namespace AuthServer.Data;

/// <summary>Changes whether an agent may act, and with it all that it made: the rows, the end of everything that they have, and the events, in one commit.</summary>
public sealed class AgentStatuses(StoredFamilies families, TimeProvider clock)
{
    private static readonly Statement Update = new(
        """
        UPDATE "Agents" SET "Status" = $2, "SuspendedWithId" = $3, "DeactivatedAt" = $4, "HeldAt" = $5, "IsHeldOnly" = $6, "UpdatedAt" = $7, "Version" = $8 WHERE "Id" = $1
        """);

    /// <summary>An agent that stops being active loses all tokens, and so does all that it made; resuming revives none. What was suspended by itself stays
    /// so when the one above it is resumed. What an administrator of the server suspended is held until they let it go, and is then what it would be without them.</summary>
    /// <param name="version">The rows' new version.</param>
    /// <returns>The client ids of all that were changed; empty when the agent has this status already, was revoked, is held, or cannot be resumed before one above it.</returns>
    public async Task<IReadOnlyList<string>> TryChangeAsync(string agentId, AgentStatus status, bool byAdministrator, string version, AuditEvent why, CancellationToken ct)
    {
        IReadOnlyList<(BranchAgent Was, BranchAgent Is)> changed = [];
        await families.WriteAsync(
            async transaction =>
            {
                var branch = await AgentBranches.LockAsync(transaction, agentId);

                // Read behind the locks: no token that was issued before it is younger.
                var moment = clock.GetUtcNow();
                changed = branch.FirstOrDefault(agent => agent.Id == agentId) is { Status: not AgentStatus.Revoked } first
                    ? [.. Changes(branch, first, status, byAdministrator, why.At)]
                    : [];
                List<Revocation> ended = [];
                foreach (var (was, agent) in changed)
                {
                    await transaction.ExecuteAsync(
                        Update, agent.Id, (int)agent.Status, agent.SuspendedWithId, agent.DeactivatedAt, agent.HeldAt, agent.IsHeldOnly, why.At, version);
                    if (agent.Status != was.Status && agent.Status != AgentStatus.Active)
                    {
                        await ApprovalChanges.EndOfAgentAsync(transaction, agent.Id, why.At);
                        ended.AddRange(await families.EndSubjectAsync(transaction, agent.Id, moment, moment));
                    }

                    if (agent.Status != was.Status || agent.Id == agentId)
                    {
                        var told = agent.Status == status ? why : why with { Type = AgentEvents.Updated };
                        await AuditTrail.AppendAsync(transaction, AuditEventRow.From(AgentEvents.Below(told, agent.Id, agent.ClientId)));
                    }
                }

                return changed.Count == 0 ? null : ended;
            },
            [],
            ct);
        return [.. changed.Select(agent => agent.Is.ClientId)];
    }

    /// <summary>Which of a branch become what.</summary>
    private static IEnumerable<(BranchAgent Was, BranchAgent Is)> Changes(
        IReadOnlyList<BranchAgent> branch, BranchAgent first, AgentStatus status, bool byAdministrator, DateTimeOffset at)
    {
        var isHeld = first.HeldAt is not null;
        return status switch
        {
            AgentStatus.Revoked => branch.Where(agent => agent.Status != AgentStatus.Revoked).Select(agent => (agent, agent with { Status = status, SuspendedWithId = null, DeactivatedAt = at })),
            AgentStatus.Suspended when (byAdministrator ? !isHeld : !first.IsStopped) => Suspended(branch, first, byAdministrator, at),
            AgentStatus.Active when byAdministrator && isHeld && (first.IsStopped || first.SuspendedWithId is not null) => LetGo(branch, first),
            AgentStatus.Active when first.Status == AgentStatus.Suspended && byAdministrator == isHeld && first is { SuspendedWithId: null, MakerStatus: null or AgentStatus.Active } => Resumed(branch, first),
            _ => [],
        };
    }

    private static IEnumerable<(BranchAgent Was, BranchAgent Is)> Suspended(IReadOnlyList<BranchAgent> branch, BranchAgent first, bool byAdministrator, DateTimeOffset at)
    {
        var suspended = first with { Status = AgentStatus.Suspended, DeactivatedAt = first.Status == AgentStatus.Active || first.IsHeldOnly ? at : first.DeactivatedAt };
        yield return (first, byAdministrator ? suspended with { HeldAt = at, IsHeldOnly = !first.IsStopped } : suspended with { SuspendedWithId = null, IsHeldOnly = false });

        // What is active below it goes with it, and so does, when it is let go, what an administrator holds. What went with one above it goes with the nearer one now.
        foreach (var agent in branch.Where(agent => agent != first))
        {
            if (agent.Status == AgentStatus.Active)
            {
                yield return (agent, agent with { Status = AgentStatus.Suspended, SuspendedWithId = first.Id, DeactivatedAt = at });
            }
            else if (agent is { Status: AgentStatus.Suspended, SuspendedWithId: var with } && (with is null ? agent.IsHeldOnly : with == first.SuspendedWithId))
            {
                yield return (agent, agent with { SuspendedWithId = first.Id });
            }
        }
    }

    private static IEnumerable<(BranchAgent Was, BranchAgent Is)> Resumed(IReadOnlyList<BranchAgent> branch, BranchAgent first)
    {
        yield return (first, Active(first with { HeldAt = null, IsHeldOnly = false }));
        foreach (var agent in branch.Where(agent => agent.SuspendedWithId == first.Id))
        {
            yield return (agent, agent.HeldAt is null ? Active(agent) : agent with { SuspendedWithId = null });
        }
    }

    /// <summary>It stays suspended, by its organization or with the one above it.</summary>
    private static IEnumerable<(BranchAgent Was, BranchAgent Is)> LetGo(IReadOnlyList<BranchAgent> branch, BranchAgent first)
    {
        yield return (first, first with { HeldAt = null, IsHeldOnly = false });
        if (first.SuspendedWithId is { } above)
        {
            foreach (var agent in branch.Where(agent => agent.SuspendedWithId == first.Id))
            {
                yield return (agent, agent with { SuspendedWithId = above });
            }
        }
    }

    private static BranchAgent Active(BranchAgent agent) => agent with { Status = AgentStatus.Active, SuspendedWithId = null, DeactivatedAt = null };
}
