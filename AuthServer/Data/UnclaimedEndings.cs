using AuthServer.Protocol.State;

namespace AuthServer.Data;

/// <summary>Ends agents that nobody claimed in time, with all that they made: revoked with everything they have, and, once nothing asks for them any more, deleted.</summary>
public sealed class UnclaimedEndings(IDatabaseReader reader, IDatabaseWriter writer, StoredFamilies families, TimeProvider clock)
{
    private static readonly Statement Overdue = new(
        """
        SELECT claim."AgentId", claim."OrganizationId", application."ClientId" FROM "AgentClaims" AS claim
            JOIN "Agents" AS agent ON agent."Id" = claim."AgentId" JOIN "OpenIddictApplications" AS application ON application."Id" = agent."ApplicationId"
        WHERE claim."EndedAt" IS NULL AND claim."ExpiresAt" <= $1 ORDER BY claim."ExpiresAt" LIMIT 200
        """);

    private static readonly Statement End = new(
        """UPDATE "AgentClaims" SET "EndedAt" = $2 WHERE "AgentId" = $1 AND "EndedAt" IS NULL AND "ExpiresAt" <= $2""");

    private static readonly Statement ClientsOf = new(
        """
        SELECT application."ClientId" FROM "Agents" AS agent JOIN "OpenIddictApplications" AS application ON application."Id" = agent."ApplicationId"
        WHERE agent."OrganizationId" = $1
        """);

    private static readonly Statement Old = new(
        """SELECT "OrganizationId" FROM "AgentClaims" WHERE "EndedAt" <= $1 ORDER BY "EndedAt" LIMIT 100""");

    // What its agents gave or received, and what hangs below that; what stands above another comes after it.
    private static readonly Statement DelegationsOf = new(
        """
        WITH RECURSIVE below ("Id") AS (
            SELECT given."Id" FROM "Delegations" AS given JOIN "Agents" AS agent ON agent."Id" IN (given."DelegatorId", given."DelegateId") WHERE agent."OrganizationId" = $1
            UNION SELECT next."Id" FROM "Delegations" AS next JOIN below ON next."ParentId" = below."Id")
        SELECT hop."Id" FROM below JOIN "Delegations" AS hop ON hop."Id" = below."Id" ORDER BY hop."ChainDepth" DESC
        """);

    private static readonly Statement[] DeleteDelegation =
    [
        new("""DELETE FROM "DelegationKeys" WHERE "DelegationId" = $1"""),
        new("""DELETE FROM "Delegations" WHERE "Id" = $1"""),
    ];

    private static readonly Statement ApplicationsOf = new("""SELECT "ApplicationId" FROM "Agents" WHERE "OrganizationId" = $1""");

    private static readonly Statement[] DeleteAgents =
    [
        new("""UPDATE "Agents" SET "ParentAgentId" = NULL WHERE "OrganizationId" = $1 AND "ParentAgentId" IS NOT NULL"""),
        new("""DELETE FROM "Agents" WHERE "OrganizationId" = $1"""),
    ];

    private static readonly Statement[] DeleteApplication =
    [
        new("""DELETE FROM "OpenIddictTokens" WHERE "ApplicationId" = $1"""),
        new("""DELETE FROM "TokenFamilies" WHERE "ApplicationId" = $1"""),
        new("""DELETE FROM "OpenIddictAuthorizations" WHERE "ApplicationId" = $1"""),
        new("""DELETE FROM "OpenIddictApplications" WHERE "Id" = $1"""),
    ];

    private static readonly Statement DeleteOrganization = new("""DELETE FROM "Organizations" WHERE "Id" = $1""");

    /// <summary>Those whose time is over, 200 at most.</summary>
    public ValueTask<List<OverdueAgent>> OverdueAsync(DateTimeOffset now, CancellationToken ct) =>
        reader.ListAsync(Overdue, row => new OverdueAgent(row.GetString(0), row.GetString(1), row.GetString(2)), [now], ct);

    /// <summary>Revokes one and what it made. The client ids of all of them; empty when somebody claimed it meanwhile.</summary>
    /// <param name="version">The new version of the agents' rows.</param>
    public async Task<IReadOnlyList<string>> EndAsync(OverdueAgent overdue, string version, AuditEvent why, CancellationToken ct)
    {
        List<string> clients = [];
        await families.WriteAsync(
            async transaction =>
            {
                await transaction.LockAsync(overdue.OrganizationId);
                await transaction.LockAsync(overdue.AgentId);
                if (await transaction.ExecuteAsync(End, overdue.AgentId, why.At) != 1)
                {
                    return null;
                }

                clients = await transaction.QueryAsync(ClientsOf, row => row.GetString(0), overdue.OrganizationId);
                await transaction.ExecuteAsync(Closings.RevokeAgents, overdue.OrganizationId, why.At, version);

                // Read behind the lock: no token that was issued before it is younger.
                return await families.EndSubjectAsync(transaction, overdue.OrganizationId, clock.GetUtcNow(), why.At);
            },
            why,
            ct);
        return clients;
    }

    /// <summary>Deletes what was revoked this long ago.</summary>
    public async Task DeleteAsync(DateTimeOffset until, CancellationToken ct)
    {
        while (await reader.ListAsync(Old, row => row.GetString(0), [until], ct) is { Count: > 0 } organizations)
        {
            foreach (var organizationId in organizations)
            {
                await writer.TryWriteAsync(transaction => DeleteAsync(transaction, organizationId), ct);
            }
        }
    }

    private static async ValueTask<bool> DeleteAsync(WriteTransaction transaction, string organizationId)
    {
        foreach (var delegation in await transaction.QueryAsync(DelegationsOf, row => row.GetString(0), organizationId))
        {
            foreach (var statement in DeleteDelegation)
            {
                await transaction.ExecuteAsync(statement, delegation);
            }
        }

        var applications = await transaction.QueryAsync(ApplicationsOf, row => row.GetString(0), organizationId);
        foreach (var statement in DeleteAgents)
        {
            await transaction.ExecuteAsync(statement, organizationId);
        }

        foreach (var application in applications)
        {
            foreach (var statement in DeleteApplication)
            {
                await transaction.ExecuteAsync(statement, application);
            }
        }

        await transaction.ExecuteAsync(DeleteOrganization, organizationId);
        return true;
    }
}

/// <summary>An agent that nobody claimed in time.</summary>
public sealed record OverdueAgent(string AgentId, string OrganizationId, string ClientId);
