using System.Data.Common;
using AuthServer.Protocol.State;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Refresh;

namespace AuthServer.Data;

/// <summary>Who refreshes an account's tokens, and what comes of it. A lease says who calls the provider; a version, which only grows, says whether what they bring still fits.
/// No connection is held while they call.</summary>
public sealed class AccountRefreshes(IDatabaseWriter writer, IDatabaseReader reader)
{
    // What was read must still stand: then nobody has finished meanwhile, and nobody's lost answer is overlooked.
    private static readonly Statement Lease = new(
        """
        UPDATE "ConnectedAccounts" SET "LeaseOwner" = $4, "LeaseUntil" = $5, "AttemptOf" = $6, "AttemptAt" = $7, "Attempts" = $8
        WHERE "Id" = $1 AND "Version" = $2 AND ("LeaseUntil" IS NULL OR "LeaseUntil" <= $3)
            AND COALESCE("AttemptOf", '') = $9 AND "Attempts" = $10
        """);

    private static readonly Statement Again = new(
        """UPDATE "ConnectedAccounts" SET "LeaseUntil" = $3, "Attempts" = $4 WHERE "Id" = $1 AND "LeaseOwner" = $2""");

    private static readonly Statement Release = new(
        """
        UPDATE "ConnectedAccounts" SET "LeaseOwner" = NULL, "LeaseUntil" = NULL, "AttemptOf" = $3, "AttemptAt" = $4, "Attempts" = $5 WHERE "Id" = $1 AND "LeaseOwner" = $2
        """);

    private static readonly Statement Save = new(
        """
        UPDATE "ConnectedAccounts" SET "Tokens" = $3, "GrantedScopes" = COALESCE($4, "GrantedScopes"), "AccessExpiresAt" = $5, "RefreshAt" = $6, "LastRefreshedAt" = $7,
            "UpdatedAt" = $7, "Status" = 1, "Fault" = NULL, "Health" = 0, "Failures" = 0, "LeaseOwner" = NULL, "LeaseUntil" = NULL,
            "AttemptOf" = NULL, "AttemptAt" = NULL, "Attempts" = 0, "Version" = "Version" + 1
        WHERE "Id" = $1 AND "Version" = $2
        """);

    private static readonly Statement Settle = new(
        """
        UPDATE "ConnectedAccounts" SET "Status" = $3, "Fault" = $4, "Health" = $5, "Failures" = $6, "RefreshAt" = $7, "UpdatedAt" = $8,
            "LeaseOwner" = NULL, "LeaseUntil" = NULL, "AttemptOf" = $9, "AttemptAt" = $10, "Attempts" = $11, "Version" = "Version" + 1
        WHERE "Id" = $1 AND "Version" = $2
        """);

    // Taken by moving their time ahead: whoever took them and died has not lost them. Asked again of the row itself, since another node may have taken it.
    private static readonly Statement Claim = new(
        """
        UPDATE "ConnectedAccounts" SET "RefreshAt" = $2 WHERE "RefreshAt" <= $1 AND "Id" IN (
            SELECT account."Id" FROM "ConnectedAccounts" AS account JOIN "Connections" AS connection ON connection."Id" = account."ConnectionId"
            WHERE account."RefreshAt" <= $1 AND account."Status" IN (1, 4) AND connection."Status" = 2 ORDER BY account."RefreshAt" LIMIT $3)
        RETURNING "Id"
        """);

    private static readonly Statement Later = new("""UPDATE "ConnectedAccounts" SET "RefreshAt" = $3 WHERE "Id" = $1 AND "Version" = $2""");

    private static readonly Statement Use = new(
        """UPDATE "ConnectedAccounts" SET "LastUsedAt" = $2 WHERE "Id" = $1 AND ("LastUsedAt" IS NULL OR "LastUsedAt" < $2)""");

    private static readonly Statement Waiting = new("""SELECT "Version", "LeaseUntil" FROM "ConnectedAccounts" WHERE "Id" = $1""");

    private static readonly Statement FailConnection = new(
        """
        UPDATE "Connections" SET "Status" = 4, "Fault" = $2, "UpdatedAt" = $3, "Version" = "Version" + 1 WHERE "Id" = $1 AND "Status" = 2
        """);

    /// <summary>False: somebody else refreshes it, or has done so.</summary>
    /// <param name="account">As it was read.</param>
    /// <param name="attempt">What is written before the call.</param>
    public Task<bool> TryLeaseAsync(ConnectedAccount account, string owner, DateTimeOffset now, DateTimeOffset until, RefreshAttempt attempt, CancellationToken ct) =>
        writer.TryWriteAsync(
            async transaction => await transaction.ExecuteAsync(
                Lease, account.Id, account.Version, now, owner, until, attempt.Of, attempt.At, attempt.Count, account.AttemptOf ?? "", account.Attempts) == 1,
            ct);

    /// <summary>One more call under the same lease; false: it is over.</summary>
    public Task<bool> TryAgainAsync(string accountId, string owner, DateTimeOffset until, RefreshAttempt attempt, CancellationToken ct) =>
        writer.TryWriteAsync(async transaction => await transaction.ExecuteAsync(Again, accountId, owner, until, attempt.Count) == 1, ct);

    /// <summary>Others may go on.</summary>
    /// <param name="attempt">What stays known of a call whose answer was lost; null: it was answered.</param>
    public Task ReleaseAsync(string accountId, string owner, RefreshAttempt? attempt, CancellationToken ct) =>
        writer.TryWriteAsync(async transaction => await transaction.ExecuteAsync(Release, accountId, owner, attempt?.Of, attempt?.At, attempt?.Count ?? 0) == 1, ct);

