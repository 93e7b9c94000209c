using System.Security.Cryptography;

namespace AuthServer.Audit.Chain;

/// <summary>What an event's place in its chain depends on: every column. Personal values enter by a salted commitment, so that they and
/// the salt can be erased while the digest goes on to verify.</summary>
public static class EventDigest
{
    public const int SaltLength = 16;

    /// <summary>The columns of the digest in their order; the commitment follows them.</summary>
    public static IReadOnlyList<string> Columns { get; } =
    [
        nameof(AuditEventRow.Id), nameof(AuditEventRow.At), nameof(AuditEventRow.Type), nameof(AuditEventRow.Outcome), nameof(AuditEventRow.Subject),
        nameof(AuditEventRow.ClientId), nameof(AuditEventRow.AgentId), nameof(AuditEventRow.OrganizationId), nameof(AuditEventRow.Target),
        nameof(AuditEventRow.Reason), nameof(AuditEventRow.Scope), nameof(AuditEventRow.PolicyId), nameof(AuditEventRow.CorrelationId),
        nameof(AuditEventRow.Detail),
    ];

    /// <summary>The columns of the commitment in their order; the salt comes before them.</summary>
    public static IReadOnlyList<string> PersonalColumns { get; } =
        [nameof(AuditEventRow.Address), nameof(AuditEventRow.UserAgent), nameof(AuditEventRow.Personal)];

    [field: ThreadStatic]
    private static LengthPrefixed Values => field ??= new();

    /// <summary>Null where the event has no personal value.</summary>
    public static byte[]? Commitment(AuditEventRow row, byte[] salt)
    {
        if (row.Address is null && row.UserAgent is null && row.Personal is null)
        {
            return null;
        }

        var values = Values;
        values.Clear();
        values.Add(salt);
        values.Add(row.Address);
        values.Add(row.UserAgent);
        values.Add(row.Personal);
        return Hash(values);
    }

    public static byte[] Of(AuditEventRow row)
    {
        var values = Values;
        values.Clear();
        values.Add(row.Id);
        values.Add(Instant(row.At.UtcDateTime));
        values.Add(row.Type);
        values.Add(row.Outcome);
        values.Add(row.Subject);
        values.Add(row.ClientId);
        values.Add(row.AgentId);
        values.Add(row.OrganizationId);
        values.Add(row.Target);
        values.Add(row.Reason);
        values.Add(row.Scope);
        values.Add(row.PolicyId);
        values.Add(row.CorrelationId);
        values.Add(row.Detail);
        AddCommitment(values, row.Commitment);
        return Hash(values);
    }

    /// <param name="commitment">Empty where there is none.</param>
    public static void AddCommitment(LengthPrefixed values, ReadOnlySpan<byte> commitment)
    {
        if (commitment.IsEmpty)
        {
            values.AddNull();
        }
        else
        {
            values.Add(commitment);
        }
    }

    /// <summary>How a time enters the digest: 100 ns since the year 1.</summary>
    public static long Instant(DateTime utc) => utc.Ticks;

    private static byte[] Hash(LengthPrefixed values)
    {
        var hash = new byte[SHA256.HashSizeInBytes];
        values.Hash(hash);
        return hash;
    }
}
