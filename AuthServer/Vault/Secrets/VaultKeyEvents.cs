using System.Text.Json;
using AuthServer.Protocol.State;

namespace AuthServer.Vault.Secrets;

/// <summary>What the vault's own keys leave in the trail. They are the installation's, and no organization's.</summary>
public static class VaultKeyEvents
{
    public const string Created = "vault.key_created";
    public const string Rotated = "vault.keys_rotated";
    public const string Deleted = "vault.key_deleted";

    /// <summary>An operator gave up what it sealed.</summary>
    public const string Dropped = "vault.key_dropped";

    internal static AuditEvent Of(string type, string keyId, DateTimeOffset now) => AuditEvent.Of(type, AuditOutcomes.Success, now) with
    {
        Target = keyId,
    };

    /// <param name="values">How many were given it.</param>
    internal static AuditEvent RotatedTo(string keyId, int values, bool reencrypted, DateTimeOffset now) =>
        Of(Rotated, keyId, now) with { Detail = JsonSerializer.Serialize(new { values, reencrypted }) };
}
