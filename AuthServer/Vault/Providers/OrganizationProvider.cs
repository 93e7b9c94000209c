namespace AuthServer.Vault.Providers;

/// <summary>A provider that an organization has described for itself.</summary>
public sealed class OrganizationProvider
{
    public string OrganizationId { get; set; } = "";

    /// <summary>As in its definition.</summary>
    public string Id { get; set; } = "";

    /// <summary>A JSON object: a <see cref="Provider"/>.</summary>
    public string Definition { get; set; } = "{}";

    /// <summary>Who changed it last, <c>usr_…</c></summary>
    public string ChangedBy { get; set; } = "";

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>Another one with each change; a change of another version is refused.</summary>
    public string Version { get; set; } = "";
}
