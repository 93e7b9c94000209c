using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace AuthServer.Data;

/// <summary>What a context writes without SaveChangesAsync passes the gate too: a single command (ExecuteUpdate, ExecuteDelete, SQL) while it runs,
/// a transaction until it ends. On every database it tells the context how its transactions end.</summary>
internal sealed class WriteGateInterceptor : DbCommandInterceptor, IDbTransactionInterceptor, IDbConnectionInterceptor
{
    public override async ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        if (Writes(eventData) && eventData.Context is AuthDbContext context)
        {
            context.InGateForCommand = await context.EnterGateAsync(cancellationToken);
        }

        return result;
    }

    public override ValueTask<int> NonQueryExecutedAsync(
        DbCommand command, CommandExecutedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        Leave(eventData);
        return ValueTask.FromResult(result);
    }

    public override Task CommandFailedAsync(DbCommand command, CommandErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        Leave(eventData);
        return Task.CompletedTask;
    }

    public override Task CommandCanceledAsync(DbCommand command, CommandEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Leave(eventData);
        return Task.CompletedTask;
    }

    public override InterceptionResult<int> NonQueryExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<int> result) =>
        Writes(eventData) ? throw new NotSupportedException("The database is written to asynchronously.") : result;

    public InterceptionResult<DbTransaction> TransactionStarting(
        DbConnection connection, TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result) =>
        throw new NotSupportedException("The database is written to asynchronously.");

    public async ValueTask<InterceptionResult<DbTransaction>> TransactionStartingAsync(
        DbConnection connection, TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result, CancellationToken cancellationToken = default)
    {
        if (eventData.Context is AuthDbContext { InGate: false } context)
        {
            context.InGateForTransaction = await context.EnterGateAsync(cancellationToken);
        }

        return result;
    }

    public void TransactionCommitted(DbTransaction transaction, TransactionEndEventData eventData) => Ended(eventData.Context, committed: true);

    public Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default) =>
        Ended(eventData.Context, committed: true);

    public void TransactionFailed(DbTransaction transaction, TransactionErrorEventData eventData) =>
        (eventData.Context as AuthDbContext)?.DoubtTransaction(eventData.Exception);

    public Task TransactionFailedAsync(DbTransaction transaction, TransactionErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        (eventData.Context as AuthDbContext)?.DoubtTransaction(eventData.Exception);
        return Task.CompletedTask;
    }

    public void TransactionRolledBack(DbTransaction transaction, TransactionEndEventData eventData) => Ended(eventData.Context);

    public Task TransactionRolledBackAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default) =>
        Ended(eventData.Context);

    // EF does not tell when a transaction is disposed of instead, but closes the connection that it had opened for it.
    // Where the connection was open before, disposing of the context leaves the gate.
    public void ConnectionClosed(DbConnection connection, ConnectionEndEventData eventData) => Ended(eventData.Context);

    public Task ConnectionClosedAsync(DbConnection connection, ConnectionEndEventData eventData) => Ended(eventData.Context);

    private static Task Ended(DbContext? context, bool committed = false)
    {
        (context as AuthDbContext)?.EndTransaction(committed);
        return Task.CompletedTask;
    }

    private static bool Writes(CommandEventData eventData) =>
        eventData.CommandSource is CommandSource.ExecuteUpdate or CommandSource.ExecuteDelete or CommandSource.ExecuteSqlRaw;

    private static void Leave(CommandEventData eventData)
    {
        if (Writes(eventData) && eventData.Context is AuthDbContext { InGateForCommand: true } context)
        {
            context.InGateForCommand = false;
            context.LeaveGate(true);
        }
    }
}
