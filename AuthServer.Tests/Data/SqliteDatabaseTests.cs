using AuthServer.Data;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static AuthServer.Tests.Data.Samples;

namespace AuthServer.Tests.Data;

/// <summary>The file, its start, and the gate before it.</summary>
public sealed class SqliteDatabaseTests(SqliteStore store) : IClassFixture<SqliteStore>
{
    [Fact]
    public async Task Only_the_first_start_says_that_it_made_the_database()
    {
        Assert.True(store.Created);
        Assert.False(await store.Services.GetRequiredService<DatabaseStart>().MigrateAsync(default));
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

    [Theory]
    [InlineData("Data Source=:memory:")]
    [InlineData("Data Source=shared;Mode=Memory;Cache=Shared")]
    [InlineData("Foreign Keys=true")]
    public void A_database_that_is_no_file_is_refused(string connectionString) =>
        Assert.Throws<ArgumentException>(() => DatabaseStore.Provide(DatabaseSettings.Sqlite, connectionString, store.Home));

    [Fact]
    public async Task Contexts_wait_while_the_writer_writes()
    {
        TaskCompletionSource begun = new(), hold = new();
        var holding = store.Writer.TryWriteAsync(
            async _ =>
            {
                begun.SetResult();
                await hold.Task;
                return true;
            },
            default);
        await begun.Task;
        var saving = store.QueryAsync(context =>
        {
            context.UsedHandles.Add(new UsedHandleRow { Handle = Guid.NewGuid().ToString(), ExpiresAt = Now });
            return context.SaveChangesAsync();
        });
        var deleting = store.QueryAsync(context => context.UsedHandles.Where(row => row.Handle == "none").ExecuteDeleteAsync());
        await Task.Delay(50);
        Assert.False(saving.IsCompleted || deleting.IsCompleted);
        hold.SetResult();
        await Task.WhenAll(holding, saving, deleting);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_transaction_that_is_given_up_lets_the_next_writer_in(bool onAnOpenConnection)
    {
        await store.QueryAsync(async context =>
        {
            if (onAnOpenConnection)
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
    public async Task A_context_that_left_its_connection_open_does_not_keep_the_next_ones_in_the_gate()
    {
        await store.QueryAsync(async context =>
        {
            await context.Database.OpenConnectionAsync();
            return true;
        });
        for (var i = 0; i < 3; i++)
        {
            await store.QueryAsync(async context =>
            {
                await using var transaction = await context.Database.BeginTransactionAsync();
                await transaction.CommitAsync();
                await store.Trail.AppendAsync(Event(), default);
                return true;
            });
        }
    }
}
