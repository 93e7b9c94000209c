using System.Runtime.InteropServices;
using AuthServer.Data;
using AuthServer.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static AuthServer.Tests.Data.Samples;

namespace AuthServer.Tests.Data;

public sealed class SqliteDatabaseTests(SqliteStore store) : DatabaseContract(store), IClassFixture<SqliteStore>
{
    private static readonly Statement InsertHandle = new("""INSERT INTO "UsedHandles" ("Handle", "ExpiresAt") VALUES ($1, $2)""");
    private static readonly Statement DeferForeignKeys = new("PRAGMA defer_foreign_keys=ON");
    private static readonly Statement InsertOrphan = new("""INSERT INTO "ClientOrigins" ("Origin", "ApplicationId") VALUES ('https://x', 'nobody')""");

    private delegate IntPtr LibraryVersion();

    [Fact]
    public void The_systems_library_serves_where_there_is_one()
    {
        if (!NativeLibrary.TryLoad("libsqlite3.so.0", out var library))
        {
            return;
        }

        var version = Marshal.GetDelegateForFunctionPointer<LibraryVersion>(NativeLibrary.GetExport(library, "sqlite3_libversion"));
        Assert.Equal(Marshal.PtrToStringUTF8(version()), SQLitePCL.raw.sqlite3_libversion().utf8_to_string());
    }

    [Fact]
    public void A_relative_path_is_relative_to_the_home_folder_and_nobody_else_may_read_the_file()
    {
        Assert.True(File.Exists(store.File));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(store.File));
        }
    }

    [Fact]
    public void A_database_in_memory_is_refused() =>
        Assert.Throws<ArgumentException>(() => DatabaseStore.Provide(DatabaseSettings.Sqlite, "Data Source=:memory:", store.Home));

    [Theory]
    [InlineData("journal_mode", "wal")]
    [InlineData("synchronous", "2")]
    [InlineData("foreign_keys", "1")]
    [InlineData("busy_timeout", "5000")]
    public async Task Connections_are_durable_and_strict(string pragma, string value)
    {
        Assert.Equal(value, await store.QueryAsync(async context =>
        {
            await context.Database.OpenConnectionAsync();
            await using var command = context.Database.GetDbConnection().CreateCommand();
            command.CommandText = "PRAGMA " + pragma;
            return (await command.ExecuteScalarAsync())!.ToString();
        }));
    }

    [Fact]
    public async Task What_was_answered_is_on_disk()
    {
        var entry = Event();
        await store.Trail.AppendAsync(entry, default);
        await using var other = new SqliteConnection($"Data Source={store.File};Mode=ReadOnly;Pooling=false");
        await other.OpenAsync();
        await using var command = other.CreateCommand();
        command.CommandText = """SELECT COUNT(*) FROM "AuditEvents" WHERE "Id" = $id""";
        command.Parameters.AddWithValue("$id", entry.Id);
        Assert.Equal(1L, await command.ExecuteScalarAsync());
    }

    [Fact]
    public async Task A_commit_that_fails_fails_everybody_in_it_and_nobody_after()
    {
        var (handle, hold) = (Guid.NewGuid().ToString(), new TaskCompletionSource());
        var holding = store.Writer.TryWriteAsync(
            async _ =>
            {
                await hold.Task;
                return true;
            },
            default);

        // The holder may have been taken alone; the next two are taken together.
        await Task.Delay(50);
        var neighbour = store.Writer.TryWriteAsync(async transaction => await transaction.ExecuteAsync(InsertHandle, handle, Now) == 1, default);
        var breaker = store.Writer.TryWriteAsync(
            async transaction =>
            {
                await transaction.ExecuteAsync(DeferForeignKeys);
                return await transaction.ExecuteAsync(InsertOrphan) == 1;
            },
            default);
        hold.SetResult();
        await holding;
        await Assert.ThrowsAsync<SqliteException>(() => neighbour);
        await Assert.ThrowsAsync<SqliteException>(() => breaker);
        Assert.False(await IsStoredAsync(handle));
        await store.Trail.AppendAsync(Event(), default);
    }

    [Fact]
    public async Task Contexts_wait_while_another_writes()
    {
        var hold = new TaskCompletionSource();
        var holding = store.Writer.TryWriteAsync(
            async _ =>
            {
                await hold.Task;
                return true;
            },
            default);
        await Task.Delay(50);
        var saving = store.QueryAsync(context =>
        {
            context.UsedHandles.Add(new UsedHandleRow { Handle = Guid.NewGuid().ToString(), ExpiresAt = Now });
            return context.SaveChangesAsync();
        });
        var deleting = store.QueryAsync(context => context.UsedHandles.Where(row => row.Handle == "none").ExecuteDeleteAsync());
        await Task.Delay(50);
        Assert.False(saving.IsCompleted || deleting.IsCompleted);
        hold.SetResult();
        await holding;
        await saving;
        await deleting;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_transaction_that_is_given_up_lets_the_next_writer_in(bool opened)
    {
        await store.QueryAsync(async context =>
        {
            if (opened)
            {
                await context.Database.OpenConnectionAsync();
            }

            await using var transaction = await context.Database.BeginTransactionAsync();
            var appending = store.Trail.AppendAsync(Event(), default);
            await Task.Delay(50);
            Assert.False(appending.IsCompleted);
            return true;
        });
        await store.Trail.AppendAsync(Event(), default);
    }

    [Fact]
    public async Task Closing_writes_what_waits_and_takes_no_more()
    {
        var home = Directory.CreateTempSubdirectory("authserver-test-").FullName;
        var services = DatabaseStore.Provide(DatabaseSettings.Sqlite, "Data Source=closing.db", home);
        await services.GetRequiredService<DatabaseStart>().MigrateAsync(default);
        var writer = services.GetRequiredService<IDatabaseWriter>();
        var waiting = Enumerable.Range(0, 500).Select(i => writer.TryWriteAsync(
            async transaction => await transaction.ExecuteAsync(InsertHandle, $"h{i}", Now) == 1, default)).ToList();
        await services.DisposeAsync();
        Assert.All(await Task.WhenAll(waiting), Assert.True);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => writer.TryWriteAsync(_ => new(true), default));
        Directory.Delete(home, recursive: true);
    }
}
