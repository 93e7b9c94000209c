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
            stored.HasPersonal |= Add(row, i, stored.Personal);
        }

        Read(row, 0, stored.Id);
        stored.IdMilliseconds = Identifiers.MillisecondsOf("aud_"u8, stored.Id.Value);
        Read(row, TrailColumns.Subject, stored.Subject);
        Read(row, TrailColumns.Writer, stored.Writer);
        stored.Sequence = raw.sqlite3_column_int64(row, TrailColumns.Sequence);
        Read(row, TrailColumns.Commitment, stored.Commitment);
        Read(row, TrailColumns.Digest, stored.Digest);
        Read(row, TrailColumns.Hash, stored.Hash);
    }

    private static void ReadContent(sqlite3_stmt row, StoredEvent stored)
    {
        var type = raw.sqlite3_column_blob(row, TrailColumns.Type);
        (stored.IsStub, stored.IsRemoval) = (type.IsEmpty, type.SequenceEqual(Removal));
        stored.At = SqliteInstant.Parse(raw.sqlite3_column_blob(row, TrailColumns.At));
        for (var i = 0; i < TrailColumns.Personal; i++)
        {
            if (i == TrailColumns.At)
            {
                stored.Content.Add(EventDigest.Instant(stored.At));
            }
            else if (Add(row, i, stored.Content) && i > TrailColumns.At)
            {
                stored.HasContent |= !raw.sqlite3_column_blob(row, i).IsEmpty;
            }
        }
    }

    private static bool Add(sqlite3_stmt row, int column, LengthPrefixed values)
    {
        if (raw.sqlite3_column_type(row, column) == raw.SQLITE_NULL)
        {
            values.AddNull();
            return false;
        }

        values.Add(raw.sqlite3_column_blob(row, column));
        return true;
    }

    private static void Read(sqlite3_stmt row, int column, Octets value)
    {
        if (raw.sqlite3_column_type(row, column) == raw.SQLITE_NULL)
        {
            value.SetNull();
        }
        else
        {
            value.Set(raw.sqlite3_column_blob(row, column));
        }
    }
}
