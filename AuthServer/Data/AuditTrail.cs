using AuthServer.Protocol.State;

namespace AuthServer.Data;

/// <summary>Appends to the trail: alone, or within the change that an event belongs to.</summary>
public sealed class AuditTrail(IDatabaseWriter writer) : IAuditTrail
{
    private static readonly Statement Insert = new(
        """
        INSERT INTO "AuditEvents" ("Id", "At", "Type", "Outcome", "Subject", "ClientId", "Target", "Reason", "Address", "CorrelationId", "Detail")
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        """);

    public Task AppendAsync(AuditEvent entry, CancellationToken ct) => writer.TryWriteAsync(transaction => AppendAsync(transaction, entry), ct);

    /// <returns>True: the change that it ends has succeeded.</returns>
    public static async ValueTask<bool> AppendAsync(WriteTransaction transaction, AuditEvent entry)
    {
        // A caller's overlong word must not undo what it is told about.
        await transaction.ExecuteAsync(
            Insert, entry.Id, entry.At, entry.Type, entry.Outcome, Clip(entry.Subject, 400), Clip(entry.ClientId, 400), Clip(entry.Target, 400),
            Clip(entry.Reason, 100), Clip(entry.Address, 64), Clip(entry.CorrelationId, 100), entry.Detail);
        return true;
    }

    private static string? Clip(string? text, int length) => text?.Length > length ? text[..length] : text;
}
