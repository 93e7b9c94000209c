using System.Data;
using System.Runtime.CompilerServices;
using AuthServer.Audit.Chain;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using Npgsql;

namespace AuthServer.Data;

/// <summary>The trail in PostgreSQL.</summary>
internal sealed class PostgreSqlTrail(NpgsqlDataSource source) : ITrailSnapshots
{
    public async Task<ITrailSnapshot> OpenAsync(CancellationToken ct)
    {
        var connection = await source.OpenConnectionAsync(ct);
        try
        {
            return new Snapshot(connection, await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct));
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private sealed class Snapshot(NpgsqlConnection connection, NpgsqlTransaction transaction) : ITrailSnapshot
    {
        private static readonly string Select = TrailColumns.Select("\"Writer\" COLLATE \"C\", \"Sequence\"");

        public async Task<IReadOnlyList<StoredCheckpoint>> CheckpointsAsync(CancellationToken ct)
        {
            await using var command = new NpgsqlCommand("""SELECT "Id", "Node", "Token" FROM "AuditCheckpoints" """, connection, transaction);
            await using var rows = await command.ExecuteReaderAsync(ct);
            List<StoredCheckpoint> list = [];
            while (await rows.ReadAsync(ct))
            {
                list.Add(StoredCheckpoints.Read(rows));
            }

            return list;
        }

        public async IAsyncEnumerable<StoredEvent> EventsAsync([EnumeratorCancellation] CancellationToken ct)
        {
            // However long the sorting takes.
            await using var command = new NpgsqlCommand(Select, connection, transaction) { CommandTimeout = 0 };
            await using var rows = await command.ExecuteReaderAsync(ct);
            var stored = new StoredEvent();
            while (await rows.ReadAsync(ct))
            {
                Read(rows, stored);
                yield return stored;
            }
        }

        public async ValueTask DisposeAsync()
        {
            await transaction.DisposeAsync();
            await connection.DisposeAsync();
        }

        private static void Read(NpgsqlDataReader row, StoredEvent stored)
        {
            stored.Clear();
            var type = row.GetString(TrailColumns.Type);
            (stored.IsStub, stored.IsRemoval) = (type.Length == 0, type == AuditEventTypes.UserRemoved);
            stored.At = row.GetDateTime(TrailColumns.At);
            for (var i = 0; i < TrailColumns.Personal; i++)
            {
                if (i == TrailColumns.At)
                {
                    stored.Content.Add(EventDigest.Instant(stored.At));
                    continue;
                }

                var value = Text(row, i);
                stored.Content.Add(value);
                stored.HasContent |= i > TrailColumns.At && !string.IsNullOrEmpty(value);
            }

            Read(row, TrailColumns.Salt, stored.Salt);
            stored.Personal.Add(stored.Salt.Value);
            for (var i = TrailColumns.Personal; i < TrailColumns.Writer; i++)
            {
                var value = Text(row, i);
                stored.Personal.Add(value);
                stored.HasPersonal |= value is not null;
            }

            stored.Id.SetText(row.GetString(0));
            stored.IdMilliseconds = Identifiers.MillisecondsOf("aud_"u8, stored.Id.Value);
            stored.Subject.SetText(Text(row, TrailColumns.Subject) ?? "");
            stored.Writer.SetText(row.GetString(TrailColumns.Writer));
            stored.Sequence = row.GetInt64(TrailColumns.Sequence);
            Read(row, TrailColumns.Commitment, stored.Commitment);
            Read(row, TrailColumns.Digest, stored.Digest);
            Read(row, TrailColumns.Hash, stored.Hash);
        }

        private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

        private static void Read(NpgsqlDataReader row, int column, Octets value)
        {
            if (row.IsDBNull(column))
            {
                value.SetNull();
            }
            else
            {
                value.Set(row.GetFieldValue<byte[]>(column));
            }
        }
    }
}
