using AuthServer.Accounts;
using AuthServer.Data;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using Microsoft.AspNetCore.Identity;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static AuthServer.Tests.Data.Samples;

namespace AuthServer.Tests.Data;

public sealed class SqliteWriterTests(SqliteStore store) : WriterContract(store), IClassFixture<SqliteStore>
{
    private static readonly Statement InsertOrphan = new("""INSERT INTO "OpenIddictTokens" ("Id", "AuthorizationId") VALUES ('orphan', 'nowhere')""");
    private static readonly Statement DeferForeignKeys = new("PRAGMA defer_foreign_keys=ON");
    private static readonly Statement Synchronous = new("PRAGMA synchronous");
    private static readonly Statement JournalMode = new("PRAGMA journal_mode");
    private static readonly Statement ForeignKeys = new("PRAGMA foreign_keys");

    private readonly SqliteStore _store = store;

    private WriteGate Gate => _store.Services.GetRequiredService<WriteGate>();

    [Fact]
    public async Task What_was_answered_is_on_disk()
    {
        for (var i = 0; i < 50; i++)
        {
            var entry = Event();
            await _store.Trail.AppendAsync(entry, default);
            Assert.True(await IsOnDiskAsync(_store, entry));
        }
    }

    [Fact]
    public async Task Commits_wait_for_the_disk_and_foreign_keys_hold_on_every_connection()
    {
        await _store.Writer.TryWriteAsync(
            async transaction =>
            {
                Assert.Equal([2], await transaction.QueryAsync(Synchronous, row => row.GetInt64(0)));
                Assert.Equal(["wal"], await transaction.QueryAsync(JournalMode, row => row.GetString(0)));
                Assert.Equal([1], await transaction.QueryAsync(ForeignKeys, row => row.GetInt64(0)));
                return true;
            },
            default);
        Assert.Equal(2, await _store.QueryAsync(context => context.Database.SqlQueryRaw<long>("SELECT synchronous AS Value FROM pragma_synchronous").SingleAsync()));
        Assert.Equal(1, await _store.QueryAsync(context => context.Database.SqlQueryRaw<long>("SELECT foreign_keys AS Value FROM pragma_foreign_keys").SingleAsync()));
    }

    [Fact]
    public async Task A_failed_commit_fails_all_that_were_in_it_and_the_next_one_works()
    {
        // A deferred foreign key fails not at its statement but at the commit.
        var (neighbour, next) = (Event(), Event());
        var answers = await InOneCommitAsync(
            () => _store.Trail.AppendAsync(neighbour, default),
            () => _store.Writer.TryWriteAsync(
                async transaction =>
                {
                    await transaction.ExecuteAsync(DeferForeignKeys);
                    return await transaction.ExecuteAsync(InsertOrphan) == 1;
                },
                default));

        Assert.All(answers, answer => Assert.IsType<SqliteException>(answer));
        await _store.Trail.AppendAsync(next, default);
        Assert.False(await IsOnDiskAsync(_store, neighbour));
        Assert.True(await IsOnDiskAsync(_store, next));
    }

    [Fact]
    public async Task A_caller_who_leaves_the_queue_writes_nothing_and_its_neighbour_does()
    {
        var (left, stayed) = (Event(), Event());
        using var leaving = new CancellationTokenSource();
        var answers = await InOneCommitAsync(
            () =>
            {
                var waiting = _store.Trail.AppendAsync(left, leaving.Token);
                leaving.Cancel();
                return waiting;
            },
            () => _store.Trail.AppendAsync(stayed, default));

        Assert.IsAssignableFrom<OperationCanceledException>(answers[0]);
        Assert.Null(answers[1]);
        Assert.False(await IsOnDiskAsync(_store, left));
        Assert.True(await IsOnDiskAsync(_store, stayed));
    }

