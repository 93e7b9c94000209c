using AuthServer.Protocol;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Applications;

/// <summary>A secret that this server generated: 256 random bits, so that a fast hash is enough. While one is rotated, an application has two.</summary>
public sealed class ClientSecret
{
    public const string Prefix = "ags_";

    private const int HintLength = 10;

    /// <summary><c>sec_…</c></summary>
    public string Id { get; set; } = "";

    public string ApplicationId { get; set; } = "";

    /// <summary>Base64 of the SHA-256 of the whole secret.</summary>
    public string Hash { get; set; } = "";

    /// <summary>Its first characters, by which people tell secrets apart.</summary>
    public string Hint { get; set; } = "";

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>Null: it does not expire. A rotated secret expires when its overlap ends.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }

    /// <summary>A new secret and its row.</summary>
    public static (string Secret, ClientSecret Row) Create(string applicationId, DateTimeOffset now)
    {
        var secret = Prefix + Handle.New();
        return (secret, new ClientSecret
        {
            Id = Identifiers.New("sec_", now),
            ApplicationId = applicationId,
            Hash = Handle.ReferenceId(secret),
            Hint = secret[..HintLength],
            CreatedAt = now,
        });
    }
}
