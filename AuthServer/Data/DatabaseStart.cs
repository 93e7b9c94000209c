using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AuthServer.Data;

/// <summary>Brings the database to this version's shape before anything is served.</summary>
public sealed class DatabaseStart(IDbContextFactory<AuthDbContext> contexts, IServiceProvider services)
{
    // "auth" in ASCII. Two nodes that start at once migrate one after the other, and only one of them made the database.
    private const long MigrationLock = 0x61757468;

    /// <returns>True when the database was made now: the only time when new keys are made without being asked for.</returns>
    public async Task<bool> MigrateAsync(CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        if (services.GetService<SqliteConnections>() is { } sqlite)
        {
            return await MigrateSqliteAsync(context, sqlite, ct);
        }

        await using var held = await services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync(ct);
        await using var take = new NpgsqlCommand("SELECT pg_advisory_lock($1)", held) { Parameters = { new() { Value = MigrationLock } } };
        await take.ExecuteNonQueryAsync(ct);
        try
        {
            return await ApplyAsync(context, ct);
        }
        finally
        {
            await using var release = new NpgsqlCommand("SELECT pg_advisory_unlock($1)", held) { Parameters = { new() { Value = MigrationLock } } };
            await release.ExecuteNonQueryAsync(CancellationToken.None);
        }
    }

    private static async Task<bool> MigrateSqliteAsync(AuthDbContext context, SqliteConnections sqlite, CancellationToken ct)
    {
        CreatePrivately(sqlite.File);
        await using (var connection = sqlite.Open())
        {
            SqliteConnections.UseWriteAheadLog(connection);
        }

        return await ApplyAsync(context, ct);
    }

    private static async Task<bool> ApplyAsync(AuthDbContext context, CancellationToken ct)
    {
        var applied = (await context.Database.GetAppliedMigrationsAsync(ct)).ToHashSet();
        if (context.Database.GetMigrations().All(applied.Contains))
        {
            return false;
        }

        await context.Database.MigrateAsync(ct);
        return applied.Count == 0;
    }

    /// <summary>People's data is nobody else's to read, whatever the umask.</summary>
    private static void CreatePrivately(string file)
    {
        var folder = Path.GetDirectoryName(file)!;
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
            return;
        }

        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        if (!File.Exists(file))
        {
            new FileStream(file, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.ReadWrite,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }).Dispose();
        }
    }
}
