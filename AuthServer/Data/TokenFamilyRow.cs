namespace AuthServer.Data;

/// <summary>A family of tokens that end together.</summary>
public sealed class TokenFamilyRow
{
    public string Id { get; set; } = "";

    public string AuthorizationId { get; set; } = "";

    public string ApplicationId { get; set; } = "";

    public string Subject { get; set; } = "";

    public string SessionId { get; set; } = "";

    /// <summary>The agent that acts for the person, <c>agt_…</c>; null where none does.</summary>
    public string? ActorId { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    public DateTimeOffset LastUsedAt { get; set; }

    public DateTimeOffset? EndedAt { get; set; }
}
