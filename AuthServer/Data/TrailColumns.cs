using System.Globalization;
using System.Text;
using AuthServer.Audit;
using AuthServer.Audit.Chain;

namespace AuthServer.Data;

/// <summary>Which columns are read to verify an event, in the order that both databases' readers count on.</summary>
internal static class TrailColumns
{
    public const int At = 1;
    public const int Type = 2;
    public const int Outcome = 3;
    public const int Subject = 4;

    /// <summary>Where the personal values begin; before them stand the columns of the digest.</summary>
    public static readonly int Personal = EventDigest.Columns.Count;

    public static readonly int Writer = Personal + EventDigest.PersonalColumns.Count;

    public static readonly int Sequence = Writer + 1;

    public static readonly int Salt = Sequence + 1;

    public static readonly int Commitment = Salt + 1;

    public static readonly int Digest = Commitment + 1;

    public static readonly int Hash = Digest + 1;

    private static readonly CompositeFormat SelectFormat = CompositeFormat.Parse("SELECT {0} FROM \"AuditEvents\" ORDER BY {1}");

    public static string Select(string order) => string.Format(
        CultureInfo.InvariantCulture,
        SelectFormat,
        string.Join(", ", EventDigest.Columns.Concat(EventDigest.PersonalColumns)
            .Concat([nameof(AuditEventRow.Writer), nameof(AuditEventRow.Sequence), nameof(AuditEventRow.Salt), nameof(AuditEventRow.Commitment)])
            .Concat([nameof(AuditEventRow.Digest), nameof(AuditEventRow.Hash)])
            .Select(name => $"\"{name}\"")),
        order);
}
