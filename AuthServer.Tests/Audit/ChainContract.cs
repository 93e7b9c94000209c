using AuthServer.Accounts;
using AuthServer.Audit;
using AuthServer.Audit.Chain;
using AuthServer.Data;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Audit;

public sealed class SqliteChainTests : ChainContract
{
    [Fact]
    public async Task All_writers_of_a_process_share_one_chain()
    {
        await Side.AppendAsync(3);
        await AddWithContextAsync();
        Assert.Equal(1, (await Side.SoundAsync()).Chains);
    }

    [Fact]
    public async Task A_failed_commit_leaves_no_gap()
    {
        // A deferred foreign key fails not at its statement but at the commit.
        var writer = Side.Node.GetRequiredService<IDatabaseWriter>();
        await Assert.ThrowsAnyAsync<Exception>(() => writer.TryWriteAsync(
            async transaction =>
            {
                await transaction.ExecuteAsync(new Statement("PRAGMA defer_foreign_keys=ON"));
                await transaction.ExecuteAsync(new Statement("""INSERT INTO "OpenIddictTokens" ("Id", "AuthorizationId") VALUES ('orphan', 'nowhere')"""));
                return await AuditTrail.AppendAsync(transaction, Side.Event());
            },
            default));
        await Side.AppendAsync(2);
        await Side.CheckpointAsync();
        Assert.Equal((1, 0L), (await Side.SoundAsync()) is var report ? (report.Chains, report.Uncovered) : default);
    }

    [Fact]
    public async Task After_a_commit_of_unknown_outcome_a_new_chain_begins_and_the_old_one_ends_where_the_database_says()
    {
        await Side.AppendAsync(2);
        using (var commands = new SqliteCommands(Side.Node.GetRequiredService<SqliteConnections>().Open()))
        {
            // It is stored, and then the connection is lost before the answer.
            var lane = new LaneUse(Side.Node.GetRequiredService<AuditLanes>());
            await AuditTrail.AppendAsync(new SqliteWriteTransaction(commands, lane), Side.Event());
            lane.Fail(new IOException("The disk is away."));
        }

        await Side.AppendAsync(2);
        await Side.CheckpointAsync();
        var report = await Side.SoundAsync();
        Assert.Equal((2, 0L), (report.Chains, report.Uncovered));
        Side.Clock.Advance(2 * CheckpointBook.Lateness);
        await Side.AppendAsync(1);
        await Side.CheckpointAsync();
        await Side.SoundAsync();
    }
}

public sealed class PostgreSqlChainTests : ChainContract
{
    [Fact]
    public async Task A_transaction_that_ends_with_its_connection_leaves_no_gap()
    {
        var writer = Side.Node.GetRequiredService<IDatabaseWriter>();
        await Side.AppendAsync(2);
        await Assert.ThrowsAnyAsync<Exception>(() => writer.TryWriteAsync(
            async transaction =>
            {
                await AuditTrail.AppendAsync(transaction, Side.Event());
                await transaction.ExecuteAsync(new Statement("SELECT pg_terminate_backend(pg_backend_pid())"));
                return true;
            },
            default));
        await Side.AppendAsync(2);
        await Side.CheckpointAsync();
        Assert.Equal(0, (await Side.SoundAsync()).Uncovered);
    }

    [Fact]
    public async Task A_transaction_that_the_database_undoes_at_its_commit_leaves_no_gap()
    {
        var writer = Side.Node.GetRequiredService<IDatabaseWriter>();
        await Side.TamperRawAsync("""ALTER TABLE "UsedHandles" ADD CONSTRAINT late UNIQUE ("ExpiresAt") DEFERRABLE INITIALLY DEFERRED""");
        await Side.Node.GetRequiredService<IReplayGuard>().TryAddAsync("one", Side.Clock.Now, default);
        await Assert.ThrowsAnyAsync<Exception>(() => writer.TryWriteAsync(
            async transaction =>
            {
                await transaction.ExecuteAsync(new Statement("""INSERT INTO "UsedHandles" ("Handle", "ExpiresAt") SELECT 'two', "ExpiresAt" FROM "UsedHandles" """));
                return await AuditTrail.AppendAsync(transaction, Side.Event());
            },
            default));
        Assert.Empty(Side.Node.GetRequiredService<AuditLanes>().Abandoned());
        await Side.AppendAsync(2);
        await Side.SoundAsync();
    }

