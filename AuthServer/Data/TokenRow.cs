using System.Data.Common;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AuthServer.Data.OpenIddict;
using AuthServer.Protocol.State;

namespace AuthServer.Data;

/// <summary>A row of OpenIddictTokens as the ports read it, and the statements that they share.</summary>
internal sealed record TokenRow(
    string Id, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, DateTimeOffset? RedeemedAt, TokenStatus Status, string? Payload)
{
    public static readonly Statement Insert = new(
        """
        INSERT INTO "OpenIddictTokens" ("Id", "ApplicationId", "AuthorizationId", "ConcurrencyToken", "CreationDate", "ExpirationDate",
            "Payload", "ReferenceId", "Status", "Subject", "Type")
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'valid', $9, $10)
        """);

    public static readonly Statement Redeem = new(
        """
        UPDATE "OpenIddictTokens" SET "Status" = 'redeemed', "RedemptionDate" = $1, "ConcurrencyToken" = $2 WHERE "Id" = $3 AND "Status" = 'valid'
        """);

    private static readonly Statement Select = new(
        """
        SELECT "Id", "CreationDate", "ExpirationDate", "RedemptionDate", "Status", "Payload" FROM "OpenIddictTokens"
        WHERE "ReferenceId" = $1 AND "Type" = $2
        """);

    public static ValueTask<TokenRow?> FindAsync(IDatabaseReader reader, string referenceId, string type, CancellationToken ct) =>
        reader.FindAsync(Select, Read, [referenceId, type], ct);

    public static string NewConcurrencyToken() => Guid.NewGuid().ToString();

    /// <summary>Null where another server wrote the payload: such a token is unknown to this one.</summary>
    public T? ReadPayload<T>(JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return Payload is null ? null : JsonSerializer.Deserialize(Payload, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static TokenRow? Read(DbDataReader row) =>
        StoredTime.Read(row, 1) is { } created && StoredTime.Read(row, 2) is { } expires
            ? new TokenRow(row.GetString(0), created, expires, StoredTime.Read(row, 3), StatusOf(row.GetString(4)), row.IsDBNull(5) ? null : row.GetString(5))
            : null;

    private static TokenStatus StatusOf(string stored) => stored switch
    {
        OpenIddictStatuses.Valid => TokenStatus.Valid,
        OpenIddictStatuses.Redeemed => TokenStatus.Redeemed,
        _ => TokenStatus.Revoked,
    };
}
