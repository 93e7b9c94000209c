using AuthServer.Applications;

namespace AuthServer.Data;

/// <summary>The public keys that an API key set, for its agent or for those that this one made: they end with it. Whoever stole it may have planted them.</summary>
internal static class KeysSet
{
    // What is only named by chance is told apart by reading it. The update holds the rows: what is written back is what they say.
    private static readonly Statement Hold = new(
        """
        UPDATE "OpenIddictApplications" SET "ConcurrencyToken" = $2
        WHERE "Id" IN (SELECT "ApplicationId" FROM "Agents" WHERE "OrganizationId" = (
                SELECT "OrganizationId" FROM "Agents" WHERE "Id" = (SELECT "AgentId" FROM "ApiKeys" WHERE "Id" = $1)))
            AND "Properties" LIKE '%"' || $1 || '"%'
        RETURNING "Id", "Properties"
        """);

    private static readonly Statement Write = new("""UPDATE "OpenIddictApplications" SET "Properties" = $2 WHERE "Id" = $1""");

    /// <summary>Takes them away, within the change that ends the API key.</summary>
    public static async ValueTask EndAsync(WriteTransaction transaction, string apiKeyId)
    {
        foreach (var (id, properties) in await transaction.QueryAsync(Hold, static row => (row.GetString(0), row.GetString(1)), apiKeyId, TokenRow.NewConcurrencyToken()))
        {
            if (ApplicationExtras.Read(properties) is var extras && extras.BindingKeysSetBy == apiKeyId)
            {
                await transaction.ExecuteAsync(Write, id, extras.Unbound().WriteTo(properties));
            }
        }
    }
}
