using System.Text;
using AuthServer.Audit.Chain;
using SQLitePCL;

namespace AuthServer.Data;

/// <summary>The trail in SQLite, read by the library's own calls: of a million events, none of the many values becomes a string.</summary>
internal sealed class SqliteTrail(SqliteConnections connections) : ITrailSnapshots
{
    public Task<ITrailSnapshot> OpenAsync(CancellationToken ct) => Task.FromResult<ITrailSnapshot>(new Snapshot(connections.File));

    private sealed class Snapshot : ITrailSnapshot
    {
        private const string Checkpoints = """SELECT "Id", "Node", "Token" FROM "AuditCheckpoints" """;

        // The order in which they were stored, which is that of the chains.
        private static readonly string Events = TrailColumns.Select("rowid");

        private readonly sqlite3 _database;

        public Snapshot(string file)
        {
            Batteries_V2.Init();

            // Without a lock around each of the many calls: one reader at a time asks, and finalizes what it has asked.
            Check(raw.sqlite3_open_v2(file, out _database, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_NOMUTEX, null));
            Check(raw.sqlite3_exec(_database, "PRAGMA busy_timeout=5000; BEGIN"));
        }

        public Task<IReadOnlyList<StoredCheckpoint>> CheckpointsAsync(CancellationToken ct) => Task.FromResult<IReadOnlyList<StoredCheckpoint>>(
            [.. Rows(Checkpoints, ct).Select(row => new StoredCheckpoint(Text(row, 0), Text(row, 1), Text(row, 2)))]);

        public IAsyncEnumerable<StoredEvent> EventsAsync(CancellationToken ct)
        {
            var stored = new StoredEvent();
            return Rows(Events, ct).Select(row =>
            {
                SqliteTrailRow.Read(row, stored);
                return stored;
            }).ToAsyncEnumerable();
        }

        public ValueTask DisposeAsync()
        {
            _database.Dispose();
            return default;
        }

        private IEnumerable<sqlite3_stmt> Rows(string sql, CancellationToken ct)
        {
            Check(raw.sqlite3_prepare_v2(_database, sql, out var row));
            using (row)
            {
                while (raw.sqlite3_step(row) is var answer && answer != raw.SQLITE_DONE)
                {
                    Check(answer);
                    ct.ThrowIfCancellationRequested();
                    yield return row;
                }
            }
        }

        private static string Text(sqlite3_stmt row, int column) => Encoding.UTF8.GetString(raw.sqlite3_column_blob(row, column));

        private void Check(int answer)
        {
            if (answer is not (raw.SQLITE_OK or raw.SQLITE_ROW))
            {
                throw new IOException($"The audit trail cannot be read: {raw.sqlite3_errmsg(_database).utf8_to_string()}.");
            }
        }
    }
}
