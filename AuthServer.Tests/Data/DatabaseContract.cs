using AuthServer.Accounts;
using AuthServer.Data;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static AuthServer.Tests.Data.Samples;

namespace AuthServer.Tests.Data;

/// <summary>What holds for writing to either database, beyond the ports.</summary>
public abstract class DatabaseContract(DatabaseStore store)
{
    private static readonly Statement InsertHandle = new("""INSERT INTO "UsedHandles" ("Handle", "ExpiresAt") VALUES ($1, $2)""");

    [Fact]
    public void The_start_says_that_it_made_the_database() => Assert.True(store.Created);

    [Fact]
    public async Task A_second_start_finds_the_database_made() =>
        Assert.False(await store.Services.GetRequiredService<DatabaseStart>().MigrateAsync(default));

    [Fact]
    public async Task A_change_and_its_event_commit_together()
    {
        var (taken, code) = (Event(), await CodeAsync(store));
        await store.Trail.AppendAsync(taken, default);
        var issuance = new Issuance(taken, Token(code.Rights));
        await Assert.ThrowsAnyAsync<Exception>(() => store.Codes.TryRedeemAsync(code, Family(code), issuance, default));
        Assert.Equal(TokenStatus.Valid, (await store.Codes.FindAsync(code.ReferenceId, default))!.Status);
        Assert.Null(await store.RefreshTokens.FindAsync(issuance.RefreshToken!.ReferenceId, default));
        Assert.True(await store.Codes.TryRedeemAsync(code, Family(code), Issuance(code.Rights), default));
    }

    [Fact]
    public async Task A_change_that_fails_sinks_no_neighbour_and_only_its_caller_hears_of_it()
    {
        var handles = Enumerable.Range(0, 100).Select(_ => Guid.NewGuid().ToString()).ToList();
        var hold = new TaskCompletionSource();
        var holding = store.Writer.TryWriteAsync(
            async _ =>
            {
                await hold.Task;
                return true;
            },
            default);
        var waiting = handles.Select((handle, i) => store.Writer.TryWriteAsync(
            async transaction =>
            {
                await transaction.ExecuteAsync(InsertHandle, handle, Now);
                return (i % 10) switch { 3 => throw new InvalidDataException(handle), 7 => false, _ => true };
            },
            default)).ToList();
        hold.SetResult();
        await holding;

        for (var i = 0; i < waiting.Count; i++)
        {
            if (i % 10 == 3)
            {
                Assert.Equal(handles[i], (await Assert.ThrowsAsync<InvalidDataException>(() => waiting[i])).Message);
            }
            else
            {
                Assert.Equal(i % 10 != 7, await waiting[i]);
            }

            Assert.Equal(i % 10 is not (3 or 7), await IsStoredAsync(handles[i]));
        }
    }

    [Fact]
    public async Task A_caller_who_left_before_the_change_began_changes_nothing()
    {
        using var left = new CancellationTokenSource();
        await left.CancelAsync();
        var handle = Guid.NewGuid().ToString();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.Writer.TryWriteAsync(
            async transaction => await transaction.ExecuteAsync(InsertHandle, handle, Now) == 1, left.Token));
        Assert.False(await IsStoredAsync(handle));
    }

    [Fact]
    public async Task A_caller_who_leaves_after_the_change_began_still_gets_its_answer()
    {
        using var leaving = new CancellationTokenSource();
        var handle = Guid.NewGuid().ToString();
        Assert.True(await store.Writer.TryWriteAsync(
            async transaction =>
            {
                await leaving.CancelAsync();
                return await transaction.ExecuteAsync(InsertHandle, handle, Now) == 1;
            },
            leaving.Token));
        Assert.True(await IsStoredAsync(handle));
    }

    [Fact]
    public async Task Times_of_the_writer_and_of_the_context_are_the_same()
    {
        var entry = Event();
        await store.Trail.AppendAsync(entry, default);
        Assert.True(await store.QueryAsync(context => context.AuditEvents.AnyAsync(row => row.Id == entry.Id && row.At == Now)));
        Assert.Equal(Now, await store.QueryAsync(context => context.AuditEvents.Where(row => row.Id == entry.Id).Select(row => row.At).SingleAsync()));
    }

    [Fact]
    public async Task Saving_is_asynchronous() =>
        await store.QueryAsync(context => Task.FromResult(Assert.Throws<NotSupportedException>(() => context.SaveChanges())));

    [Fact]
    public async Task People_are_saved_while_the_writer_is_busy()
    {
        using var done = new CancellationTokenSource();
        var busy = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                await store.Trail.AppendAsync(Event(), default);
            }
        })).ToList();
        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(async () =>
        {
            await using var context = await store.Services.GetRequiredService<IDbContextFactory<AuthDbContext>>().CreateDbContextAsync();
            using var people = new UserOnlyStore<User, AuthDbContext>(context);
            var id = Identifiers.New("usr_", Now);
            Assert.True((await people.CreateAsync(new User { Id = id, UserName = id, CreatedAt = Now, UpdatedAt = Now })).Succeeded);
        })));
        await done.CancelAsync();
        await Task.WhenAll(busy);
    }

    [Fact]
    public async Task Many_mixed_writers_do_not_get_in_each_others_way()
    {
        await Task.WhenAll(Enumerable.Range(0, 32).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < 20; i++)
            {
                await WriteAsync(writer % 4);
            }
        })));
    }

    protected Task<bool> IsStoredAsync(string handle) => store.QueryAsync(context => context.UsedHandles.AnyAsync(row => row.Handle == handle));

    private Task WriteAsync(int kind) => kind switch
    {
        0 => store.Trail.AppendAsync(Event(), default),
        1 => RedeemedAsync(store),
        2 => store.QueryAsync(context => context.UsedHandles.Where(row => row.Handle == "none").ExecuteDeleteAsync()),
        _ => store.QueryAsync(async context =>
        {
            await using var transaction = await context.Database.BeginTransactionAsync();
            context.UsedHandles.Add(new UsedHandleRow { Handle = Guid.NewGuid().ToString(), ExpiresAt = Now });
            await context.SaveChangesAsync();
            await transaction.CommitAsync();
            return true;
        }),
    };
}
