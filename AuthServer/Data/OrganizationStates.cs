using AuthServer.Protocol.State;

namespace AuthServer.Data;

/// <summary>Stops an organization as a whole, and lets it go on: the row, the end of all its tokens and of what its agents were approved, and the event, in one commit.</summary>
public sealed class OrganizationStates(StoredFamilies families)
{
    // Closed is what nobody is in, and nobody can still claim.
    private const string IsOpen =
        """AND (EXISTS (SELECT 1 FROM "Members" WHERE "OrganizationId" = $1) OR EXISTS (SELECT 1 FROM "AgentClaims" WHERE "OrganizationId" = $1))""";

    private static readonly Statement Suspend = new($"""UPDATE "Organizations" SET "SuspendedAt" = $2, "Version" = $3 WHERE "Id" = $1 AND "SuspendedAt" IS NULL {IsOpen}""");

    private static readonly Statement Resume = new($"""UPDATE "Organizations" SET "SuspendedAt" = NULL, "Version" = $2 WHERE "Id" = $1 AND "SuspendedAt" IS NOT NULL {IsOpen}""");

    /// <summary>False: it is suspended already, closed, or gone.</summary>
    public Task<bool> TrySuspendAsync(string organizationId, AuditEvent why, CancellationToken ct) => families.WriteAsync(
        async transaction =>
        {
            await transaction.LockAsync(organizationId);
            if (await transaction.ExecuteAsync(Suspend, organizationId, why.At, TokenRow.NewConcurrencyToken()) != 1)
            {
                return null;
            }

            await ApprovalChanges.EndOfOrganizationAsync(transaction, organizationId, why.At);
            return await families.EndSubjectAsync(transaction, organizationId, why.At, why.At);
        },
        why,
        ct);

    /// <summary>No token and no approval comes back. False: it is not suspended, or closed.</summary>
    public Task<bool> TryResumeAsync(string organizationId, AuditEvent why, CancellationToken ct) => families.WriteAsync(
        async transaction =>
        {
            await transaction.LockAsync(organizationId);
            return await transaction.ExecuteAsync(Resume, organizationId, TokenRow.NewConcurrencyToken()) == 1 ? [] : null;
        },
        why,
        ct);
}