    [Fact]
    public async Task The_end_of_the_process_waits_for_what_is_queued_and_takes_no_more()
    {
        var ending = new SqliteStore();
        await ending.InitializeAsync();
        try
        {
            var events = Enumerable.Range(0, 200).Select(_ => Event()).ToArray();
            var gate = ending.Services.GetRequiredService<WriteGate>();
            await gate.EnterAsync(default);
            var waiting = events.Select(entry => ending.Trail.AppendAsync(entry, default)).ToArray();
            var (writer, trail) = ((IDisposable)ending.Writer, ending.Trail);
            var closing = Task.Run(writer.Dispose);
            gate.Leave();

            await Task.WhenAll(waiting);
            await closing;

            Assert.True(await IsOnDiskAsync(ending, events));
            await Assert.ThrowsAsync<ObjectDisposedException>(() => trail.AppendAsync(Event(), default));
        }
        finally
        {
            await ending.DisposeAsync();
        }
    }

    [Fact]
    public async Task What_Identity_saves_passes_the_gate()
    {
        await using var scope = _store.Services.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<User>>();
        await Gate.EnterAsync(default);
        var creating = users.CreateAsync(new User { UserName = "ada" });

        // SQLite itself is free, so that whoever does not wait here is through by now.
        await using (var connection = await ConnectAsync(_store))
        await using (var command = new SqliteCommand("BEGIN IMMEDIATE; ROLLBACK", connection))
        {
            await command.ExecuteNonQueryAsync();
        }

        Assert.False(creating.IsCompleted);
        Gate.Leave();
        Assert.True((await creating).Succeeded);
    }

    [Fact]
    public async Task Bulk_statements_and_transactions_pass_the_gate()
    {
        await using var one = _store.NewContext();
        await using var other = _store.NewContext();
        await Gate.EnterAsync(default);
        var (deleting, beginning) = (one.UsedHandles.ExecuteDeleteAsync(), other.Database.BeginTransactionAsync());
        Assert.False(deleting.IsCompleted);
        Assert.False(beginning.IsCompleted);
        Gate.Leave();
        await deleting;
        await (await beginning).DisposeAsync();
        await _store.Trail.AppendAsync(Event(), default);
    }

    [Fact]
    public async Task A_bulk_statement_that_fails_or_whose_caller_leaves_the_queue_keeps_nobody_out()
    {
        await using var context = _store.NewContext();
        await Assert.ThrowsAsync<SqliteException>(() => context.Database.ExecuteSqlRawAsync("INSERT INTO nowhere VALUES (1)"));

        using var leaving = new CancellationTokenSource();
        await Gate.EnterAsync(default);
        var deleting = context.UsedHandles.ExecuteDeleteAsync(leaving.Token);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => deleting);
        Gate.Leave();

        await _store.Trail.AppendAsync(Event(), default);
        await context.UsedHandles.ExecuteDeleteAsync();
    }

    [Fact]
    public async Task Nothing_is_written_synchronously()
    {
        await using var context = _store.NewContext();
        Assert.Throws<NotSupportedException>(() => context.SaveChanges());
        Assert.Throws<NotSupportedException>(() => context.UsedHandles.ExecuteDelete());
        Assert.Throws<NotSupportedException>(() => context.Database.BeginTransaction());
    }

    private static async Task<SqliteConnection> ConnectAsync(SqliteStore store)
    {
        var connection = new SqliteConnection($"Data Source={store.File};Pooling=false");
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>Asks on a connection that has nothing to do with the server's.</summary>
    private static async Task<bool> IsOnDiskAsync(SqliteStore store, params AuditEvent[] entries)
    {
        await using var connection = await ConnectAsync(store);
        await using var command = new SqliteCommand("SELECT count(*) FROM AuditEvents WHERE Id = $1", connection);
        var id = command.Parameters.Add("$1", SqliteType.Text);
        foreach (var entry in entries)
        {
            id.Value = entry.Id;
            if ((long?)await command.ExecuteScalarAsync() != 1)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>What each threw, or null. While the writer is busy with an earlier commit, these gather for the next.</summary>
    private async Task<Exception?[]> InOneCommitAsync(params Func<Task>[] changes)
    {
        using var free = new ManualResetEventSlim();
        var busy = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var first = _store.Writer.TryWriteAsync(
            _ =>
            {
                busy.SetResult();
                free.Wait();
                return new(true);
            },
            default);
        await busy.Task;
        var waiting = changes.Select(change => change()).ToArray();
        free.Set();
        await first;
        return await Task.WhenAll(waiting.Select(change => Record.ExceptionAsync(() => change)));
    }
}
