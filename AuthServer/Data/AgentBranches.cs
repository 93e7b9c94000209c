using System.Data.Common;
using AuthServer.Agents;

namespace AuthServer.Data;

/// <summary>An agent with all that it made, and what those made: read by whoever changes them together.</summary>
internal static class AgentBranches
{
    private static readonly Statement Branch = new(
        """
        WITH RECURSIVE below ("Id") AS (
            SELECT "Id" FROM "Agents" WHERE "Id" = $1
            UNION ALL SELECT child."Id" FROM "Agents" AS child JOIN below ON child."ParentAgentId" = below."Id")
        SELECT agent."Id", agent."ApplicationId", application."ClientId", agent."Status", agent."SuspendedWithId", maker."Status", agent."DeactivatedAt", agent."HeldAt", agent."IsHeldOnly"
        FROM below JOIN "Agents" AS agent ON agent."Id" = below."Id" JOIN "OpenIddictApplications" AS application ON application."Id" = agent."ApplicationId"
            LEFT JOIN "Agents" AS maker ON maker."Id" = agent."ParentAgentId"
        ORDER BY agent."ApplicationId"
        """);

    /// <summary>The branch with all names locked that its agents' tokens are issued under. In the order of applications, which are locked after the agents.</summary>
    public static async ValueTask<IReadOnlyList<BranchAgent>> LockAsync(WriteTransaction transaction, string agentId)
    {
        HashSet<string> locked = [agentId];
        await transaction.LockAsync(agentId);
        while (true)
        {
            var branch = await transaction.QueryAsync(Branch, Read, agentId);
            string[] more = [.. branch.Select(agent => agent.Id).Where(locked.Add).Order(StringComparer.Ordinal)];
            if (more.Length == 0)
            {
                return branch;
            }

            // One that was made below these while they were not locked is seen by the next reading.
            foreach (var id in more)
            {
                await transaction.LockAsync(id);
            }
        }
    }

    private static BranchAgent Read(DbDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetString(2), (AgentStatus)row.GetInt32(3), row.IsDBNull(4) ? null : row.GetString(4),
        row.IsDBNull(5) ? null : (AgentStatus)row.GetInt32(5))
    {
        DeactivatedAt = StoredTime.Read(row, 6),
        HeldAt = StoredTime.Read(row, 7),
        IsHeldOnly = row.GetBoolean(8),
    };
}

/// <param name="SuspendedWithId">The agent above it with which it was suspended; null: none.</param>
/// <param name="MakerStatus">Null: no agent made it.</param>
internal sealed record BranchAgent(string Id, string ApplicationId, string ClientId, AgentStatus Status, string? SuspendedWithId, AgentStatus? MakerStatus)
{
    /// <inheritdoc cref="Agent.DeactivatedAt"/>
    public DateTimeOffset? DeactivatedAt { get; init; }

    /// <inheritdoc cref="Agent.HeldAt"/>
    public DateTimeOffset? HeldAt { get; init; }

    /// <inheritdoc cref="Agent.IsHeldOnly"/>
    public bool IsHeldOnly { get; init; }

    /// <summary>Whether its organization suspended it itself.</summary>
    public bool IsStopped => Status == AgentStatus.Suspended && SuspendedWithId is null && !IsHeldOnly;
}
