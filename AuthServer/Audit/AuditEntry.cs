using System.Text.Json;

namespace AuthServer.Audit;

/// <summary>An event of the trail as it is shown.</summary>
/// <param name="Outcome">One of <see cref="Protocol.State.AuditOutcomes"/>.</param>
/// <param name="UserId">The person whose rights were used; null where a machine acted for itself.</param>
/// <param name="Scope">Separated by spaces.</param>
/// <param name="Personal">Other personal values; gone, as the address and the program, once the person's account is.</param>
public sealed record AuditEntry(
    string Id,
    DateTimeOffset Timestamp,
    string Type,
    string Outcome,
    string? AgentId,
    string? UserId,
    string? ClientId,
    string? OrganizationId,
    string? Scope,
    string? PolicyId,
    string? Reason,
    string? IpAddress,
    string? UserAgent,
    string? CorrelationId,
    string? Target,
    JsonElement? Details,
    JsonElement? Personal);

/// <summary>Events, newest first.</summary>
/// <param name="NextCursor">Asks for what comes after them; null: nothing does. A part may be short, or empty, and others follow all the same:
/// where few events match, the search rests after a while.</param>
public sealed record AuditPart(IReadOnlyList<AuditEntry> Entries, string? NextCursor);
