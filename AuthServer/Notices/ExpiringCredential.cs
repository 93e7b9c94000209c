namespace AuthServer.Notices;

/// <summary>A key, certificate or secret that is about to expire.</summary>
public sealed record ExpiringCredential
{
    public required string Id { get; init; }

    public required ExpiringKind Kind { get; init; }

    /// <summary>How people know it: its name, or that of its agent.</summary>
    public required string Name { get; init; }

    /// <summary>Its first characters; null: its name says enough.</summary>
    public string? Hint { get; init; }

    /// <summary>Whose it is; null: the organization's.</summary>
    public string? AgentId { get; init; }

    public required string OrganizationId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Whether another one stands in its place already: it is meant to end, and programs are to use the other one by then.</summary>
    public bool IsReplaced => Kind is ExpiringKind.AgentSecret or ExpiringKind.ApplicationSecret or ExpiringKind.ResourceSecret;

    /// <summary>Days before the end on which somebody is told, last one first.</summary>
    public static IReadOnlyList<int> NoticeDays { get; } = [1, 7, 30];

    /// <summary>The notice that is in force: 1, 7 or 30 days; null: the end is further away, or what is made for so short a time is meant to end.</summary>
    public int? NoticeAt(DateTimeOffset now)
    {
        foreach (var days in NoticeDays)
        {
            if (ExpiresAt - now <= TimeSpan.FromDays(days))
            {
                return ExpiresAt - CreatedAt > TimeSpan.FromDays(days) && (!IsReplaced || days == NoticeDays[0]) ? days : null;
            }
        }

        return null;
    }
}

/// <summary>What it is. The words are the trail's, in snake_case.</summary>
public enum ExpiringKind
{
    /// <summary>An agent's API key.</summary>
    AgentKey,

    /// <summary>An agent's client secret, in whose place another one stands already: programs that still use it stop.</summary>
    AgentSecret,

    /// <summary>The same of an organization's OAuth client.</summary>
    ApplicationSecret,

    /// <summary>The same of an organization's API, which asks about its tokens by it.</summary>
    ResourceSecret,

    DeveloperKey,

    Certificate,
}
