using System.Data.Common;
using AuthServer.Agents;
using AuthServer.Organizations;
using AuthServer.Protocol.State;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace AuthServer.Data;

/// <summary>Makes a person answer for an agent that registered itself, and for what it made: the claim, the rows, the end of what belonged to nobody, and the
/// events, in one commit. Of two people, one takes the claim.</summary>
public sealed class ClaimChanges(StoredFamilies families, TimeProvider clock)
{
    private const int SqliteConstraint = 19;

    private static readonly Statement Take = new(
        """DELETE FROM "AgentClaims" WHERE "AgentId" = $1 AND "EndedAt" IS NULL AND "ExpiresAt" > $2""");

    // Among those of the organization that it comes to, and of its own that come with it.
    private static readonly Statement Taken = new(
        """
        SELECT 1 FROM "Agents" WHERE "NameScope" = $1 AND "NormalizedName" = $2 AND "Status" <> 3 AND "Id" <> $3
        UNION ALL
        SELECT 1 FROM "Agents" WHERE "OrganizationId" = $4 AND "NormalizedName" = $2 AND "Status" <> 3 AND "Id" <> $3
        """);

    private static readonly Statement ChildTaken = new(
        """
        SELECT child."Name" FROM "Agents" AS child WHERE child."OrganizationId" = $1 AND child."Id" <> $2 AND child."Status" <> 3
            AND EXISTS (SELECT 1 FROM "Agents" AS other WHERE other."NameScope" = $3 AND other."OrganizationId" <> $1
                AND other."NormalizedName" = child."NormalizedName" AND other."Status" <> 3)
        """);

    private static readonly Statement Rename = new(
        """UPDATE "Agents" SET "Name" = $2, "NormalizedName" = $3 WHERE "Id" = $1 AND "Status" <> 3""");

    private static readonly Statement RenameApplication = new(
        """UPDATE "OpenIddictApplications" SET "DisplayName" = $2, "ConcurrencyToken" = $3 WHERE "Id" = (SELECT "ApplicationId" FROM "Agents" WHERE "Id" = $1)""");

    private static readonly Statement Own = new(
        """
        UPDATE "Agents" SET "OrganizationId" = $2, "NameScope" = $2, "OwnerId" = $3, "UpdatedAt" = $4, "Version" = $5 WHERE "OrganizationId" = $1
        """);

    // What was to end with the claim goes on.
    private static readonly Statement[] Keep =
    [
        new("""UPDATE "ApiKeys" SET "ExpiresAt" = NULL WHERE "ExpiresAt" = $2 AND "AgentId" IN (SELECT "Id" FROM "Agents" WHERE "OrganizationId" = $1)"""),
        new("""UPDATE "Agents" SET "ExpiresAt" = NULL WHERE "ExpiresAt" = $2 AND "OrganizationId" = $1"""),
        new("""UPDATE "Delegations" SET "ExpiresAt" = NULL WHERE "ExpiresAt" = $2 AND "OrganizationId" = $1"""),
    ];

    private static readonly Statement MoveDelegations = new("""UPDATE "Delegations" SET "OrganizationId" = $2 WHERE "OrganizationId" = $1""");

    private static readonly Statement Adopt = new("""UPDATE "Organizations" SET "Name" = $2, "Version" = $3 WHERE "Id" = $1""");

    private static readonly Statement Found = new("""INSERT INTO "Members" ("OrganizationId", "UserId", "Role", "JoinedAt") VALUES ($1, $2, 4, $3)""");

    private static readonly Statement Dissolve = new("""DELETE FROM "Organizations" WHERE "Id" = $1""");

    /// <summary>Its own organization becomes the person's, under this name. What it has goes on.</summary>
    public Task<ClaimOutcome> TryAdoptAsync(ClaimChange change, string organizationName, IReadOnlyList<AuditEvent> whys, CancellationToken ct) => WriteAsync(
        change,
        change.From,
        async (transaction, now) =>
        {
            await transaction.ExecuteAsync(Adopt, change.From, organizationName, NewOrganizations.NewVersion());
            await transaction.ExecuteAsync(Found, change.From, change.UserId, now);
            await transaction.ExecuteAsync(Own, change.From, change.From, change.UserId, now, AgentApplication.NewVersion());
            return [];
        },
        whys,
        ct);

