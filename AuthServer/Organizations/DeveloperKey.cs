using AuthServer.Protocol;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Organizations;

/// <summary>A key by which programs of an organization call the REST API: <c>ag_…</c>, shown once and kept as a hash.</summary>
public sealed class DeveloperKey
{
    public const string Prefix = "ag_";

    private const int HintLength = 9;

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

    /// <summary>The key that took its place: it can be rotated once.</summary>
    public string? ReplacedBy { get; set; }

    /// <summary>A new key, and the secret that is shown once.</summary>
    public static (DeveloperKey Key, string Secret) Create(
        string organizationId, string userId, string name, Role role, DateTimeOffset? expiresAt, DateTimeOffset now)
    {
        var secret = Prefix + Handle.New();
        var key = new DeveloperKey
        {
            Id = Identifiers.New("key_", now),
            OrganizationId = organizationId,
            UserId = userId,
            Name = name,
            Role = role,
            Hint = secret[..HintLength],
            Hash = Handle.ReferenceId(secret),
            CreatedAt = now,
            ExpiresAt = expiresAt,
        };
        return (key, secret);
    }
}
