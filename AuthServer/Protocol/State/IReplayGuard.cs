namespace AuthServer.Protocol.State;

public interface IReplayGuard
{
    /// <summary>True the first time this handle is seen; it is remembered until it expires.</summary>
    Task<bool> TryAddAsync(string handle, DateTimeOffset expiresAt, CancellationToken ct);

    /// <summary>Whether it has been seen: why an issuance that named it as its proof did not happen.</summary>
    ValueTask<bool> IsKnownAsync(string handle, CancellationToken ct);
}
