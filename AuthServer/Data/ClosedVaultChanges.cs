using AuthServer.Vault.Accounts;

namespace AuthServer.Data;

/// <summary>Vaults of closed organizations: noted in the commit that closes them, and emptied by one node at a time.</summary>
public sealed class ClosedVaultChanges(IDatabaseWriter writer)
{
    private static readonly Statement Note = new(
        """
        INSERT INTO "ClosedVaults" ("OrganizationId", "DueAt") SELECT $1, $2 WHERE EXISTS (SELECT 1 FROM "Connections" WHERE "OrganizationId" = $1) ON CONFLICT DO NOTHING
        """);

    // Nothing is called or renewed by them any more, and nobody is on the way to link one.
    private static readonly Statement SwitchOff = new(
        """UPDATE "Connections" SET "Status" = 3, "UpdatedAt" = $2, "Version" = "Version" + 1 WHERE "OrganizationId" = $1""");

    private static readonly Statement DeleteLinks = new("""DELETE FROM "AccountLinks" WHERE "OrganizationId" = $1 AND "Tokens" IS NULL""");

    // What was granted by them and confirmed by nobody is over at once, and taken back as all that is abandoned.
    private static readonly Statement EndLinks = new("""UPDATE "AccountLinks" SET "CodeHash" = NULL, "ExpiresAt" = $2 WHERE "OrganizationId" = $1""");

    private static readonly Statement Claim = new(
        """
        UPDATE "ClosedVaults" SET "DueAt" = $2
        WHERE "DueAt" <= $1 AND "OrganizationId" IN (SELECT "OrganizationId" FROM "ClosedVaults" WHERE "DueAt" <= $1 ORDER BY "DueAt" LIMIT $3)
        RETURNING "OrganizationId"
        """);

    private static readonly Statement Due = new("""UPDATE "ClosedVaults" SET "DueAt" = $2 WHERE "OrganizationId" = $1""");

    // As it was read: what was renewed meanwhile, or is being renewed, has other tokens to take back.
    private static readonly Statement DeleteAccount = new(
        """DELETE FROM "ConnectedAccounts" WHERE "Id" = $1 AND "Version" = $2 AND ("LeaseUntil" IS NULL OR "LeaseUntil" <= $3)""");

    private static readonly Statement DeleteConnections = new(
        """
        DELETE FROM "Connections" WHERE "OrganizationId" = $1
            AND NOT EXISTS (SELECT 1 FROM "ConnectedAccounts" AS account WHERE account."ConnectionId" = "Connections"."Id")
            AND NOT EXISTS (SELECT 1 FROM "AccountLinks" AS link WHERE link."ConnectionId" = "Connections"."Id" AND link."Tokens" IS NOT NULL)
        """);

    private static readonly Statement Delete = new(
        """DELETE FROM "ClosedVaults" WHERE "OrganizationId" = $1 AND NOT EXISTS (SELECT 1 FROM "Connections" WHERE "OrganizationId" = $1)""");

    /// <summary>Within the change that closes the organization.</summary>
    internal static async ValueTask CloseAsync(WriteTransaction transaction, string organizationId, DateTimeOffset now)
    {
        // Due at once, whatever the clock's finest digits say.
        await transaction.ExecuteAsync(Note, organizationId, DateTimeOffset.UnixEpoch);
        await transaction.ExecuteAsync(SwitchOff, organizationId, now);
        await transaction.ExecuteAsync(DeleteLinks, organizationId);
        await transaction.ExecuteAsync(EndLinks, organizationId, now);
    }

    public async Task<IReadOnlyList<string>> ClaimAsync(DateTimeOffset now, DateTimeOffset until, int most, CancellationToken ct)
    {
        List<string> claimed = [];
        await writer.TryWriteAsync(async transaction => (claimed = await transaction.QueryAsync(Claim, row => row.GetString(0), now, until, most)).Count > 0, ct);
        return claimed;
    }

    /// <summary>Whoever takes long goes on holding it.</summary>
    public Task<bool> HoldAsync(string organizationId, DateTimeOffset until, CancellationToken ct) =>
        writer.TryWriteAsync(async transaction => await transaction.ExecuteAsync(Due, organizationId, until) == 1, ct);

    /// <summary>Removes accounts with what is to be done for each; those that are not as they were read stay. How many went.</summary>
    public async Task<int> RemoveAsync(IReadOnlyList<ConnectedAccount> accounts, IReadOnlyList<GrantEnding> endings, DateTimeOffset now, CancellationToken ct)
    {
        var (gone, toDo) = (0, endings.ToLookup(ending => ending.AccountId, StringComparer.Ordinal));
        await writer.TryWriteAsync(
            async transaction =>
            {
                gone = 0;
                foreach (var account in accounts)
                {
                    if (await transaction.ExecuteAsync(DeleteAccount, account.Id, account.Version, now) != 1)
                    {
                        continue;
                    }

                    gone++;
                    foreach (var ending in toDo[account.Id])
                    {
                        await GrantEndingChanges.AddAsync(transaction, ending);
                    }
                }

                return gone > 0;
            },
            ct);
        return gone;
    }

    /// <summary>Its connections go where nothing lives by them; with the last of them it is over. What is left is due again.</summary>
    public Task EndAsync(string organizationId, DateTimeOffset now, CancellationToken ct) => writer.TryWriteAsync(
        async transaction =>
        {
            await transaction.ExecuteAsync(DeleteConnections, organizationId);
            return await transaction.ExecuteAsync(Delete, organizationId) == 1 || await transaction.ExecuteAsync(Due, organizationId, now) == 1;
        },
        ct);
}
