using System.Text;
using AuthServer.Audit.Chain;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using SQLitePCL;

namespace AuthServer.Data;

/// <summary>A row of the trail, from SQLite's memory into the verifier's.</summary>
internal static class SqliteTrailRow
{
    private static readonly byte[] Removal = Encoding.UTF8.GetBytes(AuditEventTypes.UserRemoved);

    public static void Read(sqlite3_stmt row, StoredEvent stored)
    {
        stored.Clear();
        ReadContent(row, stored);
        Read(row, TrailColumns.Salt, stored.Salt);
        stored.Personal.Add(stored.Salt.Value);
        for (var i = TrailColumns.Personal; i < TrailColumns.Writer; i++)
        {
            var isThere = TryValue(row, i, out var value);
            stored.HasPersonal |= isThere;
            Add(isThere, value, stored.Personal);
        }

        Read(row, 0, stored.Id);
        stored.IdMilliseconds = Identifiers.MillisecondsOf("aud_"u8, stored.Id.Value);
        Read(row, TrailColumns.Writer, stored.Writer);
        stored.Sequence = raw.sqlite3_column_int64(row, TrailColumns.Sequence);
        Read(row, TrailColumns.Commitment, stored.Commitment);
        Read(row, TrailColumns.Digest, stored.Digest);
        Read(row, TrailColumns.Hash, stored.Hash);
    }

    private static void ReadContent(sqlite3_stmt row, StoredEvent stored)
    {
        for (var i = 0; i < TrailColumns.Personal; i++)
        {
            var isThere = TryValue(row, i, out var value);
            if (i == TrailColumns.At)
            {
                stored.At = SqliteInstant.Parse(value);
                stored.Content.Add(EventDigest.Instant(stored.At));
                continue;
            }

            Add(isThere, value, stored.Content);
            stored.HasContent |= i > TrailColumns.At && !value.IsEmpty;
            if (i == TrailColumns.Type)
            {
                (stored.IsStub, stored.IsRemoval) = (value.IsEmpty, value.SequenceEqual(Removal));
            }
            else if (i == TrailColumns.Subject)
            {
                Set(isThere, value, stored.Subject);
            }
        }
    }

    private static void Read(sqlite3_stmt row, int column, Octets octets) => Set(TryValue(row, column, out var value), value, octets);

    /// <summary>False for null. Each call of the library has its price, and most values are there: only an empty one is asked what it is.</summary>
    private static bool TryValue(sqlite3_stmt row, int column, out ReadOnlySpan<byte> value)
    {
        value = raw.sqlite3_column_blob(row, column);
        return !value.IsEmpty || raw.sqlite3_column_type(row, column) != raw.SQLITE_NULL;
    }

    private static void Add(bool isThere, ReadOnlySpan<byte> value, LengthPrefixed values)
    {
        if (isThere)
        {
            values.Add(value);
        }
        else
        {
            values.AddNull();
        }
    }

    private static void Set(bool isThere, ReadOnlySpan<byte> value, Octets octets)
    {
        if (isThere)
        {
            octets.Set(value);
        }
        else
        {
            octets.SetNull();
        }
    }
}
