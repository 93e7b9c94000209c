using AuthServer.Protocol.State;

namespace AuthServer.Audit;

/// <summary>An event of the trail, as it is stored. Append-only.</summary>
public sealed class AuditEventRow
{
    public string Id { get; set; } = "";

    public DateTimeOffset At { get; set; }

    public string Type { get; set; } = "";

    public string Outcome { get; set; } = "";

    public string? Subject { get; set; }

    public string? ClientId { get; set; }

    public string? Target { get; set; }

    public string? Reason { get; set; }

    public string? Address { get; set; }

    public string? CorrelationId { get; set; }

    /// <summary>A JSON object.</summary>
    public string? Detail { get; set; }

    public static AuditEventRow From(AuditEvent entry) => new()
    {
        Id = entry.Id,
        At = entry.At,
        Type = entry.Type,
        Outcome = entry.Outcome,
        Subject = entry.Subject,
        ClientId = entry.ClientId,
        Target = entry.Target,
        Reason = entry.Reason,
        Address = entry.Address,
        CorrelationId = entry.CorrelationId,
        Detail = entry.Detail,
    };
}
