using System.Data;
using Npgsql;

namespace AuthServer.Data;

/// <summary>Each change in a transaction of its own on a pooled connection; PostgreSQL puts commits together by itself.</summary>
internal sealed class PostgreSqlWriter(NpgsqlDataSource source, AuditLanes lanes) : IDatabaseWriter
{
    private const int Attempts = 5;

    public async Task<bool> TryWriteAsync(Func<WriteTransaction, ValueTask<bool>> change, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await WriteAsync(change, ct);
            }
            catch (PostgresException e) when (attempt < Attempts && e.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure)
            {
                // The database undid it in favour of another; the other is done now.
            }
        }
    }

    private async Task<bool> WriteAsync(Func<WriteTransaction, ValueTask<bool>> change, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        ct.ThrowIfCancellationRequested(); // the pool does not ask while it has an idle connection

        // From here on nothing is cancelled: a commit that was sent may have happened.
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, CancellationToken.None);
        var lane = new LaneUse(lanes);
        try
        {
            if (!await change(new PostgreSqlWriteTransaction(connection, transaction, lane)))
            {
                await transaction.RollbackAsync(CancellationToken.None);
                return false;
            }

            await CommitAsync(transaction, lane);
            return true;
        }
        finally
        {
            lane.Undo(); // whatever came so far was not committed
        }
    }

    private static async Task CommitAsync(NpgsqlTransaction transaction, LaneUse lane)
    {
        try
        {
            await transaction.CommitAsync(CancellationToken.None);
            lane.Commit();
        }
        catch (Exception e)
        {
            lane.Fail(e);
            throw;
        }
    }
}
