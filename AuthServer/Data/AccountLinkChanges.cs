using AuthServer.Audit;
using AuthServer.Protocol.State;
using AuthServer.Vault.Accounts;

namespace AuthServer.Data;

/// <summary>Steps of an attempt to link an account, each of which is taken once: one statement whose answer says who won, and the event, in one commit.</summary>
public sealed class AccountLinkChanges(IDatabaseWriter writer)
{
    // Those that anybody can begin are counted apart: they leave the organization its own.
    private static readonly Statement Count = new(
        """SELECT COUNT(*) FROM "AccountLinks" WHERE "ConnectionId" = $1 AND "IdentifierType" = $2 AND "Identifier" = $3 AND "ExpiresAt" > $4 AND ("Origin" = 2) = $5""");

    private static readonly Statement Insert = new(
        """
        INSERT INTO "AccountLinks" ("Id", "OrganizationId", "ConnectionId", "Identifier", "IdentifierType", "UserId", "AgentId", "Origin", "Stage", "HandleHash",
            "BrowserHash", "Scopes", "OptionalScopes", "RedirectUri", "ClientState", "CreatedAt", "ExpiresAt", "Replaces")
        SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18 WHERE EXISTS (SELECT 1 FROM "Connections" WHERE "Id" = $3)
        """);

    private static readonly Statement Open = new(
        """UPDATE "AccountLinks" SET "BrowserHash" = $2, "Stage" = 1 WHERE "Id" = $1 AND "Stage" = 0 AND "BrowserHash" IS NULL AND "ExpiresAt" > $3""");

    private static readonly Statement Send = new(
        """
        UPDATE "AccountLinks" SET "StateHash" = $2, "Verifier" = $3, "OptionalScopes" = $4, "Stage" = 2 WHERE "Id" = $1 AND "Stage" IN (1, 2) AND "ExpiresAt" > $5
        """);

    private static readonly Statement Return = new("""UPDATE "AccountLinks" SET "Stage" = 3, "Verifier" = NULL WHERE "Id" = $1 AND "StateHash" = $2 AND "Stage" = 2""");

    private static readonly Statement Keep = new("""UPDATE "AccountLinks" SET "Tokens" = $2 WHERE "Id" = $1 AND "Stage" = 3""");

    private static readonly Statement Wait = new(
        """
        UPDATE "AccountLinks" SET "Stage" = 4, "Tokens" = $2, "ProviderAccount" = $3, "ProviderName" = $4, "CodeHash" = $5, "ExpiresAt" = $6 WHERE "Id" = $1 AND "Stage" = 3
        """);

    private static readonly Statement Offer = new(
        """UPDATE "AccountLinks" SET "Stage" = 7, "Tokens" = $2, "ProviderAccount" = $3, "ProviderName" = $4, "ExpiresAt" = $5 WHERE "Id" = $1 AND "Stage" = 3""");

    private static readonly Statement Choose = new("""UPDATE "AccountLinks" SET "Stage" = 3 WHERE "Id" = $1 AND "Stage" = 7 AND "ExpiresAt" > $2""");

    private static readonly Statement WaitingAccount = new(
        """UPDATE "ConnectedAccounts" SET "Fault" = $4, "UpdatedAt" = $5 WHERE "ConnectionId" = $1 AND "IdentifierType" = $2 AND "Identifier" = $3 AND "Status" = 0""");

    private static readonly Statement Fail = new(
        """
        UPDATE "AccountLinks" SET "Stage" = 6, "Fault" = $2, "ProviderCode" = $3, "CorrelationId" = $4, "Tokens" = NULL, "Verifier" = NULL, "CodeHash" = NULL
        WHERE "Id" = $1 AND "Stage" NOT IN (5, 6)
        """);

    private static readonly Statement Redeem = new("""UPDATE "AccountLinks" SET "CodeHash" = NULL WHERE "Id" = $1 AND "CodeHash" = $2""");

    /// <summary>False: there are too many of this account, or the connection is gone.</summary>
    /// <param name="why">Null: nobody known made it, and the trail hears of it when something comes of it.</param>
    public Task<bool> TryAddAsync(AccountLink link, int most, AuditEvent? why, CancellationToken ct)
    {
        var told = why is null ? null : AuditEventRow.From(why);
        return writer.TryWriteAsync(
            async transaction =>
            {
                // Counting and adding must not mix with another's.
                await transaction.LockAsync($"{link.ConnectionId}:{link.IdentifierType}:{link.Identifier}");
                return (await transaction.QueryAsync(Count, row => row.GetInt64(0), link.ConnectionId, link.IdentifierType, link.Identifier, link.CreatedAt, link.Origin == LinkOrigin.Anybody))[0] < most
                    && await transaction.ExecuteAsync(
                        Insert, link.Id, link.OrganizationId, link.ConnectionId, link.Identifier, link.IdentifierType, link.UserId, link.AgentId, (int)link.Origin, (int)link.Stage,
                        link.HandleHash, link.BrowserHash, link.Scopes, link.OptionalScopes, link.RedirectUri, link.ClientState, link.CreatedAt, link.ExpiresAt, link.Replaces) == 1
                    && (told is null || await AuditTrail.AppendAsync(transaction, told));
            },
            ct);
    }

