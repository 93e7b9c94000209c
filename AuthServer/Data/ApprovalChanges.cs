using AuthServer.Approvals;
using AuthServer.Audit;
using AuthServer.Organizations;
using AuthServer.Protocol.State;

namespace AuthServer.Data;

/// <summary>What people answer, and the end of what they answered: each with its event in one commit, and of two answers the first counts.</summary>
public sealed class ApprovalChanges(IDatabaseWriter writer)
{
    /// <summary>How long what is over stays readable.</summary>
    internal static readonly TimeSpan Kept = TimeSpan.FromDays(90);

    private static readonly Statement Answer = new(
        $"""
        UPDATE "Approvals" AS approval SET "Status" = $2, "Once" = $3, "ExpiresAt" = $4, "Note" = $5, "DecidedBy" = $6, "DecidedAt" = $7
        WHERE approval."Id" = $1 AND approval."Status" = 1 AND approval."ExpiresAt" > $7 AND {ApprovalLedger.Holds}
        """);

    private static readonly Statement TakeBack = new(
        """
        UPDATE "Approvals" SET "Status" = 5, "Standing" = NULL, "EndedAt" = $2, "EndReason" = $3 WHERE "Id" = $1 AND "Status" = 2 AND "ExpiresAt" > $2
        """);

    // What was denied stays denied when its time is over.
    private static readonly Statement End = new(
        """
        UPDATE "Approvals" SET "Standing" = NULL, "EndedAt" = $2, "EndReason" = $3, "Status" = CASE WHEN "Status" = 3 THEN 3 ELSE $4 END
        WHERE "Id" = $1 AND "Standing" IS NOT NULL RETURNING "Status"
        """);

    private static readonly Statement EndOfAgent = EndOf("\"AgentId\" = $1", ApprovalEnds.PartyStopped);

    private static readonly Statement EndOfOrganization = EndOf("\"OrganizationId\" = $1", ApprovalEnds.PartyStopped);

    // What a developer approved for an organization hangs on them, too; what they denied stays denied for as long as they said.
    private static readonly Statement EndOfPerson = EndOf(
        """("DeciderId" = $1 OR "UserId" = $1 OR ("DecidedBy" = $1 AND "Status" = 2))""", ApprovalEnds.PartyStopped);

    private static readonly Statement EndOfMember = EndOf(
        """ "OrganizationId" = $3 AND "DeciderId" IS NULL AND "DecidedBy" = $1 AND "Status" = 2""", ApprovalEnds.PartyStopped);

    // The person's come first: there is an index that leads to them.
    private static readonly Statement EndOfAuthorization = EndOf(
        """ "UserId" = (SELECT "Subject" FROM "OpenIddictAuthorizations" WHERE "Id" = $1) AND "AuthorizationId" = $1""", ApprovalEnds.Void);

    private static readonly Statement Expired = new(
        """
        SELECT "Id", "OrganizationId", "AgentId", "DeciderId", "PolicyId", "Status" FROM "Approvals" WHERE "Standing" IS NOT NULL AND "ExpiresAt" <= $1 ORDER BY "ExpiresAt" LIMIT 100
        """);

    private static readonly Statement Prune = new(
        """
        DELETE FROM "Approvals" WHERE "Id" IN (SELECT "Id" FROM "Approvals" WHERE "Standing" IS NULL AND "EndedAt" <= $1 LIMIT 500)
        """);

    /// <summary>False when it was answered already, is too late, or hangs on what is not so any more; null: who answers may not do so any more.</summary>
    public async Task<bool?> TryAnswerAsync(Approval row, ApprovalDecision decision, string userId, AuditEvent why, CancellationToken ct)
    {
        var told = AuditEventRow.From(why);
        var mayDoSo = false;
        var done = await writer.TryWriteAsync(
            async transaction =>
            {
                mayDoSo = await MayAsync(transaction, row, userId);
                return mayDoSo
                    && await transaction.ExecuteAsync(Answer, row.Id, (int)decision.Status, decision.Once, decision.ExpiresAt, decision.Note, userId, why.At) == 1
                    && await AuditTrail.AppendAsync(transaction, told);
            },
            ct);
        return mayDoSo ? done : null;
    }

    /// <summary>False when there is nothing to take back; null: who takes it back may not do so any more.</summary>
    public async Task<bool?> TryTakeBackAsync(Approval row, string userId, AuditEvent why, CancellationToken ct)
    {
        var told = AuditEventRow.From(why);
        var mayDoSo = false;
        var done = await writer.TryWriteAsync(
            async transaction =>
            {
                mayDoSo = await MayAsync(transaction, row, userId);
                return mayDoSo && await transaction.ExecuteAsync(TakeBack, row.Id, why.At, ApprovalEnds.TakenBack) == 1 && await AuditTrail.AppendAsync(transaction, told);
            },
            ct);
        return mayDoSo ? done : null;
    }

