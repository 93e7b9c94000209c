namespace AuthServer.Protocol.State;

public interface IAuditTrail
{
    /// <summary>Appends an event that changes nothing else: a token without state, a refusal after authentication. On disk when it returns.</summary>
    Task AppendAsync(AuditEvent entry, CancellationToken ct);
}
