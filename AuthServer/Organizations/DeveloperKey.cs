namespace AuthServer.Organizations;

/// <summary>A key by which programs of an organization call the REST API: <c>ag_…</c>, shown once and kept as a hash.</summary>
public sealed class DeveloperKey
{
    public const string Prefix = "ag_";

    /// <summary><c>key_…</c></summary>
    public string Id { get; set; } = "";

    public string OrganizationId { get; set; } = "";

    /// <summary>Whom its acts are told of in the trail.</summary>
    public string UserId { get; set; } = "";

    public string Name { get; set; } = "";

    /// <summary>The most that it may do: never more than its maker may.</summary>
    public Role Role { get; set; }

    /// <summary>Its first characters, by which people tell keys apart.</summary>
    public string Hint { get; set; } = "";

    /// <summary>Base64 of the SHA-256 of the whole key.</summary>
    public string Hash { get; set; } = "";

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>Null: it does not expire. A rotated key expires when its overlap ends.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }

    /// <summary>To the minute.</summary>
    public DateTimeOffset? LastUsedAt { get; set; }

    public DateTimeOffset? RevokedAt { get; set; }
}
