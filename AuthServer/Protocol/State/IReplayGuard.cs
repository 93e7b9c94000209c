namespace AuthServer.Protocol.State;

public interface IReplayGuard
{
    /// <summary>True the first time this handle is seen; it is remembered until it expires.</summary>
    Task<bool> TryAddAsync(string handle, DateTimeOffset expiresAt, CancellationToken ct);
}
