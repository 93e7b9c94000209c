using AuthServer.Agents;
using AuthServer.Protocol.State;

namespace AuthServer.Data;

/// <summary>Changes whether an agent may act: the row, the end of everything it has, and the event, in one commit.</summary>
public sealed class AgentStatuses(StoredFamilies families, TimeProvider clock)
{
    // What is revoked stays so.
    private static readonly Statement Change = new(
        """
        UPDATE "Agents" SET "Status" = $2, "DeactivatedAt" = $3, "UpdatedAt" = $4, "Version" = $5 WHERE "Id" = $1 AND "Status" <> $2 AND "Status" <> 3
        """);

    /// <summary>False when the agent has this status already, or was revoked. An agent that stops being active loses all tokens; resuming it revives none.</summary>
    /// <param name="version">The row's new version.</param>
    public Task<bool> TryChangeAsync(string agentId, AgentStatus status, string version, AuditEvent why, CancellationToken ct) =>
        families.WriteAsync(
            async transaction =>
            {
                await transaction.LockAsync(agentId);

                // Read behind the lock: no token that was issued before it is younger.
                var moment = clock.GetUtcNow();
                var active = status == AgentStatus.Active;
                return await transaction.ExecuteAsync(Change, agentId, (int)status, active ? null : why.At, why.At, version) != 1 ? null
                    : active ? []
                    : await families.EndSubjectAsync(transaction, agentId, moment, moment);
            },
            why,
            ct);
}