    /// <summary>Keeps new tokens; false: the account is no longer the one that was read.</summary>
    /// <param name="why">Null: nothing changed but the tokens.</param>
    /// <param name="released">The event for the case that the connection's refusals were not believed, and it was one of those.</param>
    public Task<bool> TrySaveAsync(ConnectedAccount account, RefreshedTokens tokens, AuditEvent? why, AuditEvent? released, CancellationToken ct) =>
        writer.TryWriteAsync(
            async transaction =>
            {
                // First the circuit, then accounts, as whoever refuses one does.
                if (released is not null && await RefusalCircuit.TryReleaseAsync(transaction, account.ConnectionId, tokens.At))
                {
                    await AuditTrail.AppendAsync(transaction, released);
                }

                return await transaction.ExecuteAsync(
                        Save, account.Id, account.Version, tokens.Envelope, tokens.GrantedScopes, tokens.ExpiresAt, tokens.RefreshAt, tokens.At) == 1
                    && (why is null || await AuditTrail.AppendAsync(transaction, why));
            },
            ct);

    /// <summary>Keeps what a failure made of the account; false: it is no longer the one that was read.</summary>
    internal Task<bool> TrySettleAsync(ConnectedAccount account, RefreshVerdict verdict, DateTimeOffset now, AuditEvent? why, CancellationToken ct) =>
        writer.TryWriteAsync(
            async transaction => await SettleAsync(transaction, account, verdict, now) && (why is null || await AuditTrail.AppendAsync(transaction, why)), ct);

    /// <summary>The same of one whose connection cannot refresh anything; the first of them tells it.</summary>
    internal Task<bool> TryFailConnectionAsync(ConnectedAccount account, RefreshVerdict verdict, DateTimeOffset now, AuditEvent why, CancellationToken ct) =>
        writer.TryWriteAsync(
            async transaction =>
            {
                if (!await SettleAsync(transaction, account, verdict, now))
                {
                    return false;
                }

                return await transaction.ExecuteAsync(FailConnection, account.ConnectionId, why.Reason, now) == 0 || await AuditTrail.AppendAsync(transaction, why);
            },
            ct);

    /// <summary>The same of one that was refused for good. Where many are refused at once, nobody is: see <see cref="RefusalCircuit"/>.</summary>
    /// <returns>False: it is no longer the one that was read; null: it is not believed.</returns>
    internal async Task<bool?> TryRefuseAsync(ConnectedAccount account, RefreshVerdict verdict, RefusalCircuit circuit, DateTimeOffset now, AuditEvent why, CancellationToken ct)
    {
        var held = false;
        var settled = await writer.TryWriteAsync(
            async transaction =>
            {
                held = await circuit.HoldsAsync(transaction, account.ConnectionId, now);
                return await SettleAsync(transaction, account, held ? circuit.Instead(account, verdict) : verdict, now)
                    && (held || await AuditTrail.AppendAsync(transaction, why));
            },
            ct);
        return settled && held ? null : settled;
    }

    /// <summary>Accounts that are due, and nobody else's until then.</summary>
    public async Task<IReadOnlyList<string>> ClaimAsync(DateTimeOffset now, DateTimeOffset until, int most, CancellationToken ct)
    {
        List<string> claimed = [];
        await writer.TryWriteAsync(
            async transaction => (claimed = await transaction.QueryAsync(Claim, row => row.GetString(0), now, until, most)).Count > 0, ct);
        return claimed;
    }

    public Task LaterAsync(ConnectedAccount account, DateTimeOffset? at, CancellationToken ct) =>
        writer.TryWriteAsync(async transaction => await transaction.ExecuteAsync(Later, account.Id, account.Version, at) == 1, ct);

    public Task RecordUsesAsync(IReadOnlyCollection<KeyValuePair<string, DateTimeOffset>> uses, CancellationToken ct) => uses.Count == 0 ? Task.CompletedTask : writer.TryWriteAsync(
        async transaction =>
        {
            // In one order: two nodes do not wait for each other.
            foreach (var (id, at) in uses.OrderBy(use => use.Key, StringComparer.Ordinal))
            {
                await transaction.ExecuteAsync(Use, id, at);
            }

            return true;
        },
        ct);

    /// <summary>What whoever waits for another one's refresh looks at; null: the account is gone.</summary>
    public ValueTask<LeaseState?> LookAsync(string accountId, CancellationToken ct) => reader.FindAsync(Waiting, Read, [accountId], ct);

    private static async ValueTask<bool> SettleAsync(WriteTransaction transaction, ConnectedAccount account, RefreshVerdict verdict, DateTimeOffset now) =>
        await transaction.ExecuteAsync(
            Settle, account.Id, account.Version, (int)verdict.Status, verdict.Fault, (int)verdict.Health, verdict.Failures, verdict.RefreshAt, now,
            verdict.Attempt?.Of, verdict.Attempt?.At, verdict.Attempt?.Count ?? 0) == 1;

    private static LeaseState? Read(DbDataReader row) => new(row.GetInt32(0), StoredTime.Read(row, 1));
}

/// <summary>Tokens as they are stored, with what of them stands beside.</summary>
/// <param name="GrantedScopes">Null: the answer does not say.</param>
public sealed record RefreshedTokens(string Envelope, string? GrantedScopes, DateTimeOffset? ExpiresAt, DateTimeOffset? RefreshAt, DateTimeOffset At);

/// <param name="Until">How long somebody refreshes it; null: nobody does.</param>
public sealed record LeaseState(int Version, DateTimeOffset? Until);
