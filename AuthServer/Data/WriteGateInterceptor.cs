using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace AuthServer.Data;

/// <summary>What a context writes without SaveChangesAsync (ExecuteUpdate, ExecuteDelete, SQL) passes the gate too,
/// and a transaction that would hold SQLite's lock outside the gate is refused.</summary>
internal sealed class WriteGateInterceptor : DbCommandInterceptor, IDbTransactionInterceptor
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

    public ValueTask<InterceptionResult<DbTransaction>> TransactionStartingAsync(
        DbConnection connection, TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result, CancellationToken cancellationToken = default) =>
        eventData.Context is AuthDbContext { InGate: false }
            ? throw new NotSupportedException("Transactions are made by AuthDbContext.TransactAsync or IDatabaseWriter.")
            : ValueTask.FromResult(result);

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
