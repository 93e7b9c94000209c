namespace AuthServer.Organizations;

/// <summary>A key as members see it: never the key itself.</summary>
/// <param name="Hint">Its first characters.</param>
/// <param name="CreatedBy">Whom its acts are told of in the trail; when they leave, it ends.</param>
/// <param name="LastUsedAt">To the minute.</param>
public sealed record KeyDetail(
    string Id, string Name, Role Role, string Hint, string CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt)
{
    public static KeyDetail Of(DeveloperKey key) =>
        new(key.Id, key.Name, key.Role, key.Hint, key.UserId, key.CreatedAt, key.ExpiresAt, key.LastUsedAt);
}

/// <summary>A key that was.</summary>
public sealed record EndedKey(KeyDetail Key, DateTimeOffset EndedAt, bool WasRevoked);

/// <summary>A key to be made.</summary>
public sealed class NewKey
{
    public string? Name { get; init; }

    /// <summary>Null: developer.</summary>
    public Role? Role { get; init; }

    /// <summary>Null: it does not expire.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>How a key is to be rotated.</summary>
public sealed class KeyRotation
{
    /// <summary>How long the old key works beside the new one: 0 to 604800 seconds.</summary>
    public int OverlapSeconds { get; init; }
}

/// <summary>A new key, which is shown this once. No record: it must never be printed.</summary>
public class CreatedKey(string apiKey, DeveloperKey key)
{
    public string ApiKey { get; } = apiKey;

    public KeyDetail Key { get; } = KeyDetail.Of(key);
}

/// <summary>The key that took another's place.</summary>
public sealed class RotatedKey(string apiKey, DeveloperKey key, DateTimeOffset previousKeyExpiresAt) : CreatedKey(apiKey, key)
{
    public DateTimeOffset PreviousKeyExpiresAt { get; } = previousKeyExpiresAt;
}
