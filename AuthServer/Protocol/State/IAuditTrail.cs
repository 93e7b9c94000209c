namespace AuthServer.Protocol.State;

public interface IAuditTrail
{
    /// <summary>Appends an event that changes nothing else: a refusal after authentication. On disk when it returns.</summary>
    Task AppendAsync(AuditEvent entry, CancellationToken ct);

    /// <summary>Puts the issuance of a token without state on disk. False: its proof was used before, and nothing was stored.</summary>
    Task<bool> TryIssueAsync(Issuance issuance, CancellationToken ct);
}
