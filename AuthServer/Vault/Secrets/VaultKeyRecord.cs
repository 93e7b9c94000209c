namespace AuthServer.Vault.Secrets;

/// <summary>One generation of the key that wraps the keys of the vault's values. In clear it exists in memory only.</summary>
public sealed class VaultKeyRecord
{
    public const string IdPrefix = "vk_";

    /// <summary><c>vk_…</c>, as each envelope names it.</summary>
    public string Id { get; set; } = "";

    public DateTimeOffset CreatedAt { get; set; }

    public VaultKeyWrap Wrap { get; set; }

    /// <summary>The key, sealed by the master key or as the external command gave it, in base64.</summary>
    public string Wrapped { get; set; } = "";

    /// <summary>Whether the rotation to it gives each value a new key too, and not only a new wrapping.</summary>
    public bool Reencrypts { get; set; }

    /// <summary>When every value was under it; null: the rotation to it has not come to its end.</summary>
    public DateTimeOffset? FinishedAt { get; set; }
}

public enum VaultKeyWrap
{
    MasterKey,
    Command,
}
