namespace AuthServer.Consents;

/// <summary>What an authorization does not say in OpenIddict's columns: for which address and resources it was given, and until when.</summary>
public sealed class Consent
{
    /// <summary>The authorization that this belongs to.</summary>
    public string AuthorizationId { get; set; } = "";

    public string ApplicationId { get; set; } = "";

    public string Subject { get; set; } = "";

    /// <summary>The agent that it lets act through the application; null: the application itself, or the agent that it is.</summary>
    public string? ActorId { get; set; }

    /// <summary>Scheme and host of the redirect URI.</summary>
    public string RedirectHost { get; set; } = "";

    /// <summary>A JSON array of RFC 8707 resources.</summary>
    public string Resources { get; set; } = "[]";

    /// <summary>Null: until taken back.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }
}