    /// <summary>It comes to an organization of the person's. Tokens say whose an agent is, so the ones it had are dead; its keys are not.</summary>
    public Task<ClaimOutcome> TryMoveAsync(ClaimChange change, string organizationId, IReadOnlyList<AuditEvent> whys, CancellationToken ct) => WriteAsync(
        change,
        organizationId,
        async (transaction, now) =>
        {
            // Read behind the lock: no token that was issued before it is younger.
            var ended = await families.EndSubjectAsync(transaction, change.From, clock.GetUtcNow(), now);
            await transaction.ExecuteAsync(Own, change.From, organizationId, change.UserId, now, AgentApplication.NewVersion());
            await transaction.ExecuteAsync(MoveDelegations, change.From, organizationId);
            await transaction.ExecuteAsync(Dissolve, change.From);
            return ended;
        },
        whys,
        ct);

    private async Task<ClaimOutcome> WriteAsync(
        ClaimChange change, string to, Func<WriteTransaction, DateTimeOffset, ValueTask<List<Revocation>>> carryOut, IReadOnlyList<AuditEvent> whys, CancellationToken ct)
    {
        var outcome = new ClaimOutcome(ClaimResult.Claimed);
        try
        {
            return await WriteAsync() || outcome.Result != ClaimResult.Claimed ? outcome : new ClaimOutcome(ClaimResult.Gone);
        }
        catch (DbException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation || e is SqliteException { SqliteErrorCode: SqliteConstraint })
        {
            // An agent there was renamed between the look and the write.
            return new ClaimOutcome(ClaimResult.NameTaken);
        }

        Task<bool> WriteAsync() => families.WriteAsync(
            async transaction =>
            {
                // Organizations before their agents; the agent's own is never the first that anybody locks who locks two.
                await transaction.LockAsync(to);
                await transaction.LockAsync(change.From);
                await transaction.LockAsync(change.AgentId);
                outcome = await LookAsync(transaction, change, to, whys[0].At);
                if (outcome.Result != ClaimResult.Claimed)
                {
                    return null;
                }

                foreach (var statement in Keep)
                {
                    await transaction.ExecuteAsync(statement, change.From, change.KeysUntil);
                }

                await transaction.ExecuteAsync(Rename, change.AgentId, change.Name, AgentRules.Normalize(change.Name));
                await transaction.ExecuteAsync(RenameApplication, change.AgentId, change.Name, AgentApplication.NewVersion());
                return await carryOut(transaction, whys[0].At);
            },
            whys,
            ct);
    }

    /// <summary>Takes the claim, if all that must hold does; what was taken is back where something does not.</summary>
    private static async ValueTask<ClaimOutcome> LookAsync(WriteTransaction transaction, ClaimChange change, string to, DateTimeOffset now)
    {
        if (to != change.From && !await MemberChanges.HoldsAsync(transaction, to, change.UserId, Role.Developer))
        {
            return new(ClaimResult.NoRole);
        }

        if (await transaction.ExecuteAsync(Take, change.AgentId, now) != 1)
        {
            return new(ClaimResult.Gone);
        }

        if ((await transaction.QueryAsync(Taken, row => row.GetInt32(0), to, AgentRules.Normalize(change.Name), change.AgentId, change.From)).Count > 0)
        {
            return new(ClaimResult.NameTaken);
        }

        return (await transaction.QueryAsync(ChildTaken, Name, change.From, change.AgentId, to)) is [var child, ..]
            ? new(ClaimResult.ChildNameTaken, child)
            : new(ClaimResult.Claimed);
    }

    private static string Name(DbDataReader row) => row.GetString(0);
}

/// <param name="AgentId">The agent that registered itself.</param>
/// <param name="From">The organization that it has for itself.</param>
/// <param name="KeysUntil">When its keys were to end.</param>
/// <param name="UserId">Who answers for it from now on.</param>
/// <param name="Name">What it is called from now on.</param>
public sealed record ClaimChange(string AgentId, string From, DateTimeOffset KeysUntil, string UserId, string Name);

/// <param name="ChildName">Of an agent that it made, where that name is taken.</param>
public sealed record ClaimOutcome(ClaimResult Result, string? ChildName = null);

public enum ClaimResult
{
    Claimed,

    /// <summary>Somebody else was first, or its time is over.</summary>
    Gone,

    /// <summary>The person may not, or no longer, register agents there.</summary>
    NoRole,

    NameTaken,

    ChildNameTaken,
}