    /// <summary>Of several browsers, the first. False for all others, and when it is over.</summary>
    public Task<bool> TryOpenAsync(string id, string browserHash, AuditEvent why, CancellationToken ct) => TryAsync(why, Open, [id, browserHash, why.At], ct);

    /// <summary>On the way to the provider. Who goes back and out again has a new state, and the one before is void.</summary>
    public Task<bool> TrySendAsync(string id, string stateHash, string? verifier, string optionalScopes, DateTimeOffset now, CancellationToken ct) =>
        writer.TryWriteAsync(async transaction => await transaction.ExecuteAsync(Send, id, stateHash, verifier, optionalScopes, now) == 1, ct);

    /// <summary>A state is claimed once.</summary>
    public Task<bool> TryReturnAsync(string id, string stateHash, CancellationToken ct) =>
        writer.TryWriteAsync(async transaction => await transaction.ExecuteAsync(Return, id, stateHash) == 1, ct);

    /// <summary>What came is kept before anything else is done with it.</summary>
    public Task<bool> TryKeepAsync(string id, string tokens, CancellationToken ct) =>
        writer.TryWriteAsync(async transaction => await transaction.ExecuteAsync(Keep, id, tokens) == 1, ct);

    /// <summary>From now on it waits for its person to choose.</summary>
    public async Task<bool> TryOfferAsync(AccountLink link, DateTimeOffset until, CancellationToken ct)
    {
        (link.Stage, link.ExpiresAt) = (LinkStage.Choosing, until);
        return await writer.TryWriteAsync(async transaction => await transaction.ExecuteAsync(Offer, link.Id, link.Tokens, link.ProviderAccount, link.ProviderName, until) == 1, ct);
    }

    /// <summary>Its person has chosen: once.</summary>
    public Task<bool> TryChooseAsync(string id, DateTimeOffset now, CancellationToken ct) =>
        writer.TryWriteAsync(async transaction => await transaction.ExecuteAsync(Choose, id, now) == 1, ct);

    /// <summary>From now on it waits for the customer's backend.</summary>
    public Task<bool> TryWaitAsync(AccountLink link, string fault, AuditEvent why, CancellationToken ct)
    {
        var told = AuditEventRow.From(why);
        return writer.TryWriteAsync(
            async transaction =>
            {
                if (await transaction.ExecuteAsync(Wait, link.Id, link.Tokens, link.ProviderAccount, link.ProviderName, link.CodeHash, link.ExpiresAt) != 1)
                {
                    return false;
                }

                await transaction.ExecuteAsync(WaitingAccount, link.ConnectionId, link.IdentifierType, link.Identifier, fault, why.At);
                return await AuditTrail.AppendAsync(transaction, told);
            },
            ct);
    }

    /// <summary>It is over, and what it held is gone. An account that was never linked says why not.</summary>
    /// <param name="grants">What is still to be done at the provider.</param>
    public Task<bool> TryFailAsync(AccountLink link, AuditEvent why, IReadOnlyList<GrantEnding> grants, CancellationToken ct)
    {
        var told = AuditEventRow.From(why);
        return writer.TryWriteAsync(
            async transaction =>
            {
                if (await transaction.ExecuteAsync(Fail, link.Id, link.Fault, link.ProviderCode, link.CorrelationId) != 1)
                {
                    return false;
                }

                await transaction.ExecuteAsync(WaitingAccount, link.ConnectionId, link.IdentifierType, link.Identifier, link.Fault, why.At);
                foreach (var grant in grants)
                {
                    await GrantEndingChanges.AddAsync(transaction, grant);
                }

                return await AuditTrail.AppendAsync(transaction, told);
            },
            ct);
    }

    /// <summary>Our code is redeemed once.</summary>
    public Task<bool> TryRedeemAsync(string id, string codeHash, CancellationToken ct) =>
        writer.TryWriteAsync(async transaction => await transaction.ExecuteAsync(Redeem, id, codeHash) == 1, ct);

    private Task<bool> TryAsync(AuditEvent why, Statement statement, object?[] values, CancellationToken ct)
    {
        var told = AuditEventRow.From(why);
        return writer.TryWriteAsync(async transaction => await transaction.ExecuteAsync(statement, values) == 1 && await AuditTrail.AppendAsync(transaction, told), ct);
    }
}
