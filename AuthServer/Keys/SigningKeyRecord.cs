namespace AuthServer.Keys;

/// <summary>Names a signing key and its times. The private part is a sealed file.</summary>
public sealed class SigningKeyRecord
{
    public string KeyId { get; set; } = "";

    public string Algorithm { get; set; } = "";

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>When it begins to sign.</summary>
    public DateTimeOffset ActivatesAt { get; set; }

    /// <summary>When its successor began to sign.</summary>
    public DateTimeOffset? RetiresAt { get; set; }

    /// <summary>When the last token it signed has expired.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }

    public DateTimeOffset? RevokedAt { get; set; }
}