    protected override async Task<string?> DatabaseAsync() => await PostgreSqlCluster.CreateDatabaseAsync();
}

/// <summary>However events are written, by the batching writer or by contexts, kept or undone: the chains are whole.</summary>
public abstract class ChainContract : IAsyncLifetime
{
    private protected TrailSide Side { get; private set; } = null!;

    private IDatabaseWriter Writer => Side.Node.GetRequiredService<IDatabaseWriter>();

    public async Task InitializeAsync() => Side = await new TrailSide(await DatabaseAsync()).StartAsync();

    public async Task DisposeAsync() => await Side.DisposeAsync();

    [Fact]
    public async Task An_event_says_what_it_was_given()
    {
        var entry = Side.Event() with { At = Side.Clock.Now.AddTicks(7) };
        await Side.Node.GetRequiredService<IAuditTrail>().AppendAsync(entry, default);
        var row = await Side.RowAsync(entry.Id);

        Assert.Equal(Side.Clock.Now, row.At);
        Assert.Equal(
            (entry.Type, entry.Outcome, entry.Subject, entry.ClientId, entry.AgentId, entry.OrganizationId, entry.Target),
            (row.Type, row.Outcome, row.Subject, row.ClientId, row.AgentId, row.OrganizationId, row.Target));
        Assert.Equal(
            (entry.Reason, entry.Scope, entry.PolicyId, entry.CorrelationId, entry.Detail, entry.Address, entry.UserAgent, entry.Personal),
            (row.Reason, row.Scope, row.PolicyId, row.CorrelationId, row.Detail, row.Address, row.UserAgent, row.Personal));
        await Side.SoundAsync();
    }

    [Fact]
    public async Task An_event_of_strange_words_is_stored_and_verifies()
    {
        var entry = Side.Event() with
        {
            Subject = "\0\ud800x\udc00",
            Target = new string('a', 399) + "\U0001F511",
            Reason = "",
            UserAgent = new string('é', 5000),
            Scope = null,
            Personal = null,
        };
        await Side.Node.GetRequiredService<IAuditTrail>().AppendAsync(entry, default);
        var row = await Side.RowAsync(entry.Id);
        Assert.Equal(("��x�", 400, 200, ""), (row.Subject, row.Target!.Length, row.UserAgent!.Length, row.Reason));
        await Side.SoundAsync();
    }

    [Fact]
    public async Task An_event_without_personal_values_has_no_salt_and_cannot_be_given_any()
    {
        var entry = Side.Event() with { Address = null, UserAgent = null, Personal = null };
        await Side.Node.GetRequiredService<IAuditTrail>().AppendAsync(entry, default);
        var row = await Side.RowAsync(entry.Id);
        Assert.Null(row.Salt);
        Assert.Null(row.Commitment);
        await Side.SoundAsync();

        await Side.TamperAsync($"""UPDATE "AuditEvents" SET "Address" = '192.0.2.66' WHERE "Id" = {entry.Id}""");
        Assert.Equal(entry.Id, (await Side.FirstFaultAsync()).Record);
    }

