namespace AuthServer.Accounts;

/// <summary>One sign-in of a person in one browser.</summary>
public sealed class Session
{
    /// <summary><c>ses_…</c>, OIDC's <c>sid</c>.</summary>
    public string Id { get; set; } = "";

    public string UserId { get; set; } = "";

    /// <summary>The account at another provider by which it was begun, <c>xln_…</c>; null: by what the person knows or has here.</summary>
    public string? ExternalLoginId { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset AuthTime { get; set; }

    /// <summary>What the sign-in reached; null: it was made before this was noted.</summary>
    public string? Acr { get; set; }

    /// <summary>RFC 8176's words, separated by spaces.</summary>
    public string? Amr { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>To the minute; null: not since the sign-in.</summary>
    public DateTimeOffset? LastUsedAt { get; set; }

    public string Address { get; set; } = "";

    public string? UserAgent { get; set; }
}
