namespace AuthServer.Data;

/// <summary>Plain SQL in a commit of its own: for what is written often. Everything else saves through <see cref="AuthDbContext"/>.</summary>
public interface IDatabaseWriter
{
    /// <summary>Runs the change and returns when it is on disk. A change that answers false, or throws, leaves nothing behind.
    /// It awaits nothing but its transaction, and may run again when the database asks for that.</summary>
    /// <param name="ct">Heard until the change begins; from then on it is carried through, and the answer says what became of it.</param>
    /// <returns>What the change answered.</returns>
    Task<bool> TryWriteAsync(Func<WriteTransaction, ValueTask<bool>> change, CancellationToken ct);
}
