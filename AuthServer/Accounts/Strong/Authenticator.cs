using AuthServer.Vault.Secrets;

namespace AuthServer.Accounts.Strong;

/// <summary>A person's authenticator app (RFC 6238): the secret that both know, and how its codes were used. One per person.</summary>
public sealed class Authenticator
{
    public string UserId { get; set; } = "";

    /// <summary>Sealed.</summary>
    public string Secret { get; set; } = "";

    /// <summary>The newest time step whose code was accepted: it and all before it are used up.</summary>
    public long LastStep { get; set; }

    /// <summary>Wrong codes since the last right one.</summary>
    public int Failures { get; set; }

    /// <summary>Before this no code is looked at; null: now.</summary>
    public DateTimeOffset? WaitUntil { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? LastUsedAt { get; set; }

    /// <summary>Counts the attempts: of several at once, the answer to one is told.</summary>
    public int Version { get; set; }

    public SecretPlace SecretPlace => PlaceOf(UserId);

    public static SecretPlace PlaceOf(string userId) => new("Authenticators", nameof(Secret), userId);
}
