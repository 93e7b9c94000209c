namespace AuthServer.Protocol.State;

public interface IAuthorizationRequests
{
    /// <summary>False when the caller or the whole server has too many open requests of this kind.</summary>
    Task<bool> TryAddAsync(StoredAuthorizationRequest request, CancellationToken ct);

    /// <summary>The request while it is open; expired and used ones are not found.</summary>
    Task<StoredAuthorizationRequest?> FindAsync(string id, DateTimeOffset now, CancellationToken ct);

    /// <summary>Saves who chose, on the account page, to go on as themselves; false when the request is gone.</summary>
    Task<bool> TrySelectAsync(string id, string subject, CancellationToken ct);

    /// <summary>Adds to <see cref="StoredAuthorizationRequest.LeftOut"/>; false when the request is gone.</summary>
    Task<bool> TryLeaveOutAsync(string id, IReadOnlyList<string> scopes, CancellationToken ct);

    /// <summary>Uses the request up without a code, for a refusal: true for exactly one caller.</summary>
    Task<bool> TryRefuseAsync(string id, AuditEvent refused, CancellationToken ct);
}
