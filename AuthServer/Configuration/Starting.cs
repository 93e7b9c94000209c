using AuthServer.Protocol;
using AuthServer.Protocol.State;

namespace AuthServer.Configuration;

/// <summary>Events that no request caused: the server's own, while it starts.</summary>
public static class Starting
{
    public static AuditEvent Event(string type, DateTimeOffset now) => new()
    {
        Id = Identifiers.New("aud_", now),
        At = now,
        Type = type,
        Outcome = AuditOutcomes.Success,
        CorrelationId = "start",
    };
}
