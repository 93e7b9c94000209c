namespace AuthServer.Data;

/// <summary>There is always somebody left who administers.</summary>
internal static class LastAdministrator
{
    private const string Lock = "administrators";

    private static readonly Statement OtherAdministrators = new("""SELECT 1 FROM "AspNetUsers" WHERE "IsAdministrator" AND NOT "Disabled" AND "Id" <> $1 LIMIT 1""");

    private static readonly Statement IsAdministrator = new("""SELECT 1 FROM "AspNetUsers" WHERE "Id" = $1 AND "IsAdministrator" AND NOT "Disabled" """);

    /// <summary>Of two administrators who take it from each other or leave in the same moment, one comes second and is refused. Taken before any other lock.</summary>
    public static ValueTask LockAsync(WriteTransaction transaction) => transaction.LockAsync(Lock);

    /// <summary>Whether nobody else administers; under the lock.</summary>
    public static async ValueTask<bool> IsAsync(WriteTransaction transaction, string userId) =>
        (await transaction.QueryAsync(IsAdministrator, row => row.GetInt32(0), userId)).Count > 0
        && (await transaction.QueryAsync(OtherAdministrators, row => row.GetInt32(0), userId)).Count == 0;
}
