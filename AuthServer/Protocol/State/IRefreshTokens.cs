namespace AuthServer.Protocol.State;

public interface IRefreshTokens
{
    Task<RefreshToken?> FindAsync(string referenceId, CancellationToken ct);

    /// <summary>Claims the presented token for its successor (in the issuance) while it is valid and its family lives:
    /// true for exactly one caller.</summary>
    Task<bool> TryRotateAsync(RefreshToken presented, Issuance issuance, CancellationToken ct);

    /// <summary>Stores a repeated issuance inside the grace, while the successor is still unused and its family lives.</summary>
    Task<bool> TryRepeatAsync(RefreshToken successor, Issuance issuance, CancellationToken ct);
}