    /// <summary>Notes what hangs on something that is not so any more.</summary>
    public Task<bool> VoidAsync(string id, AuditEvent why, CancellationToken ct) =>
        writer.TryWriteAsync(transaction => EndAsync(transaction, id, ApprovalEnds.Void, why.At, why), ct);

    /// <summary>Notes what has run out, with its event, and forgets what ended long ago.</summary>
    public async Task PruneAsync(DateTimeOffset now, CancellationToken ct)
    {
        while (await writer.TryWriteAsync(
            async transaction =>
            {
                var expired = await transaction.QueryAsync(
                    Expired,
                    row => (Id: row.GetString(0), Why: ApprovalEvents.OfExpired(row.GetString(0), row.GetString(1), row.GetString(2), row.IsDBNull(3) ? null : row.GetString(3), row.GetString(4), now)),
                    now);
                foreach (var (id, why) in expired)
                {
                    await EndAsync(transaction, id, null, now, why);
                }

                return expired.Count > 0;
            },
            ct))
        {
        }

        while (await writer.TryWriteAsync(async transaction => await transaction.ExecuteAsync(Prune, now - Kept) > 0, ct))
        {
        }
    }

    /// <summary>Ends what stands, within a change that does more; what nobody waits for any more has no event.</summary>
    /// <param name="reason">Null: its time is over.</param>
    /// <param name="beside">The event that it is found at.</param>
    internal static async ValueTask<bool> EndAsync(WriteTransaction transaction, string id, string? reason, DateTimeOffset now, AuditEvent beside)
    {
        var status = reason is null ? ApprovalStatus.Expired : ApprovalStatus.Revoked;
        if (await transaction.QueryAsync(End, row => (ApprovalStatus)row.GetInt32(0), id, now, reason, (int)status) is not [var ended])
        {
            return false;
        }

        return ended == ApprovalStatus.Denied
            || await AuditTrail.AppendAsync(transaction, ApprovalEvents.Beside(beside, reason is null ? ApprovalEvents.Expired : ApprovalEvents.Revoked, id, now) with { Reason = reason });
    }

    /// <summary>An agent that stops loses what it was approved: resuming it revives nothing.</summary>
    internal static async ValueTask EndOfAgentAsync(WriteTransaction transaction, string agentId, DateTimeOffset now) =>
        await transaction.ExecuteAsync(EndOfAgent, agentId, now);

    internal static async ValueTask EndOfPersonAsync(WriteTransaction transaction, string userId, DateTimeOffset now) =>
        await transaction.ExecuteAsync(EndOfPerson, userId, now);

    /// <summary>What somebody approved as a developer of an organization, who is none any more. What agents asked them about themselves is theirs, and stays.</summary>
    internal static async ValueTask EndOfMemberAsync(WriteTransaction transaction, string organizationId, string userId, DateTimeOffset now) =>
        await transaction.ExecuteAsync(EndOfMember, userId, now, organizationId);

    /// <summary>All of an organization's agents at once.</summary>
    internal static async ValueTask EndOfOrganizationAsync(WriteTransaction transaction, string organizationId, DateTimeOffset now) =>
        await transaction.ExecuteAsync(EndOfOrganization, organizationId, now);

    /// <summary>What was asked under a consent goes with it: nobody is to answer what nothing can come of.</summary>
    internal static async ValueTask EndOfAuthorizationAsync(WriteTransaction transaction, string id, DateTimeOffset now) =>
        await transaction.ExecuteAsync(EndOfAuthorization, id, now);

    // What was denied stays denied.
    private static Statement EndOf(string whose, string reason) => new(
        $"""
        UPDATE "Approvals" SET "Standing" = NULL, "EndedAt" = $2, "EndReason" = '{reason}', "Status" = CASE WHEN "Status" = 3 THEN 3 ELSE 5 END
        WHERE {whose} AND "Standing" IS NOT NULL
        """);

    private static async ValueTask<bool> MayAsync(WriteTransaction transaction, Approval row, string userId)
    {
        if (row.DeciderId is not null)
        {
            return row.DeciderId == userId;
        }

        await transaction.ShareAsync(row.OrganizationId);
        return await MemberChanges.HoldsAsync(transaction, row.OrganizationId, userId, Role.Developer);
    }
}

/// <summary>An answer to a question.</summary>
/// <param name="ExpiresAt">Until when it holds.</param>
public sealed record ApprovalDecision(ApprovalStatus Status, bool Once, DateTimeOffset ExpiresAt, string? Note);
