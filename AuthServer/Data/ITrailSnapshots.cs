using AuthServer.Audit.Chain;

namespace AuthServer.Data;

/// <summary>The whole trail as of one moment, to be verified, while others go on to write.</summary>
internal interface ITrailSnapshots
{
    Task<ITrailSnapshot> OpenAsync(CancellationToken ct);
}

internal interface ITrailSnapshot : IAsyncDisposable
{
    Task<IReadOnlyList<StoredCheckpoint>> CheckpointsAsync(CancellationToken ct);

    /// <summary>Each chain in its order, or nearly. One instance, filled anew for each.</summary>
    IAsyncEnumerable<StoredEvent> EventsAsync(CancellationToken ct);
}
