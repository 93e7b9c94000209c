using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace AuthServer.Data;

/// <summary>How every connection to SQLite is opened, EF's included: durable commits, foreign keys, patience, capitals of every letter.</summary>
internal sealed class SqliteConnections : DbConnectionInterceptor
{
    // FULL: a commit that was answered survives a power cut.
    private const string Pragmas = "PRAGMA busy_timeout=5000; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;";

    // For connections that stay open; and closing one must end its transaction, not hand it to the next who opens.
    private readonly string _unpooled;

    public SqliteConnections(DatabaseSettings settings)
    {
        var parts = new SqliteConnectionStringBuilder(settings.ConnectionString);
        if (parts.Mode == SqliteOpenMode.Memory || parts.DataSource is "" or ":memory:" || parts.DataSource.StartsWith("file:", StringComparison.Ordinal))
        {
            throw new ArgumentException("The SQLite database has to be a file: AuthServer:Database:ConnectionString is 'Data Source=<path>'.");
        }

        parts.DataSource = File = Path.GetFullPath(parts.DataSource, settings.Home);
        ConnectionString = parts.ConnectionString;
        parts.Pooling = false;
        _unpooled = parts.ConnectionString;
    }

    /// <summary>The database's absolute path.</summary>
    public string File { get; }

    /// <summary>EF's.</summary>
    public string ConnectionString { get; }

    public SqliteConnection Open()
    {
        var connection = new SqliteConnection(_unpooled);
        try
        {
            connection.Open();
            Prepare(connection);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Write-ahead logging lets readers read while the writer writes.</summary>
    public static void UseWriteAheadLog(DbConnection connection) => Run(connection, "PRAGMA journal_mode=WAL;");

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Prepare(connection);

    public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Prepare(connection);
        return Task.CompletedTask;
    }

    private static void Prepare(DbConnection connection)
    {
        // SQLite's own knows the letters of ASCII alone, and would tell "ü" from "Ü".
        ((SqliteConnection)connection).CreateFunction<string?, string?>("upper", text => text?.ToUpperInvariant(), isDeterministic: true);
        Run(connection, Pragmas);
    }

    private static void Run(DbConnection connection, string pragmas)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // constants
        command.CommandText = pragmas;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
