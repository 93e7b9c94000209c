using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;

namespace AuthServer.Vault.Secrets;

/// <summary>A sealed value as it stands in the database: version, the id of the vault's key, the value's own key wrapped by that, and nonce, ciphertext and tag of the value.</summary>
internal sealed record VaultEnvelope(string KeyId, byte[] WrappedKey, byte[] Content)
{
    public const string Version = "v1";

    // Of AES-GCM, everywhere in the vault.
    public const int NonceLength = 12;
    public const int TagLength = 16;
    public const int WrappedKeyLength = NonceLength + VaultKeyWraps.KeyLength + TagLength;

    public static bool TryRead(string text, [NotNullWhen(true)] out VaultEnvelope? envelope)
    {
        envelope = null;
        var parts = text.Split('.');
        if (parts.Length != 4 || parts[0] != Version || !Base64Url.IsValid(parts[2], out var key) || key != WrappedKeyLength
            || !Base64Url.IsValid(parts[3], out var content) || content < NonceLength + TagLength)
        {
            return false;
        }

        envelope = new VaultEnvelope(parts[1], Base64Url.DecodeFromChars(parts[2]), Base64Url.DecodeFromChars(parts[3]));
        return true;
    }

    /// <summary>How every envelope under this key begins.</summary>
    public static string PrefixOf(string keyId) => $"{Version}.{keyId}.";

    public string Write() => $"{PrefixOf(KeyId)}{Base64Url.EncodeToString(WrappedKey)}.{Base64Url.EncodeToString(Content)}";
}
