using System.Diagnostics;
using Npgsql;

namespace AuthServer.Tests.Support;

/// <summary>A PostgreSQL of this test run's own, on a socket in a temporary folder. It and its folder go when the run ends, however it ends.</summary>
internal static class PostgreSqlCluster
{
    // The shell waits at its standard input, whose other end is in this process: when that closes, the server stops.
    // Signals that end the run reach the shell too; it must outlive them to tidy up.
    private const string Script =
        """
        dir=$(mktemp -d /tmp/authserver-pg.XXXXXX) || exit 1
        trap 'rm -rf "$dir"' EXIT
        trap '' HUP INT TERM
        "$1/initdb" -D "$dir/data" -U postgres -A trust --no-sync -E UTF8 --locale=C >"$dir/log" 2>&1 || { cat "$dir/log" >&2; exit 1; }
        "$1/postgres" -D "$dir/data" -k "$dir" -c listen_addresses= -c max_connections=300 -c fsync=off -c full_page_writes=off >"$dir/log" 2>&1 </dev/null &
        server=$!
        echo "$dir"
        cat >/dev/null
        kill -QUIT "$server"
        wait "$server"
        """;

    private static readonly Lazy<Task<string>> Started = new(StartAsync);

    // Held, so that the pipe stays open.
    private static Process? s_shell;

    /// <summary>Settings of a server on a new database.</summary>
    public static async Task<(string Key, string Value)[]> SettingsAsync() =>
        [("AuthServer:Database:Provider", "PostgreSql"), ("AuthServer:Database:ConnectionString", await CreateDatabaseAsync())];

    /// <summary>A connection string for a new, empty database.</summary>
    public static async Task<string> CreateDatabaseAsync()
    {
        var cluster = await Started.Value;
        var name = "test_" + Guid.NewGuid().ToString("N");
        await using var source = NpgsqlDataSource.Create(cluster + ";Database=postgres;Pooling=false");
        await using var command = source.CreateCommand($"CREATE DATABASE {name}");
        await command.ExecuteNonQueryAsync();
        return $"{cluster};Database={name};Maximum Pool Size=40";
    }

    private static async Task<string> StartAsync()
    {
        var bin = Binaries();
        var start = new ProcessStartInfo { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };

        // PostgreSQL refuses to run as root.
        string[] command = Environment.UserName == "root" ? ["runuser", "-u", "postgres", "--", "sh"] : ["sh"];
        start.FileName = command[0];
        foreach (var argument in (string[])[.. command[1..], "-c", Script, "sh", bin])
        {
            start.ArgumentList.Add(argument);
        }

        start.WorkingDirectory = "/";
        s_shell = Process.Start(start)!;
        var folder = await s_shell.StandardOutput.ReadLineAsync()
            ?? throw new InvalidOperationException("PostgreSQL did not start: " + await s_shell.StandardError.ReadToEndAsync());
        var cluster = $"Host={folder};Username=postgres";
        await ReadyAsync(cluster);
        return cluster;
    }

    private static async Task ReadyAsync(string cluster)
    {
        await using var source = NpgsqlDataSource.Create(cluster + ";Database=postgres;Pooling=false");
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var connection = await source.OpenConnectionAsync();
                return;
            }
            catch (NpgsqlException) when (attempt < 300)
            {
                await Task.Delay(100);
            }
        }
    }

    private static string Binaries()
    {
        var installed = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin"))
            : [];
        var named = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return installed.OrderDescending().Concat(named).FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")))
            ?? throw new InvalidOperationException("The tests need PostgreSQL: install the package postgresql.");
    }
}
