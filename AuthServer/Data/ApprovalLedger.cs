using System.Data.Common;
using AuthServer.Approvals;
using AuthServer.Mail;
using AuthServer.Policies.Engine;
using AuthServer.Protocol.State;

namespace AuthServer.Data;

/// <summary>Files what a person is asked, and claims what they approved. What is claimed, its limits and the events are one commit.</summary>
public sealed class ApprovalLedger(IDatabaseWriter writer)
{
    /// <summary>What an approval hangs upon is as it was when it was asked for. Anything else makes it worth nothing.</summary>
    internal const string Holds =
        $"""
        EXISTS (SELECT 1 FROM "Agents" AS agent WHERE agent."Id" = approval."AgentId" AND agent."Status" = {ActiveAgent})
        AND EXISTS (SELECT 1 FROM "Policies" AS policy
            WHERE policy."Id" = approval."PolicyId" AND policy."Version" = approval."PolicyVersion" AND policy."Enabled")
        AND (approval."AuthorizationId" IS NULL OR EXISTS (SELECT 1 FROM "OpenIddictAuthorizations" AS held
            WHERE held."Id" = approval."AuthorizationId" AND held."Status" = 'valid'))
        """;

    // AgentStatus.Active and ApprovalStatus, as they are stored.
    private const string ActiveAgent = "1";

    private static readonly TimeSpan ActionsKept = TimeSpan.FromDays(1);

    private static readonly Statement Find = new(
        $"""
        SELECT approval."Id", approval."Status", approval."ExpiresAt", CASE WHEN {Holds} THEN 1 ELSE 0 END
        FROM "Approvals" AS approval WHERE approval."Standing" = $1
        """);

    // The answer says who won: an approval for one time is gone with it.
    private static readonly Statement Claim = new(
        $"""
        UPDATE "Approvals" AS approval SET "Uses" = approval."Uses" + 1, "UsedAt" = $3, "UsedAction" = $4,
            "Status" = CASE WHEN approval."Once" THEN 4 ELSE approval."Status" END,
            "Standing" = CASE WHEN approval."Once" THEN NULL ELSE approval."Standing" END,
            "EndedAt" = CASE WHEN approval."Once" THEN $3 ELSE approval."EndedAt" END
        WHERE approval."Id" = $1 AND approval."Standing" = $2 AND approval."Status" = 2 AND approval."ExpiresAt" > $3 AND {Holds}
        """);

    private static readonly Statement Repeated = new(
        """SELECT "Id", "ExpiresAt" FROM "Approvals" WHERE "Digest" = $1 AND "UsedAction" = $2 AND "Status" IN (2, 4) AND "UsedAt" > $3""");

    private static readonly Statement Waiting = new("""SELECT COUNT(*) FROM "Approvals" WHERE "AgentId" = $1 AND "Status" = 1 AND "ExpiresAt" > $2""");

    private static readonly Statement Insert = new(
        """
        INSERT INTO "Approvals" ("Id", "OrganizationId", "AgentId", "UserId", "DeciderId", "Digest", "Standing", "Status", "Shown", "PolicyId", "PolicyVersion",
            "AuthorizationId", "IsCritical", "CreatedAt", "ExpiresAt", "Once", "Uses")
        VALUES ($1, $2, $3, $4, $5, $6, $6, 1, $7, $8, $9, $10, $11, $12, $13, FALSE, 0)
        """);

    /// <param name="takes">What the policies' limits need: taken with the claim, and looked at before anybody is asked.</param>
    /// <param name="action">The action's name: when it was let pass by an approval in the last 24 hours, it passes again and takes nothing. Null: it has none.</param>
    /// <param name="filing">What to file where nothing stands; null: then nothing is done.</param>
    /// <param name="most">How many of the agent's may wait.</param>
    /// <param name="describe">The events of an outcome. Called again when the database asks for a second attempt.</param>
    /// <returns>Null: nothing stands, and nothing was filed.</returns>
    public async Task<ApprovalOutcome?> AskAsync(
        ApprovalAsk ask, IReadOnlyList<LimitTake> takes, string? action, NewApproval? filing, int most, Func<ApprovalOutcome, AuditEvent> describe, CancellationToken ct)
    {
        ApprovalOutcome? outcome = null;
        await writer.TryWriteAsync(
            async transaction =>
            {
                // One ask of an agent after the other: of many at once the first files, and the others find.
                await transaction.LockAsync("approvals/" + ask.AgentId);
                outcome = await StandingAsync(transaction, ask, takes, action, describe) ?? (filing is null ? null : await FileAsync(transaction, ask, takes, filing, most, describe));
                return outcome is not (null or { Answer: ApprovalAnswer.NoRoom }) && await AuditTrail.AppendAsync(transaction, describe(outcome));
            },
            ct);
        return outcome;
    }

