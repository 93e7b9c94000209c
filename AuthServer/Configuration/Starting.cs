using AuthServer.Protocol.State;

namespace AuthServer.Configuration;

/// <summary>Events that no request caused: the server's own, while it starts.</summary>
public static class Starting
{
    public static AuditEvent Event(string type, DateTimeOffset now) => AuditEvent.Of(type, AuditOutcomes.Success, now) with
    {
        CorrelationId = "start",
    };
}