    [Fact]
    public async Task Changes_that_fail_and_are_undone_leave_no_gap()
    {
        await Side.AppendAsync(2);
        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => Writer.TryWriteAsync(
            async transaction =>
            {
                await AuditTrail.AppendAsync(transaction, Side.Event());
                throw new InvalidTimeZoneException();
            },
            default));
        Assert.False(await Writer.TryWriteAsync(
            async transaction =>
            {
                await AuditTrail.AppendAsync(transaction, Side.Event());
                return false;
            },
            default));
        await Side.AppendAsync(2);
        await Side.CheckpointAsync();
        Assert.Equal(0, (await Side.SoundAsync()).Uncovered);
    }

    [Fact]
    public async Task A_saved_context_whose_database_refuses_leaves_no_gap()
    {
        await AddWithContextAsync();
        var entry = Side.Event();
        await AddWithContextAsync(entry);
        await Assert.ThrowsAsync<DbUpdateException>(() => AddWithContextAsync(entry));
        await AddWithContextAsync();
        await Side.CheckpointAsync();
        Assert.Equal(0, (await Side.SoundAsync()).Uncovered);
        Assert.Empty(Side.Node.GetRequiredService<AuditLanes>().Abandoned());
    }

    [Fact]
    public async Task Transactions_of_contexts_keep_what_they_commit_and_leave_no_gap_for_the_rest()
    {
        foreach (var commit in new[] { true, false, true })
        {
            await using var context = await ContextAsync();
            await using var transaction = await context.Database.BeginTransactionAsync();
            context.AuditEvents.Add(AuditEventRow.From(Side.Event()));
            await context.SaveChangesAsync();
            var twice = Side.Event();
            context.AuditEvents.Add(AuditEventRow.From(twice));
            await context.SaveChangesAsync();
            context.ChangeTracker.Clear();

            // Undone to EF's savepoint; what came before it stays.
            context.AuditEvents.Add(AuditEventRow.From(Side.Event()));
            context.AuditEvents.Add(AuditEventRow.From(twice));
            await Assert.ThrowsAsync<DbUpdateException>(() => context.SaveChangesAsync());
            if (commit)
            {
                await transaction.CommitAsync();
            }
        }

        await Side.AppendAsync(1);
        await AddWithContextAsync();
        await Side.CheckpointAsync();
        Assert.Equal(0, (await Side.SoundAsync()).Uncovered);
    }

    [Fact]
    public async Task Many_writers_at_once_some_of_them_failing_leave_whole_chains()
    {
        var taken = Side.Event();
        await Side.Node.GetRequiredService<IAuditTrail>().AppendAsync(taken, default);
        await Task.WhenAll(Enumerable.Range(0, 24).Select(worker => Task.Run(async () =>
        {
            for (var round = 0; round < 10; round++)
            {
                await (((worker + round) % 4) switch
                {
                    0 => Side.Node.GetRequiredService<IAuditTrail>().AppendAsync(Side.Event(), default),
                    1 => AddWithContextAsync(Side.Event(), Side.Event()),
                    2 => Record.ExceptionAsync(() => Side.Node.GetRequiredService<IAuditTrail>().AppendAsync(taken, default)),
                    _ => Record.ExceptionAsync(() => AddWithContextAsync(Side.Event(), taken)),
                });
            }
        })));

        await Side.CheckpointAsync();
        var report = await Side.SoundAsync();
        Assert.Equal((true, 0L), (report.Events > 180, report.Uncovered));
    }

    [Fact]
    public async Task A_caller_who_leaves_while_a_context_saves_leaves_no_gap()
    {
        using var leaving = new CancellationTokenSource();
        await using var context = await ContextAsync();
        context.AuditEvents.Add(AuditEventRow.From(Side.Event()));
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => context.SaveChangesAsync(leaving.Token));
        await AddWithContextAsync();
        await Side.AppendAsync(1);
        await Side.SoundAsync();
        Assert.Empty(Side.Node.GetRequiredService<AuditLanes>().Abandoned());
    }

    [Fact]
    public async Task A_context_changes_and_deletes_no_event()
    {
        await AddWithContextAsync();
        await using var context = await ContextAsync();
        var row = await context.AuditEvents.OrderBy(row => row.Id).FirstAsync();
        context.AuditEvents.Remove(row);
        await Assert.ThrowsAsync<NotSupportedException>(() => context.SaveChangesAsync());
        context.Entry(row).State = EntityState.Modified;
        await Assert.ThrowsAsync<NotSupportedException>(() => context.SaveChangesAsync());
    }

    [Fact]
    public async Task Two_processes_never_share_a_chain()
    {
        await Side.AppendAsync(2);
        var one = Side.Node;
        await Side.StartAsync();
        await Side.AppendAsync(2);
        await one.GetRequiredService<IAuditTrail>().AppendAsync(Side.Event(), default);
        Assert.Equal(2, (await Side.SoundAsync()).Chains);
    }

    protected virtual Task<string?> DatabaseAsync() => Task.FromResult<string?>(null);

    private protected async Task AddWithContextAsync(params AuditEvent[] entries)
    {
        await using var context = await ContextAsync();
        context.AuditEvents.AddRange((entries.Length > 0 ? entries : [Side.Event()]).Select(AuditEventRow.From));
        var id = Identifiers.New("usr_", Side.Clock.Now);
        context.Users.Add(new User { Id = id, UserName = id });
        await context.SaveChangesAsync();
    }

    private Task<AuthDbContext> ContextAsync() => Side.Node.GetRequiredService<IDbContextFactory<AuthDbContext>>().CreateDbContextAsync();
}
