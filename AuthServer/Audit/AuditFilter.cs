namespace AuthServer.Audit;

/// <summary>Which events are asked for: everything that is given must hold.</summary>
public sealed record AuditFilter
{
    /// <summary><c>acct_…</c></summary>
    public string? OrganizationId { get; init; }

    /// <summary><c>agt_…</c></summary>
    public string? AgentId { get; init; }

    /// <summary>The person whose rights were used: <c>usr_…</c></summary>
    public string? UserId { get; init; }

    public string? ClientId { get; init; }

    public string? Type { get; init; }

    public string? Outcome { get; init; }

    /// <summary>One scope, which must be among the event's.</summary>
    public string? Scope { get; init; }

    public string? PolicyId { get; init; }

    /// <summary>What it was done to.</summary>
    public string? Target { get; init; }

    /// <summary>An id that it was done to, or that stands in its details.</summary>
    public string? About { get; init; }

    /// <summary>What the type begins with, up to its dot: <c>policy</c> stands for all that happens to policies.</summary>
    public string? Kind { get; init; }

    /// <summary>What belongs to one request.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>Any of these types; none: whatever type.</summary>
    public IReadOnlyList<string> Types { get; init; } = [];

    /// <summary>Whether a caller's word may be a <see cref="Kind"/>.</summary>
    public static bool IsKind(string word) => word.Length is > 0 and <= 40 && word.All(letter => char.IsAsciiLetterLower(letter) || letter == '_');

    /// <summary>From this moment on.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Up to this moment, itself not included.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Where to go on: <see cref="AuditPart.NextCursor"/>.</summary>
    public string? Cursor { get; init; }
}