    /// <summary>What was asked before, or answered; null: nothing stands.</summary>
    private static async ValueTask<ApprovalOutcome?> StandingAsync(
        WriteTransaction transaction, ApprovalAsk ask, IReadOnlyList<LimitTake> takes, string? action, Func<ApprovalOutcome, AuditEvent> describe)
    {
        var now = ask.Input.Now;
        if (action is not null && await transaction.QueryAsync(Repeated, row => (row.GetString(0), StoredTime.Read(row, 1)), ask.Digest, action, now - ActionsKept) is [var (used, until), ..])
        {
            return new(ApprovalAnswer.Approved, used, until);
        }

        if ((await transaction.QueryAsync(Find, Read, ask.Digest)).FirstOrDefault() is not { } standing)
        {
            return null;
        }

        if (standing.ExpiresAt <= now || !standing.Holds)
        {
            await ApprovalChanges.EndAsync(transaction, standing.Id, standing.ExpiresAt <= now ? null : ApprovalEnds.Void, now, describe(new(ApprovalAnswer.Waiting, standing.Id, null)));
            return null;
        }

        return standing.Status switch
        {
            ApprovalStatus.Denied => new(ApprovalAnswer.Denied, standing.Id, standing.ExpiresAt),
            ApprovalStatus.Approved => await ClaimAsync(transaction, ask, standing, takes, action, describe),
            _ => await LimitLedger.ExceededAsync(transaction, takes, now) is { } exceeded ? NoRoom(exceeded) : new(ApprovalAnswer.Waiting, standing.Id, standing.ExpiresAt),
        };
    }

    private static async ValueTask<ApprovalOutcome?> ClaimAsync(
        WriteTransaction transaction, ApprovalAsk ask, Standing standing, IReadOnlyList<LimitTake> takes, string? action, Func<ApprovalOutcome, AuditEvent> describe)
    {
        var now = ask.Input.Now;
        if (await transaction.ExecuteAsync(Claim, standing.Id, ask.Digest, now, action) != 1)
        {
            return null;
        }

        // Without room the claim is undone with all the rest.
        var taken = await LimitLedger.TakeAsync(transaction, takes, action, now);
        if (taken.Exceeded is { } exceeded)
        {
            return NoRoom(exceeded);
        }

        var outcome = new ApprovalOutcome(ApprovalAnswer.Approved, standing.Id, standing.ExpiresAt) { Taken = taken };
        await AuditTrail.AppendAsync(transaction, ApprovalEvents.Beside(describe(outcome), ApprovalEvents.Used, standing.Id, now));
        return outcome;
    }

    private static async ValueTask<ApprovalOutcome> FileAsync(
        WriteTransaction transaction, ApprovalAsk ask, IReadOnlyList<LimitTake> takes, NewApproval filing, int most, Func<ApprovalOutcome, AuditEvent> describe)
    {
        var (row, now) = (filing.Row, ask.Input.Now);

        // Nobody need be asked for what cannot be done anyway.
        if (await LimitLedger.ExceededAsync(transaction, takes, now) is { } exceeded)
        {
            return NoRoom(exceeded);
        }

        if ((await transaction.QueryAsync(Waiting, found => found.GetInt64(0), ask.AgentId, now))[0] >= most)
        {
            return new(ApprovalAnswer.TooMany, null, null);
        }

        await transaction.ExecuteAsync(
            Insert, row.Id, row.OrganizationId, row.AgentId, row.UserId, row.DeciderId, row.Digest, row.Shown, row.PolicyId, row.PolicyVersion, row.AuthorizationId,
            row.IsCritical, row.CreatedAt, row.ExpiresAt);
        var outcome = new ApprovalOutcome(ApprovalAnswer.Waiting, row.Id, row.ExpiresAt);
        await AuditTrail.AppendAsync(transaction, ApprovalEvents.OfRequested(describe(outcome), row, now));
        foreach (var mail in filing.Mails)
        {
            await MailOutbox.TryAddAsync(transaction, mail);
        }

        return outcome;
    }

    private static ApprovalOutcome NoRoom(LimitTake exceeded) => new(ApprovalAnswer.NoRoom, null, null) { Exceeded = exceeded };

    private static Standing Read(DbDataReader row) => new(row.GetString(0), (ApprovalStatus)row.GetInt32(1), StoredTime.Read(row, 2)!.Value, row.GetInt32(3) == 1);

    private sealed record Standing(string Id, ApprovalStatus Status, DateTimeOffset ExpiresAt, bool Holds);
}

/// <summary>A question that is about to be filed, with the mails that tell of it.</summary>
public sealed record NewApproval(Approval Row, IReadOnlyList<OutgoingMail> Mails);
