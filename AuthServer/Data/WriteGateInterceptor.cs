using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace AuthServer.Data;

/// <summary>What a context writes without SaveChangesAsync passes the gate too: a single command (ExecuteUpdate, ExecuteDelete, SQL) while it runs,
/// a transaction until its connection closes.</summary>
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

    // However a transaction ends, EF closes the connection that it opened for it; it tells of no rollback by disposing.
    public void ConnectionClosed(DbConnection connection, ConnectionEndEventData eventData)
    {
        if (eventData.Context is AuthDbContext { InGateForTransaction: true } context)
        {
            context.InGateForTransaction = false;
            context.LeaveGate(true);
        }
    }

    public Task ConnectionClosedAsync(DbConnection connection, ConnectionEndEventData eventData)
    {
        ConnectionClosed(connection, eventData);
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
