using AuthServer.Audit;
using AuthServer.Protocol.State;

namespace AuthServer.Data;

/// <summary>Appends to the trail: alone, or within the change that an event belongs to.</summary>
public sealed class AuditTrail(IDatabaseWriter writer) : IAuditTrail
{
    private static readonly Statement Insert = new(
        """
        INSERT INTO "AuditEvents" ("Id", "At", "Type", "Outcome", "Subject", "ClientId", "AgentId", "OrganizationId", "Target", "Reason", "Scope",
            "PolicyId", "CorrelationId", "Detail", "Address", "UserAgent", "Personal", "Writer", "Sequence", "Salt", "Commitment", "Digest", "Hash")
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)
        """);

    public Task AppendAsync(AuditEvent entry, CancellationToken ct)
    {
        var row = AuditEventRow.From(entry);
        return writer.TryWriteAsync(transaction => AppendAsync(transaction, row), ct);
    }

    public Task<bool> TryIssueAsync(Issuance issuance, CancellationToken ct)
    {
        var (useProof, row) = (StoredReplayGuard.UseOf(issuance.Proof), AuditEventRow.From(issuance.Event));
        return writer.TryWriteAsync(async transaction => await useProof(transaction) && await AppendAsync(transaction, row), ct);
    }

    /// <summary>For an event that only the change itself can describe; others are made with <see cref="AuditEventRow.From"/> before it
    /// begins, because on SQLite everybody waits for it.</summary>
    /// <inheritdoc cref="AppendAsync(WriteTransaction, AuditEventRow)"/>
    public static ValueTask<bool> AppendAsync(WriteTransaction transaction, AuditEvent entry) => AppendAsync(transaction, AuditEventRow.From(entry));

    /// <returns>True: the change that it ends has succeeded.</returns>
    public static async ValueTask<bool> AppendAsync(WriteTransaction transaction, AuditEventRow row)
    {
        var place = transaction.Lane.Next(row);
        await transaction.ExecuteAsync(
            Insert, row.Id, row.At, row.Type, row.Outcome, row.Subject, row.ClientId, row.AgentId, row.OrganizationId, row.Target, row.Reason, row.Scope,
            row.PolicyId, row.CorrelationId, row.Detail, row.Address, row.UserAgent, row.Personal, row.Writer, row.Sequence, row.Salt, row.Commitment,
            row.Digest, row.Hash);
        transaction.Lane.Placed(place);
        return true;
    }
}
