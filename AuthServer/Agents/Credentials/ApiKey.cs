using AuthServer.Applications;
using AuthServer.Protocol;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Agents.Credentials;

/// <summary>A key by which an agent proves itself without naming itself: <c>ak_live_…</c>, shown once and kept as a hash. It may do less than the
/// agent, never more. Its families of tokens hang on an authorization that has the key's own id, and end with it.</summary>
public sealed class ApiKey
{
    public const string Prefix = "ak_live_";

    public const string IdPrefix = "key_";

    private const int HintLength = 16;

    /// <summary><c>key_…</c></summary>
    public string Id { get; set; } = "";

    public string AgentId { get; set; } = "";

    /// <summary>Its first characters, by which people tell keys apart.</summary>
    public string Hint { get; set; } = "";

    /// <summary>Base64 of the SHA-256 of the whole key.</summary>
    public string Hash { get; set; } = "";

    /// <summary>A JSON array; null: all that the agent may ask for.</summary>
    public string? Scopes { get; set; }

    /// <summary>How long access tokens live that it gives, in seconds; null: as long as any other of the agent's.</summary>
    public int? TokenLifetime { get; set; }

    /// <summary>A JSON object of its maker's own.</summary>
    public string Metadata { get; set; } = "{}";

    /// <summary>The authorization by which a person let a client make it, or the key that it was made with: it ends with that. Null: nobody's leave was needed.</summary>
    public string? GivenById { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>Null: it does not expire.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }

    /// <summary>To the minute.</summary>
    public DateTimeOffset? LastUsedAt { get; set; }

    public DateTimeOffset? RevokedAt { get; set; }

    /// <summary>When it took the place of another one.</summary>
    public DateTimeOffset? RotatedAt { get; set; }

    public IReadOnlyList<string>? BoundScopes => Scopes is null ? null : ApplicationMapping.Strings(Scopes);

    public bool IsLive(DateTimeOffset now) => RevokedAt is null && (ExpiresAt is null || ExpiresAt > now);

    /// <summary>A new key, and the secret that is shown once.</summary>
    public static (ApiKey Key, string Secret) Create(string agentId, DateTimeOffset now)
    {
        var secret = Prefix + Handle.New();
        return (new ApiKey { Id = Identifiers.New(IdPrefix, now), AgentId = agentId, Hint = secret[..HintLength], Hash = Handle.ReferenceId(secret), CreatedAt = now }, secret);
    }

    /// <summary>One that may do the same, to take its place.</summary>
    public (ApiKey Key, string Secret) Successor(DateTimeOffset now)
    {
        var (key, secret) = Create(AgentId, now);
        (key.Scopes, key.TokenLifetime, key.Metadata, key.GivenById, key.ExpiresAt, key.RotatedAt) = (Scopes, TokenLifetime, Metadata, GivenById, ExpiresAt, now);
        return (key, secret);
    }
}
