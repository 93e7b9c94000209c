namespace AuthServer.Data;

/// <summary>An authorization request that waits for a person.</summary>
public sealed class AuthorizationRequestRow
{
    public string Id { get; set; } = "";

    public string Parameters { get; set; } = "";

    public string BrowserHash { get; set; } = "";

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    public string Address { get; set; } = "";

    public string? ForSubject { get; set; }

    /// <summary>Separated by spaces; null where no agent filed it.</summary>
    public string? RequiredScopes { get; set; }

    /// <summary>Separated by spaces, each as often as it was left out; null where nothing was.</summary>
    public string? LeftOut { get; set; }

    public string? SelectedSubject { get; set; }

    public string? ConsentSubject { get; set; }

    public string? AuthorizationId { get; set; }
}
