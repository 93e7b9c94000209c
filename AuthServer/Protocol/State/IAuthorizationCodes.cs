namespace AuthServer.Protocol.State;

public interface IAuthorizationCodes
{
    /// <summary>Stores the code. Where a stored authorization request led to it, that request is used up in the same commit;
    /// false when it was used up already, and then nothing is stored.</summary>
    Task<bool> TryAddAsync(AuthorizationCode code, string? requestId, AuditEvent issued, CancellationToken ct);

    Task<AuthorizationCode?> FindAsync(string referenceId, CancellationToken ct);

    /// <summary>Claims the code, opens the family and stores the issuance, or does none of it: true for exactly one caller.</summary>
    Task<bool> TryRedeemAsync(AuthorizationCode code, TokenFamily family, Issuance issuance, CancellationToken ct);
}
